/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: what the architecture keeps for each processor. It is the first member of the core's
 * struct cpu; in the kernel the GS base points to it, so that entry code and hal_this_cpu()
 * reach it with one instruction.
 */
#ifndef HAL_ARCH_CPU_H
#define HAL_ARCH_CPU_H

#include "lib/base/safe.h"
#include "hal_arch/frame.h"

#define HAL_RARE_CALL __attribute__((preserve_most))

struct cpu;
struct hal_space;

/* SPEC: Intel SDM 3A, 8.7 "Task Management in 64-bit Mode". */
struct PACKED x86_tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_map;
};

enum : u32 { X86_GDT_ENTRIES = 7 };

struct STABLE hal_cpu {
	/* Entry code knows the offsets of these four: hal_arch/offsets.h. */
	struct cpu *self;
	struct hal_frame *frame;  /* the running thread's; the core sets it */
	u64 kernel_stack;         /* top */
	u64 scratch;              /* of the entry code */

	u32 id;                   /* index of the processor, 0 is the boot processor */
	u32 apic_id;
	u64 tsc_base;             /* time stamp counter at the kernel's entry, as this processor counts */
	u64 timer_at;             /* ns; U64_MAX: not armed */
	struct hal_space *space;  /* that user addresses go through; null: none */
	u64 guard_page[4];        /* below each stack, to name an overflow in the report */
	u64 gdt[X86_GDT_ENTRIES];
	struct x86_tss tss;
};

UNSAFE_BEGIN("SAFETY: the GS base is set to this processor's struct cpu before any C code uses it, and kept by every entry");
static FORCE_INLINE struct cpu *hal_this_cpu(void)
{
	struct cpu *self;

	/* Not volatile: the kernel never moves between processors, so one read serves a function. */
	__asm__("movq %%gs:0, %0" : "=r"(self));
	return self;
}

static FORCE_INLINE void hal_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

static inline void hal_mistaken_jump(u64 at) { __asm__ volatile("call *%0" : : "r"(at) : "memory"); }
UNSAFE_END();

#endif
