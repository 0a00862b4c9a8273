/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what the architecture keeps for each processor. It is the first member of the core's
 * struct cpu, to which TPIDR_EL1 points.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_CPU_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_CPU_H

#include "lib/base/safe.h"
#include "hal_arch/frame.h"

#define HAL_RARE_CALL __attribute__((preserve_most))

struct cpu;

struct STABLE hal_cpu {
	/* Entry code knows the offsets of these four: hal_arch/offsets.h. */
	struct cpu *self;
	struct hal_frame *frame;  /* the running thread's; the core sets it */
	u64 kernel_stack;         /* top */
	u64 fault_stack;          /* top; for reports of faults in the kernel */

	u32 id;                   /* index of the processor, 0 is the boot processor */
	u64 affinity;             /* the part of MPIDR_EL1 that names the processor */
	u64 timer_at;             /* ns; U64_MAX: not armed */
	u64 ttbr;                 /* of the space that user addresses go through, by which it is known; 0: none */
	u64 guard_page[2];        /* below each stack, to name an overflow in the report */
	u64 redistributor;        /* GICv3: its own, as a virtual address */
	u32 interface_bit;        /* GICv2: its own bit in masks of targets */
};

UNSAFE_BEGIN("SAFETY: TPIDR_EL1 is set to this processor's struct cpu before any C code uses it, and never changes");
static FORCE_INLINE struct cpu *hal_this_cpu(void)
{
	struct cpu *self;

	/* Not volatile: the kernel never moves between processors, so one read serves a function. */
	__asm__("mrs %0, tpidr_el1" : "=r"(self));
	return self;
}

static FORCE_INLINE void hal_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static inline void hal_mistaken_jump(u64 at) { __asm__ volatile("blr %0" : : "r"(at) : "x30", "memory"); }
UNSAFE_END();

#endif
