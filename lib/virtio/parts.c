/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the parts of a device are: its capabilities in configuration space name registers and places in them.
 *
 * SPEC: virtio 1.2, 4.1.4 "Virtio Structure PCI Capabilities"
 */
#include "lib/virtio/parts.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/pci/pci.h"
#include "lib/rt/rt.h"

enum : u32 { KIND_COMMON = 1, KIND_NOTICES = 2, KIND_STATUS = 3, KIND_OWN = 4, COMMON_BYTES = 56, PARTS_STEPS = 16 };

/* The one function whose configuration space this driver holds. */
static struct mmio config_space;

static u32 read_config(u32 function, u32 at)
{
	(void)function;
	return mmio_read32(&config_space, at);
}

const struct pci_config virtio_config = { .read = read_config };

/* Which of the handles "registers", "registers1", ... a base register is: the keeper names them in order, leaving out those
 * without a place, and ports where there are handles for those. */
static bool handle_of(u32 bar, handle_t *out)
{
	bool ports = !handle_is_none(rt_handle(span_text("ports")));
	u32 before = 0;
	TEXT_BUFFER(name, 24);

	for (u32 i = 0; i < bar; i++) {
		u32 value = read_config(0, PCI_BAR_0 + 4 * i);
		bool wide = (value & 7) == 4;
		u32 high = wide && i + 1 < PCI_BARS_MAX ? read_config(0, PCI_BAR_0 + 4 * (i + 1)) : 0;
		bool placed = (value & 1) != 0 ? (value & ~3u) != 0 && !ports : (value & ~0xfu) != 0 || high != 0;

		before += placed ? 1 : 0;
		i += wide ? 1 : 0;
	}
	text_add(&name, "registers");
	if (before > 0)
		text_add_u64(&name, before);
	*out = rt_handle(text_span(&name));
	return !handle_is_none(*out);
}

bool virtio_map_bar(u32 bar, u64 *bytes, struct mmio *out)
{
	struct cap_info info = {};
	handle_t handle;

	if (bar >= PCI_BARS_MAX || !handle_of(bar, &handle) || sys_cap_inspect(handle, &info) != STATUS_OK)
		return false;
	*bytes = info.count << PAGE_SHIFT;
	return mmio_map(handle, *bytes, out) == STATUS_OK;
}

/* A part that lies within its registers and has at least so many bytes. */
static bool map_part(u32 at, u64 least, struct mmio *out, u64 *offset, u64 *part_bytes)
{
	u64 first = read_config(0, at + 8), bytes = read_config(0, at + 12), all = 0;

	if (bytes < least || first % 4 != 0 || !virtio_map_bar(read_config(0, at + 4) & 0xff, &all, out) || first > all ||
	    bytes > all - first)
		return false;
	*offset = first;
	*part_bytes = bytes;
	return true;
}

static bool take_part(struct virtio *device, u32 at)
{
	u64 unused = 0;

	switch (read_config(0, at) >> 24) {
	case KIND_COMMON: return map_part(at, COMMON_BYTES, &device->common, &device->common_at, &unused);
	case KIND_NOTICES:
		device->notice_step = read_config(0, at + 16);
		return map_part(at, 2, &device->notices, &device->notices_at, &device->notices_bytes);
	case KIND_STATUS: return map_part(at, 1, &device->status, &device->status_at, &unused);
	case KIND_OWN: return map_part(at, 1, &device->own, &device->own_at, &device->own_bytes);
	default: return true;
	}
}

bool virtio_find_parts(struct virtio *device)
{
	u32 at = 0;

	if (mmio_map_to_read(rt_handle(span_text("config")), PCI_FUNCTION_BYTES, &config_space) != STATUS_OK)
		return false;
	for (u32 i = 0; i < PARTS_STEPS && (at = pci_capability(&virtio_config, 0, PCI_ID_VENDOR, at)) != 0; i++)
		if (!take_part(device, at))
			return false;
	return mmio_is_mapped(&device->common) && mmio_is_mapped(&device->notices) && mmio_is_mapped(&device->status);
}
