/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting a checked kernel file into memory and into page tables.
 */
#ifndef BOOT_COMMON_KERNEL_IMAGE_H
#define BOOT_COMMON_KERNEL_IMAGE_H

#include "boot/common/tables.h"
#include "lib/elf/elf.h"

/* Copies the segments, zeroes the rest and relocates to `virt`. `image` is what elf_parse said of
 * `file`; `memory` has at least image->bytes. */
void kernel_image_place(struct span file, const struct elf_image *image, struct mspan memory, u64 virt);

/* Maps each segment at virt with the access it asks for. False: see tables_map. */
[[nodiscard]] bool kernel_image_map(struct tables *tables, const struct elf_image *image, u64 virt, u64 phys);

#endif
