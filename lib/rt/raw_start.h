/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the entry code in assembly and the runtime. Nobody else includes this.
 */
#ifndef LIB_RT_RAW_START_H
#define LIB_RT_RAW_START_H

#include "lib/rt/start_block.h"
#include "lib/rt/thread.h"

struct dynamic;

/* A thread of this process. The thread pointer points at it; rt_arch/thread.h and start.S know
 * the first two members. */
struct STABLE rt_thread {
	struct rt_thread *self;
	alignas(8) u64 buffer;   /* address of the message buffer; there whatever a pointer takes */
	rt_thread_entry *entry;
	u64 argument;
	u64 stack_address;       /* 0: has none of its own yet */
	u64 stack_bytes;
	u32 used;
	u32 ended;               /* set as the thread's last act */
	u32 number;              /* rt_thread_number; 0: not asked for yet */
};
static_assert(__builtin_offsetof(struct rt_thread, buffer) == 8, "start.S and rt_arch/thread.h read it there");

/* The number of thread_exit, for start.S. */
extern const u32 rt_thread_exit_number;

void raw_relocate(uptr base, const struct dynamic *dynamic);
NORETURN void raw_begin(const struct start_block *block, u64 buffer);
NORETURN void raw_thread_main(struct rt_thread *thread, u64 buffer);

/* The compiler's stack protector. */
extern u64 __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

#endif
