/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread pointer on x86_64: fs points at the running thread's struct rt_thread, whose first
 * member points at itself and whose second is the address of its message buffer.
 */
#ifndef RT_ARCH_THREAD_H
#define RT_ARCH_THREAD_H

#include "lib/base/safe.h"

/* SPEC: System V ABI, AMD64 supplement, 4.4: R_X86_64_RELATIVE */
enum : u64 { RT_ARCH_RELATIVE = 8 };

/* Addresses of programs are below 2 to the power of this. */
enum : u64 { RT_ARCH_ADDRESS_BITS = 47 };

/* How far below what a frame pointer points to its record lies: rt_frame_record. */
enum : u64 { RT_ARCH_FRAME_RECORD = 0 };

struct rt_thread;
struct msg_buffer;

/* Entry of threads made by rt_thread_start; first argument struct rt_thread. In start.S. */
void raw_thread_trampoline(void);

/* Marks the thread's slot free and ends the thread without touching its stack again. */
NORETURN void raw_thread_leave(u32 *ended);

UNSAFE_BEGIN("SAFETY: fs is set before any C code but the entry runs, and points at a struct rt_thread of static storage for the thread's life");
static FORCE_INLINE struct rt_thread *raw_thread_self(void)
{
	struct rt_thread *self;

	__asm__("movq %%fs:0, %0" : "=r"(self));
	return self;
}

static FORCE_INLINE struct msg_buffer *raw_thread_buffer(void)
{
	struct msg_buffer *buffer;

	__asm__("movq %%fs:8, %0" : "=r"(buffer));
	return buffer;
}
UNSAFE_END();

#endif
