/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals. See signal.h.
 */
#include "kernel/core/ipc/signal.h"
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/time/timer.h"
#include "kernel/raw/downcast.h"

/* Waiters that one step of its end wakes. */
enum : u32 { CLOSE_STEP = 8 };

/* ---- timers ---- */

/* Bits were taken by, or handed over to, a thread, while timers lie there. Who took them himself begins at once. For others it is
 * left as work, and for when they wait here again: who raises, or is interrupted, does not pay for it (ADR 43). */
HAL_RARE_CALL static void resume_timers(struct signal *signal, const struct thread *by)
{
	signal->takings++;
	if (by != hal_this_cpu()->current || !timer_resume(signal))
		object_add_work(&signal->object, by);
}

HAL_RARE_CALL void signal_resume_timers(struct signal *signal, const struct thread *by)
{
	lock_take(&signal->lock);
	resume_timers(signal, by);
	lock_release(&signal->lock);
}

bool signal_work(struct signal *signal)
{
	lock_take(&signal->lock);
	bool done = timer_resume(signal);

	signal->object.at_work = !done;
	lock_release(&signal->lock);
	return done;
}

/* ---- raising ---- */

/* Bits that are raised go to those who wait for them, first come first. With the lock held. */
static FORCE_INLINE void hand_over(struct signal *signal)
{
	for (struct thread *at = signal->waiters.first, *next; at != nullptr; at = next) {
		u64 taken = signal_take(signal, at->wait_mask);

		next = at->wait_next;
		if (taken == 0)
			continue;
		thread_queue_remove(&signal->waiters, at);
		at->signal = nullptr;
		if (UNLIKELY(tree_first(&signal->lapsed) != nullptr))
			resume_timers(signal, at);
		thread_finish_wait(at, STATUS_OK, taken);
	}
}

/* Bits were raised: wakes whom they concern. */
static FORCE_INLINE void wake_waiters(struct signal *signal)
{
	lock_take(&signal->lock);
	hand_over(signal);
	lock_release(&signal->lock);
	struct endpoint *endpoint = atomic_load(&signal->endpoint);

	if (endpoint != nullptr)
		endpoint_signalled(endpoint, signal);
}

/* Keeps all registers, so that nothing is saved for its sake by who raises. */
HAL_RARE_CALL __attribute__((noinline)) static void tell_of_raise(const struct signal *signal, u64 bits)
{
	event_signal(signal->object.id, bits);
}

/* Mostly nobody waits, and raising is all there is to do. */
static FORCE_INLINE void raise(struct signal *signal, u64 bits)
{
	if (trace_on(EVENT_CLASS_IPC))
		tell_of_raise(signal, bits);
	atomic_or(&signal->bits, bits);
	atomic_fence_after_update(); /* a waiter sees the bits, or it is seen in the queue */
	if (atomic_load(&signal->waiters.first) != nullptr || atomic_load(&signal->endpoint) != nullptr)
		wake_waiters(signal);
}

void signal_raise(struct signal *signal, u64 bits) { raise(signal, bits); }

bool signal_withdraw(struct thread *thread, u64 due_ns)
{
	struct signal *signal = atomic_load(&thread->signal);

	if (signal == nullptr)
		return false;
	lock_take(&signal->lock);
	bool mine = thread->signal == signal && thread->deadline_ns <= due_ns;

	if (mine) {
		thread_queue_remove(&signal->waiters, thread);
		thread->signal = nullptr;
	}
	lock_release(&signal->lock);
	return mine;
}

bool signal_close(struct signal *signal)
{
	struct thread *waiter;

	lock_take(&signal->lock);
	for (u32 left = CLOSE_STEP; left != 0 && (waiter = thread_queue_pop(&signal->waiters)) != nullptr; left--) {
		waiter->signal = nullptr;
		thread_finish_wait(waiter, STATUS_DEAD, 0);
	}
	bool done = signal->waiters.first == nullptr;

	lock_release(&signal->lock);
	return done;
}

/* ---- system calls ---- */

struct sys_result syscall_signal_create(struct thread *self, struct group *group)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_SIGNAL, group, &object);

	if (status != STATUS_OK)
		return sys_fail(status);
	lock_init(&object_as_signal(object)->lock, LOCK_SIGNAL);
	return sys_new_handle(self, object, SIGNAL_RIGHTS_ALL, 0);
}

struct sys_result syscall_signal_raise(struct thread *self, struct signal *signal, u64 bits)
{
	(void)self;
	raise(signal, bits);
	return sys_ok(0);
}

struct sys_result syscall_signal_wait(struct thread *self, struct signal *signal, u64 mask, u64 deadline_ns)
{
	if (mask == 0)
		return sys_fail(STATUS_INVALID);
	u64 bits = signal_take(signal, mask);

	if (bits != 0) {
		signal_taken(signal, self);
		return sys_ok(bits);
	}
	if (deadline_ns == 0)
		return sys_fail(STATUS_WOULD_BLOCK);
	lock_take(&signal->lock);
	if (signal->object.dead) {
		lock_release(&signal->lock);
		return sys_fail(STATUS_DEAD);
	}
	if (UNLIKELY(signal->object.at_work != 0))
		(void)timer_resume(signal); /* some of what his last taking, or another's, has left to do */
	self->through = self->frame.arg0;
	enum status status = thread_may_wait(self, &signal->object);

	if (status != STATUS_OK) {
		lock_release(&signal->lock);
		return sys_fail(status);
	}
	self->signal = signal; /* before it can be found waiting: whoever cancels it goes by this */
	self->wait_mask = mask;
	if (!thread_begin_wait(self, THREAD_STATE_WAITING, deadline_ns)) {
		self->signal = nullptr;
		lock_release(&signal->lock);
		return sys_fail(STATUS_CANCELLED);
	}
	event_block(self, THREAD_STATE_WAITING, signal->object.id, deadline_ns);
	thread_queue_push(&signal->waiters, self);
	atomic_fence();
	hand_over(signal); /* bits that were raised before this thread could be seen waiting */
	lock_release(&signal->lock);
	return sys_none();
}
