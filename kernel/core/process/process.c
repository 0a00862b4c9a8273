/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of processes. See process.h.
 *
 * From its first thread on a process holds a reference to itself; process_end turns it into the
 * reference of its funeral: when the last thread is gone the process is put on the list of dead objects although
 * it is still referred to, object_reap closes and frees what it holds, and process_gone gives
 * the reference up. INV-PROCESS-FUNERAL: that happens once.
 */
#include "kernel/core/process/process.h"
#include "abi/event_emit.h"
#include "kernel/core/boot/give_up.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/time.h"
#include "kernel/raw/downcast.h"

enum : u32 { TEARDOWN_STEP = 4, KILL_STEP = 8 };

/* ---- making ---- */

/* The message buffers are a mapping like any other, so that user mode sees them. */
static enum status map_buffers(struct process *process)
{
	enum status status = memory_make(process->object.group, PROCESS_THREADS_MAX, &process->buffers);

	if (status != STATUS_OK)
		return status;
	struct mapping mapping = { .pages = PROCESS_THREADS_MAX, .prot = HAL_PROT_READ | HAL_PROT_WRITE };

	status = space_map_own(&process->space, &mapping, process->buffers);
	process->buffers_at = mapping.at;
	return status;
}

static enum status take_given(struct cap *place, const struct cap *given)
{
	if (given == nullptr)
		return STATUS_OK;
	if (!cap_hold(given))
		return STATUS_BAD_HANDLE;
	*place = *given;
	return STATUS_OK;
}

enum status process_make(struct group *group, const struct cap *names, const struct cap *faults, struct span name,
	struct process **out)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_PROCESS, group, &object);

	if (status != STATUS_OK)
		return status;
	struct process *process = object_as_process(object);

	lock_init(&process->lock, LOCK_PROCESS);
	lock_init(&process->space.lock, LOCK_SPACE);
	process->start_ns = hal_clock_ns();
	span_copy(MSPAN_OF_ARRAY(process->name), span_first(name, PROCESS_NAME_BYTES - 1));
	status = cap_space_init(&process->caps, group);
	if (status == STATUS_OK)
		status = space_init(&process->space, group, object->id);
	if (status == STATUS_OK)
		status = map_buffers(process);
	if (status == STATUS_OK)
		status = take_given(&process->names, names);
	if (status == STATUS_OK)
		status = take_given(&process->faults, faults);
	if (status != STATUS_OK) {
		process->state = PROCESS_STATE_DYING; /* its funeral gives back what there is */
		object_unref(object);
		return status;
	}
	group_enter(group, process);
	process->listed = true;
	event_process_create(object->id, group->object.id);
	*out = process;
	return STATUS_OK;
}

/* ---- threads ---- */

enum status process_take_buffer(struct process *process, u32 *slot)
{
	enum status status = STATUS_OUT_OF_THREADS;

	lock_take(&process->lock);
	/* An ended process has no buffers; one that ends now keeps them for this stay in the kernel. */
	if (process->state != PROCESS_STATE_RUNNING)
		status = STATUS_DEAD;
	for (u32 word = 0; word < ARRAY_LEN(process->buffer_used) && status == STATUS_OUT_OF_THREADS; word++) {
		u64 unused = ~process->buffer_used[word];

		if (unused == 0)
			continue;
		u32 bit = (u32)__builtin_ctzll(unused);

		process->buffer_used[word] |= 1ull << bit;
		*slot = word * 64 + bit;
		status = STATUS_OK;
	}
	lock_release(&process->lock);
	return status;
}

void process_give_buffer(struct process *process, u32 slot)
{
	lock_take(&process->lock);
	*ELEM(process->buffer_used, slot / 64) &= ~(1ull << (slot % 64));
	lock_release(&process->lock);
}

/* The reference that a process holds to itself. With the lock held. False: nobody refers to it any
 * more, and it is on its way out without having run. */
static bool stay_alive(struct process *process)
{
	if (!process->alive)
		process->alive = object_try_ref(&process->object);
	return process->alive;
}

enum status process_add_thread(struct process *process, struct thread *thread)
{
	lock_take(&process->lock);
	/* It may have come into a group that is being destroyed. */
	bool running = process->state == PROCESS_STATE_RUNNING && !process->object.group->object.dead && stay_alive(process);

	if (running) {
		object_ref(&thread->object); /* alive */
		list_push(&process->threads, &thread->in_process);
		process->thread_count++;
	}
	lock_release(&process->lock);
	return running ? STATUS_OK : STATUS_DEAD;
}

void process_remove_thread(struct process *process, struct thread *thread)
{
	lock_take(&process->lock);
	list_remove(&process->threads, &thread->in_process);
	process->thread_count--;
	if (thread->own != nullptr)
		process->cpu_ns += activity_used_ns(thread->own);
	bool last = process->thread_count == 0, at_work = process->object.at_work != 0;

	if (last && process->state == PROCESS_STATE_RUNNING) {
		process->state = PROCESS_STATE_DYING;
		process->reason = EXIT_REASON_EXITED;
	}
	lock_release(&process->lock);
	object_unref(&thread->object);
	if (last && process->first)
		boot_first_ended(EXIT_REASON_EXITED, 0);
	if (last && !at_work)
		object_last_unref(&process->object); /* its funeral */
}

/* ---- the end ---- */

/* A bounded number of those that were not yet. False: others are left. */
static bool kill_some(struct process *process)
{
	u32 left = KILL_STEP;

	LIST_EACH (at, &process->threads, struct thread, in_process) {
		if ((atomic_or(&at->flags, THREAD_ENDED) & THREAD_ENDED) != 0)
			continue;
		thread_kill(at);
		if (--left == 0)
			return false;
	}
	return true;
}

bool process_work(struct process *process)
{
	bool done = kill_some(process);

	lock_take(&process->lock);
	process->object.at_work = !done;
	if (done && process->thread_count == 0)
		object_last_unref(&process->object); /* its funeral */
	lock_release(&process->lock);
	return done;
}

/* All are told at once, so that none goes on in user mode; what they wait in is ended in steps. WHY without the lock: nobody
 * joins any more. Who leaves meanwhile still leads on to the others, and lives for this stay in the kernel. */
void process_end(struct process *process, u64 status, enum exit_reason reason)
{
	lock_take(&process->lock);
	bool first = process->state == PROCESS_STATE_RUNNING && stay_alive(process);

	if (first) {
		object_add_work(&process->object, hal_this_cpu()->current); /* which also begins the funeral, if nobody is left by then */
		process->state = PROCESS_STATE_DYING;
		process->reason = reason;
		process->exit_status = status;
	}
	lock_release(&process->lock);
	if (!first)
		return;
	event_process_exit(process->object.id, reason, status);
	if (process->first)
		boot_first_ended(reason, status);
	LIST_EACH (at, &process->threads, struct thread, in_process)
		atomic_or(&at->flags, THREAD_KILLED);
	atomic_fence(); /* who begins to run sees it, or is found here */
	LIST_EACH (at, &process->threads, struct thread, in_process)
		if (atomic_load(&at->state) == THREAD_STATE_RUNNING)
			sched_kick(at);
	(void)kill_some(process);
}

static void release_if_given(const struct cap *cap)
{
	if (cap->object != nullptr)
		cap_release(cap);
}

bool process_close(struct process *process)
{
	if (process->closed)
		return true;
	if (!cap_space_drain(process, TEARDOWN_STEP) || !space_drain(&process->space, TEARDOWN_STEP))
		return false;
	lock_take(&process->lock);
	struct cap names = process->names;

	process->names.object = nullptr;
	lock_release(&process->lock);
	release_if_given(&names);
	release_if_given(&process->faults);
	process->faults.object = nullptr;
	process->closed = true;
	return true;
}

static void tell_watcher(struct process *process)
{
	lock_take(&process->lock);
	struct signal_binding watcher = process->watcher;

	process->state = PROCESS_STATE_DEAD;
	process->watcher = (struct signal_binding){};
	lock_release(&process->lock);
	binding_raise(&watcher);
	binding_drop(&watcher);
}

bool process_free(struct process *process)
{
	if (process->freed)
		return true;
	if (process->space.tables != 0 && !space_free(&process->space, TEARDOWN_STEP))
		return false;
	cap_space_free(process);
	if (process->buffers != nullptr)
		object_unref(&process->buffers->object);
	process->buffers = nullptr;
	if (process->listed)
		group_leave(process->object.group, process);
	/* One that never ran has no funeral, and so no process_gone. */
	if (atomic_load(&process->object.refs) == 0)
		tell_watcher(process);
	process->freed = true;
	return true;
}

void process_gone(struct process *process)
{
	tell_watcher(process);
	event_process_gone(process->object.id);
	object_unref(&process->object);
}

void process_describe(struct process *process, struct process_info *info)
{
	struct group *group = process->object.group;

	lock_take(&process->lock);
	*info = (struct process_info){
		.id = process->object.id, .group_id = group->object.id, .state = process->state, .threads = process->thread_count,
		.exit_status = process->exit_status, .exit_reason = process->reason, .cpu_ns = process->cpu_ns,
	};
	LIST_EACH (at, &process->threads, struct thread, in_process)
		if (at->own != nullptr)
			info->cpu_ns += activity_used_ns(at->own);
	lock_release(&process->lock);
	info->caps = process->caps.used;
	info->frames = atomic_load(&process->space.tables) + atomic_load(&process->space.filled);
	info->start_ns = process->start_ns;
	span_copy(MSPAN_OF_ARRAY(info->name), SPAN_OF_ARRAY(process->name));
}
