/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on threads and activities.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

/* One thread at a time has an activity: that is its owner from here on, and it is counted. Errors: BUSY, DEAD. */
static enum status claim(struct activity *activity, struct thread *owner)
{
	struct thread *none = nullptr;

	if (!atomic_compare_exchange(&activity->owner, &none, owner))
		return STATUS_BUSY;
	if (object_try_ref(&activity->object))
		return STATUS_OK;
	activity->owner = nullptr;
	return STATUS_DEAD;
}

/* A new thread's activity, counted: the one given, or one like the creator's own. */
static enum status activity_for(struct thread *self, struct process *process, struct activity *given,
	struct activity **out)
{
	if (given != nullptr) {
		*out = given;
		return claim(given, self); /* until thread_make sets the owner */
	}
	struct activity_params params = { .priority = self->own->own_priority, .weight = self->own->weight };

	if (params.priority > process->object.group->max_priority)
		params.priority = process->object.group->max_priority;
	return activity_make(process->object.group, &params, out);
}

struct sys_result syscall_thread_self(struct thread *self, struct hal_frame *frame)
{
	(void)frame;
	object_ref(&self->object); /* the capability's */
	return sys_new_handle(self, &self->object, THREAD_RIGHTS_ALL, 0);
}

static enum status make(struct thread *self, struct process *process, const struct thread_start *start,
	struct activity *activity, struct thread **out)
{
	struct activity *own = nullptr;
	enum status status = activity_for(self, process, activity, &own);

	if (status != STATUS_OK)
		return status;
	status = thread_make(process, start, own, out);
	if (status != STATUS_OK)
		own->owner = nullptr;
	object_unref(&own->object); /* the thread has a reference of its own */
	return status;
}

struct sys_result syscall_thread_create(struct thread *self, struct process *process, const struct thread_start *start,
	struct activity *activity)
{
	struct thread *thread = nullptr;

	if (!hal_user_address(start->entry) || !hal_user_address(start->stack) || !hal_user_address(start->tls))
		return sys_fail(STATUS_INVALID);
	enum status status = cap_reserve(self->process, 1); /* before there is a thread */

	if (status != STATUS_OK)
		return sys_fail(status);
	status = make(self, process, start, activity, &thread);
	if (status != STATUS_OK) {
		cap_unreserve(self->process, 1);
		return sys_fail(status);
	}
	object_ref(&thread->object);
	struct sys_result result = sys_reserved_handle(self, &thread->object, THREAD_RIGHTS_ALL);

	sched_wake(thread);
	object_unref(&thread->object);
	return result;
}

struct sys_result syscall_thread_exit(struct thread *self, struct hal_frame *frame)
{
	(void)frame;
	atomic_or(&self->flags, THREAD_KILLED);
	return sys_none();
}

struct sys_result syscall_thread_kill(struct thread *self, struct thread *thread)
{
	(void)self;
	thread_kill(thread);
	return sys_ok(0);
}

struct sys_result syscall_thread_suspend(struct thread *self, struct thread *thread)
{
	(void)self;
	atomic_or(&thread->flags, THREAD_STOP);
	atomic_fence();
	thread_cancel(thread, STATUS_CANCELLED);
	sched_kick(thread);
	return sys_ok(0);
}

struct sys_result syscall_thread_resume(struct thread *self, struct thread *thread)
{
	(void)self;
	if (sched_withdraw_suspended(thread))
		sched_wake(thread);
	return sys_ok(0);
}

struct sys_result syscall_thread_cancel(struct thread *self, struct thread *thread)
{
	(void)self;
	if (thread_cancel_one_wait(thread))
		return sys_ok(0);
	hal_relax(); /* another processor is about to wake it, or it is about to wait there */
	return sys_again();
}

struct sys_result syscall_thread_registers(struct thread *self, struct thread *thread,
	struct thread_registers *registers)
{
	enum thread_state state = atomic_load(&thread->state);

	(void)self;
	if (state == THREAD_STATE_RUNNING || state == THREAD_STATE_READY)
		return sys_fail(STATUS_BUSY);
	hal_frame_registers(&thread->frame, registers);
	return sys_ok(0);
}

/* With the process' lock held. WHY nothing else: it is for those that are stuck, who stay as they are; what is read of
 * others may be wrong, and harms nobody: what a thread runs on, and what one awaits that calls, lives for this stay in the
 * kernel. What it awaited last may be gone. */
static void describe(const struct thread *thread, struct thread_info *info)
{
	bool calling = atomic_load_acquire(&thread->state) == THREAD_STATE_CALLING;
	const struct reply *reply = calling ? atomic_load(&thread->awaiting) : nullptr;
	const struct trace_of_activity *trace = &atomic_load(&thread->activity)->trace;
	struct thread_registers registers = {};

	*info = (struct thread_info){
		.id = thread->object.id, .state = atomic_load(&thread->state), .label = (u32)thread->frame.arg1,
		.through = thread->through, .serving = thread->serving, .span = thread->trace.span,
		.awaits = reply != nullptr && atomic_load(&reply->caller) == thread ? reply->claim : 0,
		.trace_high = trace->trace_high, .trace_low = trace->trace_low,
	};
	hal_frame_registers(&thread->frame, &registers);
	span_copy(MSPAN_OF_ARRAY(info->registers), SPAN_OF_STRUCT(registers));
}

struct sys_result syscall_process_next_thread(struct thread *self, struct process *process, u64 after,
	struct thread_info *info)
{
	const struct thread *found = nullptr;

	(void)self;
	lock_take(&process->lock);
	LIST_EACH (at, &process->threads, struct thread, in_process)
		if (at->object.id > after && (found == nullptr || at->object.id < found->object.id))
			found = at;
	if (found != nullptr)
		describe(found, info);
	lock_release(&process->lock);
	return sys_status(found != nullptr ? STATUS_OK : STATUS_NOT_FOUND);
}

struct sys_result syscall_thread_set_tls(struct thread *self, u64 address)
{
	if (!hal_user_address(address))
		return sys_fail(STATUS_INVALID);
	self->tls = (uaddr_t){ address };
	hal_tls_load(self->tls);
	return sys_ok(0);
}

/* ---- activities ---- */

struct sys_result syscall_activity_create(struct thread *self, struct group *group, const struct activity_params *params)
{
	struct activity *activity = nullptr;
	enum status status = activity_make(group, params, &activity);

	if (status != STATUS_OK)
		return sys_fail(status);
	return sys_new_handle(self, &activity->object, ACTIVITY_RIGHTS_ALL, 0);
}

struct sys_result syscall_activity_set(struct thread *self, struct activity *activity,
	const struct activity_params *params)
{
	(void)self;
	return sys_status(activity_set(activity, params));
}

/* Replaces the activity that a thread has of its own. */
struct sys_result syscall_thread_bind(struct thread *self, struct thread *thread, struct activity *activity)
{
	struct activity *before = self->own;
	enum status status = thread == self ? claim(activity, self) : STATUS_BUSY;

	if (status != STATUS_OK)
		return sys_fail(status);
	thread->own = activity;
	if (thread->activity == before)
		thread->activity = activity;
	else if (thread->activity == activity)
		object_unref(&activity->object); /* it was lent and is its own now, which is not counted twice */
	before->owner = nullptr;
	object_unref(&before->object);
	inherit_moved(self);
	return sys_ok(0);
}
