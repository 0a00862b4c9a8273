/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: where the parts of the kernel image lie (kernel/link.ld).
 */
#ifndef KERNEL_RAW_IMAGE_H
#define KERNEL_RAW_IMAGE_H

#include "lib/base/addr.h"

extern const u8 kernel_text_start[], kernel_text_end[];
extern const u8 kernel_rodata_start[], kernel_rodata_end[];
extern const u8 kernel_kcfi_traps_start[], kernel_kcfi_traps_end[];
extern const u8 kernel_sealed_start[], kernel_sealed_end[];
extern const u8 kernel_data_start[], kernel_data_end[];
extern const u8 kernel_coverage_start[], kernel_coverage_end[]; /* in the data */
extern const u8 kernel_end[];

UNSAFE_BEGIN("SAFETY: the address of a linker symbol as a number; nothing is read through it");
#define IMAGE_ADDRESS(symbol) ((u64)(uptr)(symbol))
UNSAFE_END();

#endif
