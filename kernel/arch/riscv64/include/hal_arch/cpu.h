/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what the architecture keeps for each processor. It is the first member of the core's struct cpu, to
 * which tp points while the kernel runs.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_CPU_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_CPU_H

#include "lib/base/safe.h"
#include "hal_arch/frame.h"

/* The compiler knows no such convention here. */
#define HAL_RARE_CALL

struct cpu;
struct hal_space;

struct STABLE hal_cpu {
	/* Entry code knows the offsets of these four: hal_arch/offsets.h. */
	struct cpu *self;
	struct hal_frame *frame;  /* the running thread's; the core sets it */
	u64 kernel_stack;         /* top */
	u64 fault_stack;          /* top; for reports of faults in the kernel */

	u32 id;                   /* index of the processor, 0 is the boot processor */
	u32 asked;                /* bit i: another processor sent hal_ipi i */
	u64 bit;                  /* 1 << id */
	u64 hart;                 /* the number by which firmware and device tree know it */
	u64 timer_at;             /* ns; U64_MAX: not armed */
	struct hal_space *space;  /* that user addresses go through; null: none */
	u64 guard_page[2];        /* below each stack, to name an overflow in the report */
};

UNSAFE_BEGIN("SAFETY: tp is set to this processor's struct cpu before any C code uses it, and by every entry");
static FORCE_INLINE struct cpu *hal_this_cpu(void)
{
	struct cpu *self;

	/* Not volatile: the kernel never moves between processors, so one read serves a function. */
	__asm__("mv %0, tp" : "=r"(self));
	return self;
}

/* WHY this: what is no hint yet to a processor without Zihintpause is a fence of nothing to it.
 * SPEC: RISC-V Unprivileged ISA 20191213, chapter 4 "Zihintpause" */
static FORCE_INLINE void hal_relax(void)
{
	__asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

static inline void hal_mistaken_jump(u64 at) { __asm__ volatile("jalr %0" : : "r"(at) : "ra", "memory"); }
UNSAFE_END();

#endif
