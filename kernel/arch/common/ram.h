/* SPDX-License-Identifier: Apache-2.0
 *
 * What every architecture needs to map memory directly: where RAM is, from the boot information.
 */
#ifndef KERNEL_ARCH_COMMON_RAM_H
#define KERNEL_ARCH_COMMON_RAM_H

#include "boot/boot_info.h"

/* The next run of RAM at or above `from`, over touching regions. The regions are sorted and checked. */
[[nodiscard]] bool ram_next(const struct boot_info *info, u64 from, u64 *start, u64 *end);

/* True if the range is RAM that the direct map has. */
bool ram_has(const struct boot_info *info, u64 at, u64 bytes);

#endif
