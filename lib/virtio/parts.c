/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the parts of a device are: its capabilities in configuration space name registers and places in them.
 *
 * SPEC: virtio 1.2, 4.1.4 "Virtio Structure PCI Capabilities"
 */
#include "lib/virtio/parts.h"
#include "lib/driver/function.h"

enum : u32 { KIND_COMMON = 1, KIND_NOTICES = 2, KIND_STATUS = 3, KIND_OWN = 4, COMMON_BYTES = 56, PARTS_STEPS = 16 };

/* A part that lies within its registers and has at least so many bytes. */
static bool map_part(u32 at, u64 least, struct mmio *out, u64 *offset, u64 *part_bytes)
{
	u64 first = function_config.read(0, at + 8), bytes = function_config.read(0, at + 12), all = 0;

	if (bytes < least || first % 4 != 0 || !function_map(function_config.read(0, at + 4) & 0xff, &all, out) || first > all ||
	    bytes > all - first)
		return false;
	*offset = first;
	*part_bytes = bytes;
	return true;
}

static bool take_part(struct virtio *device, u32 at)
{
	u64 unused = 0;

	switch (function_config.read(0, at) >> 24) {
	case KIND_COMMON: return map_part(at, COMMON_BYTES, &device->common, &device->common_at, &unused);
	case KIND_NOTICES:
		device->notice_step = function_config.read(0, at + 16);
		return map_part(at, 2, &device->notices, &device->notices_at, &device->notices_bytes);
	case KIND_STATUS: return map_part(at, 1, &device->status, &device->status_at, &unused);
	case KIND_OWN: return map_part(at, 1, &device->own, &device->own_at, &device->own_bytes);
	default: return true;
	}
}

bool virtio_find_parts(struct virtio *device)
{
	u32 at = 0;

	if (!function_open())
		return false;
	for (u32 i = 0; i < PARTS_STEPS && (at = pci_capability(&function_config, 0, PCI_ID_VENDOR, at)) != 0; i++)
		if (!take_part(device, at))
			return false;
	return mmio_is_mapped(&device->common) && mmio_is_mapped(&device->notices) && mmio_is_mapped(&device->status);
}
