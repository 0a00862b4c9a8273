/* SPDX-License-Identifier: Apache-2.0
 *
 * The stacks of a processor: the kernel's, and one for the report of a fault in the kernel, which
 * may have come because the first is bad.
 *
 * INV: a page that is not mapped lies below each stack.
 */
#ifndef KERNEL_ARCH_COMMON_PAGING_STACKS_H
#define KERNEL_ARCH_COMMON_PAGING_STACKS_H

#include "hal_arch/offsets.h"
#include "lib/base/addr.h"

struct cpu_stacks {
	u8 guard0[PAGE_BYTES];
	u8 kernel[STACK_KERNEL_BYTES];
	u8 guard1[PAGE_BYTES];
	u8 fault[STACK_FAULT_BYTES];
};
static_assert(sizeof(struct cpu_stacks) == STACKS_BYTES);

/* The boot processor's, in the image; entry.S starts on it. */
extern struct cpu_stacks boot_stacks;

/* Where the stacks of the processor are. Others than the boot processor's are made by
 * hal_boot_memory. */
vaddr_t cpu_stacks_at(u32 cpu);

#endif
