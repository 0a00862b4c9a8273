/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads of the own process. Most services need none: one thread, several reply objects.
 */
#ifndef LIB_RT_THREAD_H
#define LIB_RT_THREAD_H

#include "lib/base/addr.h"
#include "abi/errors.h"

enum : u32 { RT_THREADS_MAX = 32 };

typedef void rt_thread_entry(u64 argument);

/* Starts a thread with a stack of its own and a guard page below it. When entry returns the
 * thread ends. Without an activity it gets one of its own, with its maker's priority. The slot and
 * the stack of an ended thread are reused by a later start. */
[[nodiscard]] enum status rt_thread_start(rt_thread_entry *entry, u64 argument, u32 stack_pages,
	handle_t activity, handle_t *thread);

/* The calling thread's number in this process, from 1. The first time it makes a system call: others find the
 * thread by it from then on. */
u32 rt_thread_number(void);

/* True if the thread of a number has ended, and another is in its place. */
bool rt_thread_replaced(u32 number);

/* The thread of a number; none if there is no such thread or it could not be made known. The runtime's own: not to
 * be dropped. */
handle_t rt_thread_numbered(u32 number);

/* For who was cancelled (sys_thread_cancel) in a wait that does not end by that, such as for a mutex: its next one ends
 * so. After a wait that was cancelled because the thread was suspended the same is done, as nobody can tell. */
void rt_thread_cancel_later(void);

/* Ends the calling thread; the process ends with its last thread. */
NORETURN void rt_thread_exit(void);

#endif
