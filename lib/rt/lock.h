/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutexes and conditions over words of memory (docs/words.md). Free of system calls as long as nobody has to wait.
 *
 * A zeroed struct is a free mutex among the threads of this process: whoever waits names the holder to the kernel.
 * Between processes both structs lie in memory that they share, and `shared` is set before the first use:
 * a holder is not known to the other process then, and its death is not noticed. There a hostile process can keep
 * others waiting, no more.
 */
#ifndef LIB_RT_LOCK_H
#define LIB_RT_LOCK_H

#include "abi/errors.h"
#include "lib/base/safe.h"
#include "lib/rt/memory.h"

struct STABLE rt_mutex {
	u32 word;      /* 0: free; else who holds it, and RT_MUTEX_WAITERS if somebody may wait */
	u32 shared;
};

struct STABLE rt_condition {
	u32 sequence;  /* goes on with each signal */
	u32 waiters;
};

enum : u32 { RT_MUTEX_WAITERS = 1u << 31, RT_MUTEX_SHARED = 1u << 30 };

/* Those that lie in mapped memory, at a multiple of 4. Another process may change them at any time. */
struct rt_mutex *rt_mutex_in(pages_t pages, u64 offset);
struct rt_condition *rt_condition_in(pages_t pages, u64 offset);

/* Not again by whoever holds it: INVALID. The deadline is absolute. Errors: TIMED_OUT; PEER_DIED: its holder is
 * dead, and what it guards may be half changed. Who is cancelled meanwhile waits on: his next wait ends CANCELLED. */
[[nodiscard]] enum status rt_mutex_lock(struct rt_mutex *mutex, u64 deadline_ns);
[[nodiscard]] bool rt_mutex_try_lock(struct rt_mutex *mutex);
void rt_mutex_unlock(struct rt_mutex *mutex);

/* Lets go of the mutex, waits for a signal, and takes the mutex again, whatever the status. May return without a
 * signal: look again at what is waited for. Errors: TIMED_OUT, CANCELLED; with PEER_DIED alone the mutex is not held. */
[[nodiscard]] enum status rt_condition_wait(struct rt_condition *condition, struct rt_mutex *mutex, u64 deadline_ns);

/* Wakes one that waits, or all; after what is waited for was changed with the mutex held. */
void rt_condition_signal(struct rt_condition *condition);
void rt_condition_broadcast(struct rt_condition *condition);

#endif
