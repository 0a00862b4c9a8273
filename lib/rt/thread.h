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
 * thread ends. Without an activity it is passive. The slot and the stack of an ended thread are
 * reused by a later start. */
[[nodiscard]] enum status rt_thread_start(rt_thread_entry *entry, u64 argument, u32 stack_pages,
	handle_t activity, handle_t *thread);

/* Ends the calling thread; the process ends with its last thread. */
NORETURN void rt_thread_exit(void);

#endif
