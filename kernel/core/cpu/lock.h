/* SPDX-License-Identifier: Apache-2.0
 *
 * Spin locks. The kernel runs with interrupts off, so a lock needs no interrupt handling; it is
 * held for a bounded time and never over a return to user mode. While it spins a processor
 * serves translation flush requests, so a holder may wait for a flush.
 *
 * LOCK ORDER: the enum below, outermost first; docs/locks.md gives the reasons. Debug kernels
 * check it at every acquisition. Two locks of one level are taken only where stated.
 */
#ifndef KERNEL_CORE_CPU_LOCK_H
#define KERNEL_CORE_CPU_LOCK_H

#include "kernel/hal/atomic.h"
#include "kernel/hal/cpu.h"

enum lock_level : u32 {
	LOCK_NONE,
	LOCK_GROUP,     /* a group's list of processes and subgroups */
	LOCK_PROCESS,   /* a process' threads, state and watcher */
	LOCK_ENDPOINT,  /* an endpoint's queues */
	LOCK_REPLY,     /* a reply object's caller; held while its buffers are copied */
	LOCK_SIGNAL,    /* a signal's waiters */
	LOCK_CAPS,      /* a capability space */
	LOCK_NAMES,     /* a namespace */
	LOCK_RECEIVERS, /* how many may receive at an endpoint */
	LOCK_WORDS,     /* a bucket of threads that wait for words of memory */
	LOCK_SPACE,     /* an address space: regions and tables */
	LOCK_MEMORY,    /* a memory object's pages */
	LOCK_IRQ,       /* the table of interrupt lines */
	LOCK_ACTIVITY,  /* an activity's parameters, budget and virtual time */
	LOCK_TIMERS,    /* a processor's timers */
	LOCK_QUEUE,     /* a processor's run queue */
	LOCK_ACCOUNTS,  /* what goes up the groups' accounts, not one by one */
	LOCK_POOL,      /* a pool's free list */
	LOCK_ZONE,      /* a memory zone's free lists */
	LOCK_KLOG,      /* the kernel log */
	LOCK_TRACE,     /* who is told of full packets of events */
	LOCK_LEVELS,
};

struct lock {
	u32 taken;
	enum lock_level level;
};

/* Slow paths, in lock.c. */
HAL_RARE_CALL void lock_spin(struct lock *lock);
void lock_note_taken(const struct lock *lock);
void lock_note_released(const struct lock *lock);

static inline void lock_init(struct lock *lock, enum lock_level level)
{
	lock->taken = 0;
	lock->level = level;
}

static FORCE_INLINE void lock_take(struct lock *lock)
{
#if FERROUS_DEBUG
	lock_note_taken(lock);
#endif
	if (UNLIKELY(atomic_exchange(&lock->taken, 1u) != 0))
		lock_spin(lock);
}

static FORCE_INLINE void lock_release(struct lock *lock)
{
#if FERROUS_DEBUG
	lock_note_released(lock);
#endif
	atomic_store_release(&lock->taken, 0u);
}

#endif
