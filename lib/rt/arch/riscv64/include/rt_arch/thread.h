/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread pointer on riscv64: tp points at the running thread's struct rt_thread, whose second member is
 * the address of its message buffer.
 */
#ifndef LIB_RT_ARCH_RISCV64_THREAD_H
#define LIB_RT_ARCH_RISCV64_THREAD_H

#include "lib/base/safe.h"

/* SPEC: RISC-V ABIs Specification 1.0, 8.4 "Relocations": R_RISCV_RELATIVE */
enum : u64 { RT_ARCH_RELATIVE = 3 };

/* Addresses of programs are below 2 to the power of this. */
enum : u64 { RT_ARCH_ADDRESS_BITS = 38 };

/* How far below what a frame pointer points to its record lies: rt_frame_record.
 * SPEC: RISC-V ABIs Specification 1.0, 2.1 "Frame Pointer Convention" */
enum : u64 { RT_ARCH_FRAME_RECORD = 16 };

struct rt_thread;
struct msg_buffer;

/* Entry of threads made by rt_thread_start; first argument struct rt_thread. In start.S. */
void raw_thread_trampoline(void);

/* Marks the thread's slot free and ends the thread without touching its stack again. */
NORETURN void raw_thread_leave(u32 *ended);

UNSAFE_BEGIN("SAFETY: the register is set before any C code but the entry runs, and points at a struct rt_thread of static storage for the thread's life");
static FORCE_INLINE struct rt_thread *raw_thread_self(void)
{
	struct rt_thread *self;

	__asm__("mv %0, tp" : "=r"(self));
	return self;
}

static FORCE_INLINE struct msg_buffer *raw_thread_buffer(void)
{
	struct msg_buffer *buffer;

	__asm__("ld %0, 8(tp)" : "=r"(buffer));
	return buffer;
}
UNSAFE_END();

#endif
