/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation of what the loader hands over. Pure logic on the struct: it also runs on the host
 * under a fuzzer.
 */
#ifndef KERNEL_CORE_BOOT_BOOT_INFO_H
#define KERNEL_CORE_BOOT_BOOT_INFO_H

#include "boot/boot_info.h"

enum boot_problem : u32 {
	BOOT_GOOD,
	BOOT_BAD_MAGIC,
	BOOT_BAD_VERSION,
	BOOT_BAD_COUNT,
	BOOT_REGION_EMPTY,
	BOOT_REGION_UNALIGNED,
	BOOT_REGION_WRAPS,
	BOOT_REGION_KIND,
	BOOT_REGION_NODE,
	BOOT_REGIONS_OVERLAP,
	BOOT_NO_USABLE,
	BOOT_OUTSIDE_DIRECT_MAP,
	BOOT_BAD_DIRECT_MAP,
	BOOT_BAD_KERNEL,
	BOOT_BAD_IMAGE,
	BOOT_BAD_SYMBOLS,
	BOOT_BAD_TEXT,
	BOOT_PROBLEMS,
};

/* Sorts the regions by base and checks every field. Touches nothing but the struct. */
[[nodiscard]] enum boot_problem boot_info_check(struct boot_info *info);

/* Of a checked struct: whether a range of physical memory holds any RAM or code of firmware, and whether all of it is
 * tables of firmware. Time: the number of regions. */
bool boot_info_has_ram(const struct boot_info *info, u64 base, u64 bytes);
bool boot_info_is_firmware(const struct boot_info *info, u64 base, u64 bytes);

/* A sentence for a person. */
const char *boot_problem_text(enum boot_problem problem);

#endif
