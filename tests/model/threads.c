/* SPDX-License-Identifier: Apache-2.0
 *
 * The model's threads: who may run, who is told to stop, and time.
 */
#include "tests/model/model.h"

static struct runner *runner(u32 thread) { return ELEM(model.thread, thread); }

static bool can_run(u32 thread)
{
	return runner(thread)->state == THREAD_STATE_READY || runner(thread)->state == THREAD_STATE_RUNNING;
}

static bool waits(u32 thread)
{
	return !can_run(thread) && runner(thread)->state != THREAD_STATE_SUSPENDED && runner(thread)->state != THREAD_STATE_DEAD;
}

/* ---- how important ---- */

static void raise_to(u32 *priority, u32 other)
{
	if (*priority < other)
		*priority = other;
}

/* Everybody who waits at an endpoint makes its servers' activities as important as his own, until nothing changes. */
static u32 priority_of_activity(u32 activity)
{
	u32 priority[THREADS];

	for (u32 i = 0; i < THREADS; i++)
		*ELEM(priority, i) = runner(i)->priority;
	for (u32 round = 0; round < THREADS; round++)
		for (u32 sender = 0; sender < THREADS; sender++)
			for (u32 server = 0; server < THREADS; server++)
				if (runner(sender)->state == THREAD_STATE_SENDING && runner(server)->serves == runner(sender)->place)
					raise_to(ELEM(priority, runner(server)->activity), *ELEM(priority, runner(sender)->activity));
	return *ELEM(priority, activity);
}

u32 priority_of(u32 thread) { return priority_of_activity(runner(thread)->activity); }

void place_give(u32 sender)
{
	runner(sender)->place_priority = priority_of(sender);
	runner(sender)->place_since = ++model.places;
}

/* Of senders whose place is wrong the one that has had it longest; NONE: no place is. */
static u32 misplaced(void)
{
	u32 found = NONE;

	for (u32 i = 0; i < THREADS; i++)
		if (runner(i)->state == THREAD_STATE_SENDING && runner(i)->place_priority != priority_of(i) &&
		    (found == NONE || runner(i)->place_since < runner(found)->place_since))
			found = i;
	return found;
}

void places_settle(void)
{
	for (u32 sender = misplaced(); sender != NONE; sender = misplaced())
		place_give(sender);
}

/* ---- stopping others ---- */

static void cancel(u32 thread)
{
	if (waits(thread))
		wait_end(thread, STATUS_CANCELLED, 0);
}

static void resume(u32 thread)
{
	runner(thread)->stop = false;
	if (runner(thread)->state == THREAD_STATE_SUSPENDED)
		runner(thread)->state = THREAD_STATE_READY;
}

static void kill(u32 thread)
{
	runner(thread)->killed = true;
	cancel(thread);
	resume(thread);
}

static void call_control(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_of(runner(self)->process, r->handle, OBJECT_THREAD, THREAD_RIGHT_CONTROL, &cap);

	finish(self, status, 0);
	if (status != STATUS_OK)
		return;
	u32 target = cap->object - PROCESSES; /* threads are the objects after the processes */

	if (r->number == SYSCALL_THREAD_KILL) {
		kill(target);
	} else if (r->number == SYSCALL_THREAD_RESUME) {
		resume(target);
	} else if (r->number == SYSCALL_THREAD_CANCEL) {
		runner(target)->cancel = !waits(target);
		cancel(target);
	} else {
		runner(target)->stop = true;
		cancel(target);
	}
}

static void call_process_kill(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_of(runner(self)->process, r->handle, OBJECT_PROCESS, PROCESS_RIGHT_KILL, &cap);

	finish(self, status, 0);
	for (u32 i = 0; status == STATUS_OK && i < THREADS; i++)
		if (runner(i)->process == cap->object && runner(i)->state != THREAD_STATE_DEAD)
			kill(i);
}

bool thread_call(u32 self, const struct request *r)
{
	switch ((u32)r->number) {
	case SYSCALL_YIELD:
		finish(self, STATUS_OK, 0);
		return true;
	case SYSCALL_THREAD_EXIT:
		runner(self)->killed = true;
		return true;
	case SYSCALL_THREAD_KILL:
	case SYSCALL_THREAD_SUSPEND:
	case SYSCALL_THREAD_RESUME:
	case SYSCALL_THREAD_CANCEL:
		call_control(self, r);
		return true;
	case SYSCALL_PROCESS_KILL:
		call_process_kill(self, r);
		return true;
	default:
		return false;
	}
}

/* ---- what happens ---- */

void model_call(const struct request *request)
{
	u32 self = model.running;

	INVARIANT(caps_call(self, request) || message_call(self, request) || thread_call(self, request),
		"TEST: the model does not know this system call");
	objects_reap();
	places_settle();
}

void model_time(u64 now)
{
	model.now = now;
	for (u32 i = 0; i < THREADS; i++)
		if (waits(i) && runner(i)->wait.deadline <= now)
			wait_end(i, STATUS_TIMED_OUT, 0);
	places_settle();
}

static bool last_of_its_process(u32 thread)
{
	for (u32 i = 0; i < THREADS; i++)
		if (runner(i)->process == runner(thread)->process && runner(i)->state != THREAD_STATE_DEAD)
			return false;
	return true;
}

bool model_stopped(u32 thread, enum thread_state state)
{
	struct runner *stopped = runner(thread);

	if (!can_run(thread) || (state == THREAD_STATE_DEAD ? !stopped->killed : stopped->killed || !stopped->stop))
		return false;
	stopped->state = state;
	if (state != THREAD_STATE_DEAD)
		return true;
	activity_home(thread);
	stopped->serves = NONE;
	note_return(thread);
	if (last_of_its_process(thread))
		caps_close(stopped->process);
	objects_reap();
	places_settle();
	return true;
}

bool model_chosen(u32 thread)
{
	if (model.running != NONE && runner(model.running)->state == THREAD_STATE_RUNNING)
		runner(model.running)->state = THREAD_STATE_READY;
	model.running = thread;
	if (thread != NONE && (!can_run(thread) || runner(thread)->killed || runner(thread)->stop))
		return false;
	for (u32 i = 0; i < THREADS; i++)
		if (can_run(i) && (thread == NONE || priority_of(i) > priority_of(thread)))
			return false;
	if (thread != NONE)
		runner(thread)->state = THREAD_STATE_RUNNING;
	return true;
}
