/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the stacks of a processor. One kernel stack; three small ones that the processor
 * switches to by itself, so that a fault is reported even when the kernel stack is bad:
 * exceptions, non-maskable interrupts, double faults and machine checks.
 *
 * INV: a page that is not mapped lies below each stack.
 */
#ifndef KERNEL_ARCH_X86_64_STACKS_H
#define KERNEL_ARCH_X86_64_STACKS_H

#include "hal_arch/offsets.h"
#include "lib/base/addr.h"

/* Numbers in the interrupt stack table; 0 is no switch. */
enum : u32 { IST_EXCEPTION = 1, IST_NMI = 2, IST_DOUBLE_FAULT = 3 };

enum : u32 { STACKS_COUNT = 4 };

struct cpu_stacks {
	u8 guard0[PAGE_BYTES];
	u8 kernel[STACK_KERNEL_BYTES];
	u8 guard1[PAGE_BYTES];
	u8 exception[STACK_SPECIAL_BYTES];
	u8 guard2[PAGE_BYTES];
	u8 nmi[STACK_SPECIAL_BYTES];
	u8 guard3[PAGE_BYTES];
	u8 double_fault[STACK_SPECIAL_BYTES];
};
static_assert(sizeof(struct cpu_stacks) == STACKS_BYTES);

/* The boot processor's, in the image; entry.S starts on it. */
extern struct cpu_stacks boot_stacks;

/* Where the stacks of the processor are. Others than the boot processor's are made by
 * hal_boot_memory. */
vaddr_t cpu_stacks_at(u32 cpu);

#endif
