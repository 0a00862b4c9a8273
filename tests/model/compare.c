/* SPDX-License-Identifier: Apache-2.0
 *
 * What the model says against what the core's state is: who runs, every thread's state and registers, every
 * capability of every process, every signal's bits, in which order senders are served (order.c). Handles, and which of equals
 * runs, are the kernel's to choose: the model learns them here.
 */
#include "tests/model/compare.h"

#include "abi/names.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/sched/activity.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"
#include "tests/model/machine.h"

enum : u32 { GIVEN_MAX = 2048 };

static const char *difference = "";

/* Every handle that a process was ever given, so that none is given twice: INV-HANDLE. */
static struct given {
	u32 count, handle[GIVEN_MAX];
} given[PROCESSES];

const char *machine_difference(void) { return difference; }

static bool differs(const char *what)
{
	difference = what;
	return false;
}

void machine_describe(u32 thread, struct text *text)
{
	const struct runner *runner = ELEM(model.thread, thread);
	const struct thread *real = machine_user[thread].thread;

	text_add(text, "thread ");
	text_add_u64(text, thread);
	text_add(text, " of process ");
	text_add_u64(text, runner->process);
	text_add(text, ": model ");
	text_add_cstr(text, thread_state_name(runner->state));
	text_add(text, " priority ");
	text_add_u64(text, priority_of(thread));
	text_add(text, " status ");
	text_add_u64(text, runner->result.status);
	text_add(text, "; core ");
	text_add_cstr(text, thread_state_name(real->state));
	text_add(text, " priority ");
	text_add_u64(text, real->activity->priority);
	text_add(text, " status ");
	text_add_u64(text, real->frame.status);
	text_add(text, " value ");
	text_add_hex(text, real->frame.arg0);
}

/* ---- threads ---- */

static bool can_run(enum thread_state state) { return state == THREAD_STATE_READY || state == THREAD_STATE_RUNNING; }

/* Threads that were told to die or to stop do so when the kernel lets them run. */
static bool learn_stops(void)
{
	bool more = true;

	while (more) {
		more = false;
		for (u32 i = 0; i < THREADS; i++) {
			enum thread_state state = machine_user[i].thread->state;

			if (!can_run(model.thread[i].state) || (state != THREAD_STATE_DEAD && state != THREAD_STATE_SUSPENDED))
				continue;
			if (!model_stopped(i, state))
				return differs("a thread ended or stopped that nobody told to");
			more = true;
		}
	}
	return true;
}

static bool compare_running(void)
{
	const struct thread *current = cpu_at(0)->current;

	for (u32 i = 0; i < THREADS; i++)
		if (machine_user[i].thread == current)
			return model_chosen(i) || differs("a thread runs that should not: another is more important, or it is to stop");
	return model_chosen(NONE) || differs("no thread runs, though one could");
}

static bool compare_states(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		enum thread_state state = machine_user[i].thread->state, expected = model.thread[i].state;

		if (state != expected && !(can_run(state) && can_run(expected)))
			return differs("a thread is in another state");
		if (expected != THREAD_STATE_DEAD && machine_user[i].thread->activity->priority != priority_of(i))
			return differs("a thread has another priority");
	}
	return true;
}

static u32 handle_at(u32 process, u32 place)
{
	return place == NONE ? 0 : ELEM(ELEM(model.space, process)->cap, place)->handle;
}

static bool compare_message(const struct user *user, u32 process, const struct result *result)
{
	const struct hal_frame *frame = &user->thread->frame;

	if (frame->arg1 != result->info)
		return differs("a message has another label, length or kind");
	for (u32 i = 0; i < WORDS && i < result->words; i++)
		if (frame->word[i] != result->word[i])
			return differs("a message has other words");
	for (u32 i = 0; i < SENT_CAPS && i < result->caps; i++)
		if (user_cap_at(user, i) != handle_at(process, result->cap[i]))
			return differs("a message brings another capability");
	return true;
}

/* Places of capabilities are looked at once, while they are what they were; from then on it is their handles. */
static void remember_handles(const struct user *user, struct result *result)
{
	result->value = user->thread->frame.arg0;
	result->made = NONE;
	result->caps = 0;
}

static bool compare_result(u32 thread)
{
	const struct user *user = ELEM(machine_user, thread);
	struct runner *runner = ELEM(model.thread, thread);
	struct result *result = &runner->result;

	if (!can_run(runner->state) || runner->killed || runner->again)
		return true;
	if (user->thread->frame.status != result->status)
		return differs("a system call returned another status");
	u64 value = result->made != NONE ? handle_at(result->made_in, result->made) : result->value;

	if (!result->any_value && user->thread->frame.arg0 != value)
		return differs("a system call returned another value");
	if (result->message && !compare_message(user, runner->process, result))
		return false;
	remember_handles(user, result);
	return true;
}

/* ---- capabilities ---- */

static const struct process *process_at(u32 process)
{
	for (u32 i = 0; i < THREADS; i++)
		if (model.thread[i].process == process)
			return machine_user[i].process;
	return nullptr;
}

struct seen {
	u32 handle, rights, depth;
	u64 object, value;
	enum object_type type;
	bool valid;
};

static bool matches(const struct held *cap, const struct seen *seen)
{
	const struct thing *object = ELEM(model.object, cap->object);
	const struct node *node = ELEM(model.node, cap->node);

	return (object->id == seen->object || object->id == 0) && object->type == seen->type && cap->rights == seen->rights &&
		cap->value == seen->value && node->depth == seen->depth && node->invalid != seen->valid;
}

static bool note_given(u32 process, u32 handle)
{
	struct given *all = ELEM(given, process);

	for (u32 i = 0; i < all->count; i++)
		if (all->handle[i] == handle)
			return differs("a handle was given a second time");
	if (all->count == GIVEN_MAX) {
		model.full = true;
		return true;
	}
	*ELEM(all->handle, all->count) = handle;
	all->count++;
	return true;
}

/* A capability that has just come to be has the handle that somebody was told. */
static bool learn_handle(u32 process, u32 place, u32 handle)
{
	struct held *cap = ELEM(ELEM(model.space, process)->cap, place);

	if (!cap->used || cap->handle != 0)
		return true;
	cap->handle = handle;
	return note_given(process, handle);
}

static bool learn_handles(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		const struct runner *runner = ELEM(model.thread, i);
		const struct result *result = &runner->result;
		const struct user *user = ELEM(machine_user, i);

		if (!can_run(runner->state) || runner->again)
			continue;
		if (result->made != NONE && !learn_handle(result->made_in, result->made, (u32)user->thread->frame.arg0))
			return false;
		for (u32 n = 0; n < SENT_CAPS && n < result->caps; n++)
			if (result->cap[n] != NONE && !learn_handle(runner->process, result->cap[n], (u32)user_cap_at(user, n)))
				return false;
	}
	return true;
}

/* One that the model knows must be as it says. Those that were there from the start are learnt here. */
static bool compare_cap(u32 process, const struct seen *seen, u32 *found)
{
	struct holdings *space = ELEM(model.space, process);

	for (u32 i = 0; i < CAPS_MAX; i++) {
		struct held *cap = ELEM(space->cap, i);

		if (!cap->used || cap->handle != seen->handle)
			continue;
		++*found;
		if (!matches(cap, seen))
			return differs("a capability has another object, rights, badge, depth or validity");
		ELEM(model.object, cap->object)->id = seen->object;
		return true;
	}
	for (u32 i = 0; i < CAPS_MAX; i++) {
		struct held *cap = ELEM(space->cap, i);

		if (!cap->used || cap->handle != 0 || !matches(cap, seen))
			continue;
		cap->handle = seen->handle;
		++*found;
		return note_given(process, seen->handle);
	}
	return differs("a process has a capability that it should not have");
}

static bool look_at(u32 process, const struct cap_slot *slot, u32 index, u32 *found)
{
	u32 tag = slot->tag;

	if ((tag & CAP_TAG_USED) == 0)
		return true;
	struct seen seen = { .handle = cap_tag_generation(tag) << 16 | index, .rights = slot->rights,
		.depth = slot->lineage->depth, .object = slot->object->id, .value = slot->value,
		.type = cap_tag_type(tag),
		.valid = lineage_valid(slot->lineage) };

	return compare_cap(process, &seen, found);
}

static bool compare_space(u32 process)
{
	const struct process *real = process_at(process);
	u32 found = 0, expected = 0;

	if (ELEM(model.space, process)->closed)
		return real->caps.closed || differs("a process has not ended");
	for (u32 index = 0; index < real->caps.leaves * CAP_LEAF_SLOTS; index++)
		if (!look_at(process, cap_slot_at(&real->caps, index), index, &found))
			return false;
	for (u32 i = 0; i < CAPS_MAX; i++)
		expected += model.space[process].cap[i].used;
	return found == expected || differs("a process lacks a capability");
}

/* ---- signals ---- */

static bool compare_signal(u32 process, const struct held *cap)
{
	const struct thing *object = ELEM(model.object, cap->object);
	const struct cap_slot *slot = cap_slot_at(&process_at(process)->caps, cap->handle & 0xffff);

	if (object->type == OBJECT_SIGNAL && object_as_signal(slot->object)->bits != object->bits)
		return differs("a signal has other bits");
	if (object->type == OBJECT_ENDPOINT && object_as_endpoint(slot->object)->queued != object->kept_count)
		return differs("an endpoint keeps another number of messages");
	return true;
}

static bool compare_objects(void)
{
	for (u32 process = 0; process < PROCESSES; process++)
		for (u32 i = 0; i < CAPS_MAX; i++) {
			const struct held *cap = ELEM(model.space[process].cap, i);

			if (cap->used && !compare_signal(process, cap))
				return false;
		}
	return true;
}

/* ---- everything ---- */

/* What is there at first: all of it at the roots. */
void compare_begin(void)
{
	for (u32 process = 0; process < PROCESSES; process++) {
		const struct process *real = process_at(process);

		given[process].count = 0;
		for (u32 index = 0; index < real->caps.leaves * CAP_LEAF_SLOTS; index++) {
			const struct cap_slot *slot = cap_slot_at(&real->caps, index);

			if ((slot->tag & CAP_TAG_USED) == 0)
				continue;
			for (u32 object = 0; object < model.objects; object++)
				if (model.object[object].id == slot->object->id)
					model_cap(process, object, model.object[object].root, slot->rights, slot->value, 0);
		}
	}
}

bool compare_all(void)
{
	if (!learn_stops() || !compare_running() || !compare_states() || !learn_handles())
		return false;
	if (!compare_order())
		return differs("senders are in another order");
	for (u32 process = 0; process < PROCESSES; process++)
		if (!compare_space(process))
			return false;
	if (!compare_objects())
		return false;
	for (u32 i = 0; i < THREADS; i++)
		if (!compare_result(i))
			return false;
	return true;
}
