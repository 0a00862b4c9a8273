/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's own page tables: direct map, image, stacks.
 *
 * INV: INV-WX  no page of the kernel is writable and executable; the kernel's text and constants are
 *      read-only in the direct map too.
 * INV: the tables do not change after hal_boot_memory, so that no flush of kernel addresses is ever needed.
 */
#ifndef KERNEL_ARCH_COMMON_PAGING_KERNEL_MAP_H
#define KERNEL_ARCH_COMMON_PAGING_KERNEL_MAP_H

#include "boot/boot_info.h"
#include "kernel/arch/common/paging/entries.h"

typedef paddr_t (*frame_allocator)(void);

/* From now on hal_direct works. */
void kernel_map_note(const struct boot_info *info);

/* Maps with the largest pages that fit. */
void kernel_map_range(paddr_t root, u64 virt, u64 phys, u64 bytes, enum kernel_access access, frame_allocator allocate);

/* All RAM; below 4 GiB what is not RAM, for device registers; the image, and the boot processor's stacks. */
void kernel_map_build(paddr_t root, const struct boot_info *info, frame_allocator allocate);

/* The stacks of another processor. */
void kernel_map_stacks(paddr_t root, u32 cpu, frame_allocator allocate);

#endif
