/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: the per-processor structs of all but the boot processor live in frames of their own.
 */
#ifndef KERNEL_RAW_CPU_MEMORY_H
#define KERNEL_RAW_CPU_MEMORY_H

#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"

enum : u32 { CPU_FRAME_ORDER = 1 };
static_assert(sizeof(struct cpu) <= PAGE_BYTES << CPU_FRAME_ORDER);

/* A zeroed struct cpu in frames that are never given back. */
static inline struct cpu *cpu_in_frames(paddr_t frames)
{
UNSAFE_BEGIN("SAFETY: 2^CPU_FRAME_ORDER whole frames, owned for ever, hold the struct by the assertion above");
	struct cpu *cpu = (struct cpu *)(uptr)hal_direct(frames).v;

	__builtin_memset(cpu, 0, sizeof(*cpu));
	return cpu;
UNSAFE_END();
}

#endif
