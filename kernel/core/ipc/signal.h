/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals: 64 sticky bits.
 */
#ifndef KERNEL_CORE_IPC_SIGNAL_H
#define KERNEL_CORE_IPC_SIGNAL_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/types.h"

struct STABLE signal {
	struct object object;
	u64 bits;                   /* atomic */
	struct endpoint *endpoint;  /* whose receivers the bits also wake; atomic; null: none */
	struct lock lock;
	/* under lock */
	struct thread_queue waiters;
	struct tree lapsed;         /* timers whose bits are all raised (time/timer.h), by the takings they have seen */
	u64 takings;                /* of bits, while there were such timers */
};

/* Sets bits and wakes whom they concern. Any context; takes the locks of signal and endpoint. */
void signal_raise(struct signal *signal, u64 bits);

/* Bits were taken: timers that would raise them are armed, by who took them or, if they were handed over, for whom they are. No
 * lock of a signal or further in is held. */
HAL_RARE_CALL void signal_resume_timers(struct signal *signal, const struct thread *by);
static FORCE_INLINE void signal_taken(struct signal *signal, const struct thread *by)
{
	atomic_fence_after_update(); /* a timer that lapses is seen here, or sees that they are gone */
	if (UNLIKELY(atomic_load(&signal->lapsed.first) != nullptr))
		signal_resume_timers(signal, by);
}

/* Takes those of the bits that are raised. */
static FORCE_INLINE u64 signal_take(struct signal *signal, u64 mask)
{
	u64 bits = atomic_load_acquire(&signal->bits), taken;

	while ((taken = bits & mask) != 0 && !atomic_compare_exchange_once(&signal->bits, &bits, bits ^ taken))
		;
	return taken;
}

/* A step of what that left to do: see object.h. */
bool signal_work(struct signal *signal);

/* Takes a waiting thread whose deadline is due_ns or earlier out of its signal's queue. True: the caller
 * owns it. */
[[nodiscard]] bool signal_withdraw(struct thread *thread, u64 due_ns);

bool signal_close(struct signal *signal);

#endif
