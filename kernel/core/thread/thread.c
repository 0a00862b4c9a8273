/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of threads, and the beginning and end of waits. See thread.h.
 */
#include "kernel/core/thread/thread.h"
#include "abi/event_emit.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/ipc/word.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/hal/time.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

/* ---- making ---- */

/* WHY as it is: what an earlier thread left in the page is the process' own, which can read it anyway. */
static enum status take_buffer(struct process *process, struct thread *thread)
{
	u32 slot = 0;
	enum status status = process_take_buffer(process, &slot);

	if (status != STATUS_OK)
		return status;
	struct frame_result frame = memory_page(process->buffers, slot);

	if (!frame.ok) {
		process_give_buffer(process, slot);
		return frame.status;
	}
	thread->buffer = frame_words(frame.frame);
	thread->buffer_at = (uaddr_t){ process->buffers_at + ((u64)slot << PAGE_SHIFT) };
	thread->buffer_slot = slot;
	return STATUS_OK;
}

enum status thread_make(struct process *process, const struct thread_start *start, struct activity *activity,
	struct thread **out)
{
	struct group *group = process->object.group;
	struct object *object = nullptr;
	enum status status = group_charge_one(group, GROUP_THREADS);

	if (status != STATUS_OK)
		return status;
	status = object_create(OBJECT_THREAD, group, &object);
	if (status != STATUS_OK) {
		group_release(group, GROUP_THREADS, 1);
		return status;
	}
	struct thread *thread = object_as_thread(object);

	if (!object_try_ref(&process->object)) {
		object_unref(object);
		return STATUS_DEAD;
	}
	thread->process = process;
	thread->state = THREAD_STATE_NEW;
	thread->alarm.kind = ALARM_THREAD;
	thread->deadline_ns = U64_MAX;
	thread->cpu = hal_this_cpu()->id;
	thread->tls = (uaddr_t){ start->tls };
	thread->activity = activity; /* before others can find it in the process: it is never null */
	status = take_buffer(process, thread);
	if (status == STATUS_OK)
		status = process_add_thread(process, thread);
	if (status != STATUS_OK) {
		object_unref(object); /* thread_close gives the rest back */
		return status;
	}
	hal_frame_start(&thread->frame, (uaddr_t){ start->entry }, (uaddr_t){ start->stack }, start->argument,
		thread->buffer_at.v);
	thread->own = activity;
	activity->owner = thread;
	object_ref(&activity->object);
	event_thread_create(object->id, process->object.id);
	*out = thread;
	return STATUS_OK;
}

/* ---- waiting ---- */

/* True for one of all who see the flag: the thread, as it begins to wait, or who cancels its wait. */
static bool use_up_cancel(struct thread *thread)
{
	return (atomic_and(&thread->flags, ~(u32)THREAD_CANCEL) & THREAD_CANCEL) != 0;
}

/* A fault has to be handled before anything can be cancelled. */
static bool must_not_wait(struct thread *thread)
{
	u32 flags = atomic_load(&thread->flags);

	if (LIKELY((flags & (THREAD_TOLD | THREAD_CANCEL)) == 0))
		return false;
	return (flags & THREAD_TOLD) != 0 || (!thread_faulted(thread) && use_up_cancel(thread));
}

bool thread_begin_wait(struct thread *thread, enum thread_state state, u64 deadline_ns)
{
	atomic_store_release(&thread->state, state); /* who sees it finds what it waits in */
	atomic_fence(); /* either the flags are seen here, or whoever sets them sees the state */
	if (UNLIKELY(must_not_wait(thread))) {
		thread->state = THREAD_STATE_RUNNING;
		return false;
	}
	if (UNLIKELY(deadline_ns != U64_MAX)) {
		thread->traits |= THREAD_TIMED;
		thread->deadline_ns = deadline_ns;
		alarm_set(&thread->alarm, deadline_ns);
	}
	sched_leave(hal_this_cpu(), thread);
	return true;
}

enum status thread_may_wait(const struct thread *thread, const struct object *object)
{
	if (UNLIKELY(thread_faulted(thread)))
		return lineage_valid(thread->process->faults.lineage) ? STATUS_OK : STATUS_REVOKED;
	bool forwarded = (thread->traits & THREAD_FORWARDED) != 0;

	return cap_still_names(forwarded ? thread->forwarder : thread->process, thread->through, object);
}

bool thread_go_on_waiting(struct thread *thread, enum thread_state state)
{
	atomic_store_release(&thread->state, state);
	atomic_fence();
	return thread_told(thread) == 0 && (thread->deadline_ns == U64_MAX || tree_contains(&thread->alarm.node));
}

HAL_RARE_CALL void thread_cancel_alarm(struct thread *thread)
{
	thread->traits &= ~(u32)THREAD_TIMED;
	thread->deadline_ns = U64_MAX;
	(void)alarm_cancel(&thread->alarm);
}

HAL_RARE_CALL void thread_forget_forwarder(struct thread *thread)
{
	thread->traits &= ~(u32)THREAD_FORWARDED;
	object_unref(&thread->forwarder->object);
}

void thread_finish_wait(struct thread *thread, enum status status, u64 value)
{
	thread_end_forward(thread);
	thread->frame.status = status;
	thread->frame.arg0 = value;
	sched_wake(thread);
}

/* Takes the thread out of what it waits in until due_ns or earlier. True: this processor owns it now. */
static bool take_from_wait(struct thread *thread, u64 due_ns)
{
	switch (atomic_load_acquire(&thread->state)) {
	case THREAD_STATE_SENDING:
	case THREAD_STATE_RECEIVING:
		return endpoint_withdraw(thread, due_ns, nullptr);
	case THREAD_STATE_WAITING:
		return signal_withdraw(thread, due_ns);
	case THREAD_STATE_CALLING:
		return reply_withdraw(thread, due_ns);
	case THREAD_STATE_WORD:
		return word_withdraw(thread, due_ns);
	case THREAD_STATE_SUSPENDED:
	case THREAD_STATE_NEW:
	case THREAD_STATE_READY:
	case THREAD_STATE_RUNNING:
	case THREAD_STATE_DEAD:
	case THREAD_STATE_COUNT:
		break;
	}
	return false;
}

void thread_abandon_wait(struct thread *thread, enum status status)
{
	if (!thread_faulted(thread)) {
		thread_finish_wait(thread, status, 0);
		return;
	}
	thread->traits &= ~(u32)THREAD_FAULTED;
	sched_wake(thread);
}

void thread_cancel(struct thread *thread, enum status status)
{
	if (take_from_wait(thread, U64_MAX))
		thread_abandon_wait(thread, status);
}

static bool is_waiting(const struct thread *thread)
{
	enum thread_state state = atomic_load_acquire(&thread->state);

	return (state >= THREAD_STATE_SENDING && state <= THREAD_STATE_WAITING) || state == THREAD_STATE_WORD;
}

/* WHY the flag first, and used up before the wait is ended: it goes with one wait. If the thread has used it up, another
 * wait that has begun since is not ended as well. */
bool thread_cancel_one_wait(struct thread *thread)
{
	atomic_or(&thread->flags, THREAD_CANCEL);
	atomic_fence(); /* who begins to wait sees the flag, or is seen to wait here */
	if (!is_waiting(thread) || !use_up_cancel(thread))
		return true;
	if (!take_from_wait(thread, U64_MAX))
		return false;
	if (UNLIKELY(thread_faulted(thread)))
		atomic_or(&thread->flags, THREAD_CANCEL);
	thread_abandon_wait(thread, STATUS_CANCELLED);
	return true;
}

void thread_deadline_passed(struct thread *thread)
{
	atomic_fence(); /* the alarm is out of its tree for whoever owns the thread now */
	/* It may have been woken and wait for something else by now, until later. */
	if (take_from_wait(thread, hal_clock_ns()))
		thread_abandon_wait(thread, STATUS_TIMED_OUT);
}

/* ---- dying ---- */

void thread_kill(struct thread *thread)
{
	atomic_or(&thread->flags, THREAD_KILLED);
	atomic_fence(); /* the flag is seen by whoever looks after the wait below was found or not */
	thread_cancel(thread, STATUS_CANCELLED);
	if (sched_withdraw_suspended(thread))
		sched_wake(thread);
	sched_kick(thread);
}

void thread_die(struct thread *thread)
{
	struct process *process = thread->process;

	event_thread_exit(thread->object.id, process->object.id);
	atomic_store(&thread->state, THREAD_STATE_DEAD);
	word_owner_died(thread);
	sched_leave(hal_this_cpu(), thread);
	server_leave(thread);
	if (thread->note != nullptr)
		note_settle(thread, false);
	activity_return(thread);
	/* WHY now and not when nothing names it any more: who hears that the process has ended may start the next in its place. */
	group_release(thread->object.group, GROUP_THREADS, 1);
	process_remove_thread(process, thread);
}

/* No reference is left: it is dead, or it never ran. */
bool thread_close(struct thread *thread)
{
	if (thread->own != nullptr) {
		thread->own->owner = nullptr;
		object_unref(&thread->own->object);
		thread->own = nullptr;
	}
	return true;
}

void thread_free(struct thread *thread)
{
	if (thread->buffer != nullptr)
		process_give_buffer(thread->process, thread->buffer_slot);
	if (thread->state != THREAD_STATE_DEAD)
		group_release(thread->object.group, GROUP_THREADS, 1);
	if (thread->process != nullptr)
		object_unref(&thread->process->object);
}
