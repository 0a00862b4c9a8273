/* SPDX-License-Identifier: Apache-2.0
 *
 * The real core beside the model. See machine.h.
 */
#include "tests/model/machine.h"

#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/sched/work.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"
#include "tests/host/kernel/world.h"
#include "tests/model/compare.h"

enum : u32 { GROUP_OBJECT = PROCESSES + THREADS, ENTRIES_MAX = 64 };
enum : u64 { PROGRAM_NS = 1000000000000 };

struct user machine_user[THREADS];

/* Whose threads they are, and how important. */
static const u32 process_of[THREADS] = { 0, 0, 0, 1, 1, 2, 2 };
static const u32 priorities[THREADS] = { 10, 40, 60, 40, 60, 20, 60 };

/* ---- before and after ---- */

static void make_users(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		bool first = i == 0 || process_of[i] != process_of[i - 1];

		*ELEM(machine_user, i) = first ? user_new() : user_thread(ELEM(machine_user, i - 1));
	}
}

/* Every process holds the group, all processes and all threads; the first one and its first thread are safe. */
static void give_all(const struct user *to)
{
	(void)give_to(to, world_group(), COPY_ALL);
	for (u32 i = 0; i < THREADS; i++) {
		const struct user *user = ELEM(machine_user, i);
		bool first = i == 0 || process_of[i] != process_of[i - 1];

		if (first)
			(void)give_to(to, user->process_handle,
				i == 0 ? RIGHT_DUPLICATE | RIGHT_TRANSFER | PROCESS_RIGHT_GRANT : COPY_ALL);
		(void)give_to(to, user->thread_handle, i == TIRELESS ? RIGHT_DUPLICATE | RIGHT_TRANSFER : COPY_ALL);
	}
}

static void set_priority(const struct user *user, u32 priority)
{
	struct activity_params params = { .priority = priority };
	const struct user *init = world_init();
	u64 thread = give_to(user, user->thread_handle, COPY_ALL);

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	u64 theirs = give_to(user, activity, COPY_ALL);

	(void)CALL(init, SYSCALL_CAP_DROP, activity);
	(void)CALL(user, SYSCALL_THREAD_BIND, thread, theirs);
	/* It may not run again soon, so it cannot drop them itself. */
	(void)cap_drop(user->process, (handle_t){ (u32)thread });
	(void)cap_drop(user->process, (handle_t){ (u32)theirs });
}

static void tell_model(void)
{
	model = (struct model){ .running = NONE };
	for (u32 i = 0; i < THREADS; i++)
		if (i == 0 || process_of[i] != process_of[i - 1])
			(void)model_object(OBJECT_PROCESS, machine_user[i].process->object.id);
	for (u32 i = 0; i < THREADS; i++) {
		const struct thread *thread = machine_user[i].thread;

		(void)model_object(OBJECT_THREAD, thread->object.id);
		model.thread[i] = (struct runner){ .process = process_of[i], .priority = priorities[i], .state = THREAD_STATE_READY,
			.activity = i, .serving = NONE, .serves = NONE, .note = NONE, .place = NONE, .reply = NONE };
		finish(i, (enum status)thread->frame.status, thread->frame.arg0);
	}
	(void)model_object(OBJECT_GROUP, object_id(world_init(), world_group()));
	compare_begin();
}

void machine_begin(void)
{
	world_begin();
	make_users();
	give_all(ELEM(machine_user, 0));
	give_all(ELEM(machine_user, 3));
	give_all(ELEM(machine_user, 5));
	for (u32 i = 0; i < THREADS; i++)
		set_priority(ELEM(machine_user, i), priorities[i]);
	(void)user_bring(world_init()->thread);
	tell_model();
	(void)CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + PROGRAM_NS);
	(void)compare_all();
}

static void bring_init(void)
{
	struct thread *init = world_init()->thread;

	fake_set_now(max_u64(init->deadline_ns, fake_now()));
	(void)user_bring(init);
}

/* Init is more important than all: it must wait for those that are to die. */
void machine_end(void)
{
	bring_init();
	(void)CALL(world_init(), SYSCALL_GROUP_DESTROY, world_group());
	(void)CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 1);
	fake_settle();
	bring_init();
	world_end();
}

/* ---- a step ---- */

static void fill_registers(const struct user *user, const struct request *r)
{
	struct hal_frame *frame = &user->thread->frame;

	frame->status = r->number;
	frame->arg0 = r->handle;
	frame->arg1 = r->at[0];
	frame->word[0] = r->at[1];
	frame->word[1] = r->at[2];
	if (r->number == SYSCALL_CAP_GRANT || r->number == SYSCALL_ENDPOINT_BIND) {
		frame->arg1 = r->second;
		frame->word[0] = r->at[0];
	}
	if (r->number == SYSCALL_SIGNAL_WAIT)
		frame->word[0] = r->deadline;
	if (r->number < SYSCALL_CALL || r->number > SYSCALL_REPLY_RECEIVE)
		return;
	frame->arg0 = r->handle | (u64)r->second << 32;
	frame->arg1 = r->info;
	frame->deadline = r->deadline;
	for (u32 i = 0; i < WORDS; i++)
		frame->word[i] = r->word[i];
	for (u32 i = 0; i < SENT_CAPS; i++)
		user_cap(user, i, r->cap[i], r->keep[i]);
}

/* Work on dead objects may have been left to a later entry, at the latest that of the timer, or until nobody runs who is more
 * important than whoever left it: for the model it is done at once. */
static void end_the_dead(void)
{
	for (u32 i = 0; i < ENTRIES_MAX && (cpu_at(0)->attention & ATTEND_WORK) != 0; i++) {
		work_hurry(cpu_at(0));
		fake_timer(0);
		fake_settle();
	}
}

bool machine_call(const struct request *request)
{
	const struct user *user = ELEM(machine_user, model.running);

	fill_registers(user, request);
	fake_syscall(0);
	fake_settle();
	end_the_dead();
	model_call(request);
	model_time(fake_now());
	return compare_all();
}

bool machine_time(u64 ns)
{
	fake_set_now(fake_now() + ns);
	fake_settle();
	end_the_dead(); /* who was killed may have come to run, and to his process' end, only now */
	model_time(fake_now());
	objects_reap();
	return compare_all();
}
