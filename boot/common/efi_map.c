/* SPDX-License-Identifier: Apache-2.0
 *
 * From firmware's memory types to the kernel's.
 *
 * SPEC: UEFI 2.10 7.2.3 EFI_BOOT_SERVICES.GetMemoryMap, table 7.10 "Memory Type Usage after ExitBootServices"
 */
#include "boot/common/efi_map.h"

enum : u32 {
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_CODE = 3,
	EFI_BOOT_DATA = 4,
	EFI_RUNTIME_CODE = 5,
	EFI_RUNTIME_DATA = 6,
	EFI_CONVENTIONAL = 7,
	EFI_ACPI_RECLAIM = 9,
	EFI_ACPI_NVS = 10,
	EFI_MMIO = 11,
	EFI_MMIO_PORTS = 12,
};
/* WB: can be cached, as all ordinary RAM can. SP: set aside for a purpose of its own. */
enum : u64 { EFI_MEMORY_WB = 1ull << 3, EFI_MEMORY_SP = 1ull << 18 };

static enum boot_memory kind_of(u32 type, u64 attribute)
{
	bool ordinary = (attribute & EFI_MEMORY_WB) != 0 && (attribute & EFI_MEMORY_SP) == 0;
	switch (type) {
	case EFI_CONVENTIONAL:
	case EFI_BOOT_CODE:
	case EFI_BOOT_DATA:
		return ordinary ? BOOT_MEMORY_USABLE : BOOT_MEMORY_RESERVED;
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
		return BOOT_MEMORY_LOADER;
	case EFI_RUNTIME_CODE:
	case EFI_RUNTIME_DATA:
		return BOOT_MEMORY_FIRMWARE;
	case EFI_ACPI_RECLAIM:
	case EFI_ACPI_NVS:
		return BOOT_MEMORY_ACPI;
	case EFI_MMIO:
	case EFI_MMIO_PORTS:
		return BOOT_MEMORY_MMIO;
	default:
		return BOOT_MEMORY_RESERVED;
	}
}

/* One pass over the descriptors, taking only the usable ones or only the others. */
static void pass(struct span descriptors, u64 stride, bool usable, struct memory_map *map)
{
	for (u64 at = 0; span_has(descriptors, at, stride); at += stride) {
		u64 pages = span_le64(descriptors, at + 24);
		enum boot_memory kind = kind_of(span_le32(descriptors, at), span_le64(descriptors, at + 32));
		u64 bytes = pages > MEMORY_TOP_MAX / PAGE_BYTES ? (u64)MEMORY_TOP_MAX : pages * PAGE_BYTES;
		if ((kind == BOOT_MEMORY_USABLE) == usable)
			memory_map_set(map, span_le64(descriptors, at + 8), bytes, kind);
	}
}

bool efi_map_read(struct span descriptors, u64 stride, struct memory_map *map)
{
	if (stride < EFI_DESCRIPTOR_BYTES_MIN || stride > PAGE_BYTES)
		return false;
	map->count = 0;
	map->full = false;
	/* WHY: usable first, so that where firmware's ranges overlap the careful answer stays. */
	pass(descriptors, stride, true, map);
	pass(descriptors, stride, false, map);
	return !map->full;
}
