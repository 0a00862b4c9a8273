/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of processes and threads, and who runs when.
 */
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/tests.h"

static struct process_info stat_of(u64 process)
{
	const struct user *init = world_init();
	struct process_info info = {};

	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_STAT, process, init->scratch).status, STATUS_OK);
	user_get(init, 0, MSPAN_OF_STRUCT(info));
	return info;
}

static void exit_tells_status_and_reason_to_the_watcher(void)
{
	const struct user *init = world_init();
	struct user user = user_new(), second = user_thread(&user);
	u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());

	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_WATCH, user.process_handle, signal, 8).status, STATUS_OK);
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_WATCH, user.process_handle, signal, 8).status, STATUS_BUSY);
	EXPECT_EQ(stat_of(user.process_handle).threads, 2);
	EXPECT_EQ(stat_of(user.process_handle).state, PROCESS_STATE_RUNNING);
	(void)CALL(&user, SYSCALL_EXIT, 42);
	world_settle();
	EXPECT(user_ended(&user) && user_ended(&second));
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 8, 0).value, 8);
	EXPECT_EQ(stat_of(user.process_handle).exit_status, 42);
	EXPECT_EQ(stat_of(user.process_handle).exit_reason, EXIT_REASON_EXITED);
	EXPECT_EQ(stat_of(user.process_handle).state, PROCESS_STATE_DEAD);
	EXPECT_EQ(stat_of(user.process_handle).frames, 0);
	EXPECT_EQ(stat_of(user.process_handle).caps, 0);
	/* A watcher that comes too late hears at once; the first end stands. */
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_WATCH, user.process_handle, signal, 16).status, STATUS_OK);
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 16, 0).value, 16);
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, user.process_handle, 7).status, STATUS_OK);
	EXPECT_EQ(stat_of(user.process_handle).exit_status, 42);
}

/* Pages count as they are used, and no longer when they are unmapped. */
static void frames_are_counted_as_they_fill(void)
{
	const struct user *init = world_init();
	struct user user = user_new();
	u64 memory = HANDLE(init, SYSCALL_MEMORY_CREATE, world_group(), 64 * PAGE_BYTES);
	u64 at_table = 1ull << 32, value = 0; /* where a table begins: one suffices */
	struct answer mapped = CALL(init, SYSCALL_MAP, user.process_handle, memory, at_table, 0, 64 * PAGE_BYTES,
		MAP_READ | MAP_WRITE);

	EXPECT_STATUS(mapped.status, STATUS_OK);
	EXPECT_STATUS(user_copy_in(user.process, MSPAN_OF_STRUCT(value), (uaddr_t){ mapped.value }), STATUS_OK);
	u64 before = stat_of(user.process_handle).frames;

	for (u64 page = 0; page < 4; page++) {
		uaddr_t at = { mapped.value + (page << PAGE_SHIFT) };

		EXPECT_STATUS(user_copy_in(user.process, MSPAN_OF_STRUCT(value), at), STATUS_OK);
		EXPECT_EQ(stat_of(user.process_handle).frames, before + page);
	}
	EXPECT_STATUS(CALL(init, SYSCALL_UNMAP, user.process_handle, mapped.value, 64 * PAGE_BYTES).status, STATUS_OK);
	EXPECT_EQ(stat_of(user.process_handle).frames, before - 1);
}

static void a_process_ends_with_its_last_thread(void)
{
	struct user user = user_new(), second = user_thread(&user);

	(void)CALL(&user, SYSCALL_THREAD_EXIT);
	world_settle();
	EXPECT_EQ(stat_of(user.process_handle).state, PROCESS_STATE_RUNNING);
	EXPECT_EQ(stat_of(user.process_handle).threads, 1);
	(void)CALL(&second, SYSCALL_THREAD_EXIT);
	world_settle();
	EXPECT_EQ(stat_of(user.process_handle).state, PROCESS_STATE_DEAD);
}

static void killing_reaches_threads_on_other_processors(void)
{
	struct user a = user_new(), b = user_thread(&a), c = user_thread(&b);

	EXPECT(a.thread->state == THREAD_STATE_RUNNING || a.thread->state == THREAD_STATE_READY);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_PROCESS_KILL, a.process_handle, 3).status, STATUS_OK);
	EXPECT_EQ(stat_of(a.process_handle).exit_reason, EXIT_REASON_KILLED);
	world_settle();
	EXPECT(user_ended(&a) && user_ended(&b) && user_ended(&c));
	EXPECT_EQ(stat_of(a.process_handle).state, PROCESS_STATE_DEAD);
}

/* Its threads are told at once, and taken out of what they wait in in steps. */
static void the_end_of_many_threads_gives_way(void)
{
	const struct user *init = world_init();
	struct user user = user_new(), more[20];
	u64 group = give_to(&user, world_group(), COPY_ALL), signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);
	u64 watched = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());
	u32 waiting = 0;

	for (u32 i = 0; i < ARRAY_LEN(more); i++) {
		*ELEM(more, i) = user_thread(&user);
		EXPECT(CALL(ELEM(more, i), SYSCALL_SIGNAL_WAIT, signal, 1, FOR_EVER).waits);
	}
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_WATCH, user.process_handle, watched, 8).status, STATUS_OK);
	fake_interrupt_every(1);
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, user.process_handle, 3).status, STATUS_OK);
	for (u32 i = 0; i < ARRAY_LEN(more); i++)
		waiting += user_waits(ELEM(more, i));
	fake_interrupt_every(0);
	EXPECT(waiting != 0);
	world_settle();
	for (u32 i = 0; i < ARRAY_LEN(more); i++)
		EXPECT(user_ended(ELEM(more, i)));
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, watched, 8, 0).value, 8);
	EXPECT_EQ(stat_of(user.process_handle).exit_status, 3);
}

static void a_process_without_threads_can_be_killed(void)
{
	const struct user *init = world_init();
	u64 process = HANDLE(init, SYSCALL_PROCESS_CREATE, world_group(), 0, 0, init->scratch, 0);

	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, process, 1).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(stat_of(process).state, PROCESS_STATE_DEAD);
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

	user_put(init, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, process, init->scratch, 0).status, STATUS_DEAD);
}

static void a_process_that_never_ran_ends_with_its_last_capability(void)
{
	const struct user *init = world_init();
	u64 process = HANDLE(init, SYSCALL_PROCESS_CREATE, world_group(), 0, 0, init->scratch, 0);
	u64 id = stat_of(process).id;

	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, process).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_OPEN_PROCESS, world_group(), id, 0xffff).status, STATUS_NOT_FOUND);
}

static void the_watcher_of_a_process_that_never_ran_is_told(void)
{
	const struct user *init = world_init();
	u64 process = HANDLE(init, SYSCALL_PROCESS_CREATE, world_group(), 0, 0, init->scratch, 0);
	u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());

	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_WATCH, process, signal, 4).status, STATUS_OK);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, process).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 4, 0).value, 4);
}

static void a_process_may_kill_itself_and_its_group(void)
{
	struct user a = user_new(), b = user_new();
	u64 self = give_to(&a, a.process_handle, COPY_ALL), group = give_to(&b, world_group(), COPY_ALL);

	(void)CALL(&a, SYSCALL_PROCESS_KILL, self, 5);
	world_settle();
	EXPECT_EQ(stat_of(a.process_handle).exit_status, 5);
	(void)CALL(&b, SYSCALL_GROUP_DESTROY, group);
	world_settle();
	EXPECT_EQ(stat_of(b.process_handle).exit_reason, EXIT_REASON_GROUP_DESTROYED);
}

static void bad_thread_starts_are_refused(void)
{
	const struct user *init = world_init();
	struct user user = user_new();
	struct thread_start start = { .entry = HAL_USER_TOP, .stack = 0x2000 };

	user_put(init, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, 0).status, STATUS_INVALID);
	start = (struct thread_start){ .entry = 0x1000, .stack = U64_MAX };
	user_put(init, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, 0).status, STATUS_INVALID);
	start = (struct thread_start){ .entry = 0x1000, .stack = 0x2000, .tls = 1ull << 63 };
	user_put(init, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, 0x10000, 0).status, STATUS_BAD_ADDRESS);
}

/* Message buffers are pages of one object: all can be used. */
static void a_process_has_so_many_threads_at_most(void)
{
	const struct user *init = world_init();
	struct user user = user_new();
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };
	struct answer answer = {};
	u32 made = 0;

	user_put(init, 0, SPAN_OF_STRUCT(start));
	for (; made < 2 * PROCESS_THREADS_MAX; made++) {
		answer = CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, 0);
		if (answer.status != STATUS_OK)
			break;
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, answer.value).status, STATUS_OK);
	}
	EXPECT_EQ(made, PROCESS_THREADS_MAX - 1);
	EXPECT_STATUS(answer.status, STATUS_OUT_OF_THREADS);
}

static void activities_belong_to_one_thread_at_a_time(void)
{
	const struct user *init = world_init();
	struct user user = user_new();
	struct activity_params params = { .priority = 10, .weight = 200 };
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);

	user_put(init, 0, SPAN_OF_STRUCT(start));
	u64 thread = HANDLE(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, activity);

	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, activity).status, STATUS_BUSY);
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_BIND, thread, activity).status, STATUS_BUSY);
	u64 mine = give_to(&user, user.thread_handle, COPY_ALL), theirs = give_to(&user, activity, COPY_ALL);

	EXPECT_STATUS(CALL(&user, SYSCALL_THREAD_BIND, mine, theirs).status, STATUS_BUSY);
	params.priority = 20;
	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 fresh = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);

	EXPECT_STATUS(CALL(&user, SYSCALL_THREAD_BIND, mine, give_to(&user, fresh, COPY_ALL)).status, STATUS_OK);
	EXPECT_EQ(user.thread->activity->priority, 20);
	params.priority = 256;
	user_put(init, 0, SPAN_OF_STRUCT(params));
	EXPECT_STATUS(CALL(init, SYSCALL_ACTIVITY_SET, fresh, init->scratch).status, STATUS_INVALID);
	params = (struct activity_params){ .budget_ns = 10, .period_ns = 9 };
	user_put(init, 0, SPAN_OF_STRUCT(params));
	EXPECT_STATUS(CALL(init, SYSCALL_ACTIVITY_SET, fresh, init->scratch).status, STATUS_INVALID);
}

/* ---- who runs ---- */

/* The handle, in init, of the activity that it has now. */
static u64 set_priority(const struct user *user, u32 priority)
{
	struct activity_params params = { .priority = priority };
	const struct user *init = world_init();
	u64 mine = give_to(user, user->thread_handle, COPY_ALL);

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);

	EXPECT_STATUS(CALL(user, SYSCALL_THREAD_BIND, mine, give_to(user, activity, COPY_ALL)).status, STATUS_OK);
	return activity;
}

/* A thread that wakes on a busy machine takes a processor from one of lower priority. */
static void a_higher_priority_runs_at_once(void)
{
	struct user low[WORLD_CPUS + 1], high = user_new();
	u64 group = give_to(&high, world_group(), COPY_ALL);
	u64 signal = HANDLE(&high, SYSCALL_SIGNAL_CREATE, group);

	(void)set_priority(&high, 200);
	EXPECT(CALL(&high, SYSCALL_SIGNAL_WAIT, signal, 1, FOR_EVER).waits);
	for (u32 i = 0; i < ARRAY_LEN(low); i++)
		*ELEM(low, i) = user_new();
	struct user helper = user_thread(&high);

	EXPECT_STATUS(CALL(&helper, SYSCALL_SIGNAL_RAISE, signal, 1).status, STATUS_OK);
	fake_settle();
	EXPECT_EQ(high.thread->state, THREAD_STATE_RUNNING);
}

static void expect_the_best_to_run(void)
{
	fake_settle();
	for (u32 i = 0; i < cpu_count(); i++) {
		const struct cpu *cpu = cpu_at(i);

		EXPECT(cpu->queue.highest == NO_PRIORITY ||
			(cpu->current != nullptr && cpu->current->activity->priority >= cpu->queue.highest));
	}
}

/* Both who takes a lower priority and who is given one. */
static void a_lowered_thread_gives_way_at_once(void)
{
	struct activity_params params = { .priority = 5 };
	struct user users[3 * WORLD_CPUS];
	u64 activity[3 * WORLD_CPUS];

	for (u32 i = 0; i < ARRAY_LEN(users); i++) {
		*ELEM(users, i) = user_new();
		*ELEM(activity, i) = set_priority(ELEM(users, i), 100);
	}
	for (u32 i = 0; i < WORLD_CPUS; i++) {
		(void)set_priority(ELEM(users, i), 10);
		expect_the_best_to_run();
	}
	for (u32 i = WORLD_CPUS; i < ARRAY_LEN(users); i++) {
		(void)user_bring(ELEM(users, i)->thread);
		user_put(world_init(), 0, SPAN_OF_STRUCT(params));
		EXPECT_STATUS(CALL(world_init(), SYSCALL_ACTIVITY_SET, *ELEM(activity, i), world_init()->scratch).status, STATUS_OK);
		expect_the_best_to_run();
	}
}

/* Best effort: those that share a processor get equal parts of it. */
static void equal_threads_share_their_processor(void)
{
	struct user users[2 * WORLD_CPUS];
	u64 before[2 * WORLD_CPUS], least = U64_MAX, most = 0;
	u32 sharing = 0;

	for (u32 i = 0; i < ARRAY_LEN(users); i++) {
		*ELEM(users, i) = user_new();
		(void)set_priority(ELEM(users, i), PRIORITY_BEST_EFFORT);
	}
	/* Init has a higher priority, so it must not run. First they spread out. */
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 20 * SLICE_NS).waits);
	fake_advance(20 * SLICE_NS);
	for (u32 i = 0; i < ARRAY_LEN(users); i++)
		*ELEM(before, i) = activity_used_ns(ELEM(users, i)->thread->own);
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 400 * SLICE_NS).waits);
	fake_advance(400 * SLICE_NS);
	for (u32 i = 0; i < ARRAY_LEN(users); i++) {
		u64 used = activity_used_ns(ELEM(users, i)->thread->own) - *ELEM(before, i);

		if (cpu_at(ELEM(users, i)->thread->cpu)->queue.count == 0)
			continue; /* alone: charged when somebody comes */
		sharing++;
		least = min_u64(least, used);
		most = max_u64(most, used);
	}
	EXPECT(sharing > 1);
	EXPECT(most - least <= 2 * SLICE_NS);
	EXPECT(least * (sharing + 1) >= 399 * SLICE_NS);
}

static void yielding_lets_equals_run(void)
{
	struct user users[2 * WORLD_CPUS];
	u32 others = 0;

	for (u32 i = 0; i < ARRAY_LEN(users); i++)
		*ELEM(users, i) = user_new();
	u32 cpu = user_bring(users[0].thread);

	EXPECT_STATUS(CALL(ELEM(users, 0), SYSCALL_YIELD).status, STATUS_OK);
	others += cpu_at(cpu)->current != users[0].thread || cpu_at(cpu)->queue.count == 0;
	EXPECT_EQ(others, 1);
}

static void floating_point_state_follows_its_thread(void)
{
	struct user a = user_new(), b = user_thread(&a);
	u32 cpu = user_bring(a.thread);

	fake_fpu_use(cpu);
	EXPECT(thread_uses_fpu(a.thread));
	EXPECT_STATUS(CALL(&b, SYSCALL_NULL).status, STATUS_OK);
	EXPECT_STATUS(CALL(&a, SYSCALL_NULL).status, STATUS_OK);
	EXPECT(!thread_uses_fpu(b.thread));
}

void process_tests(void)
{
	RUN(exit_tells_status_and_reason_to_the_watcher);
	RUN(frames_are_counted_as_they_fill);
	RUN(a_process_ends_with_its_last_thread);
	RUN(killing_reaches_threads_on_other_processors);
	RUN(the_end_of_many_threads_gives_way);
	RUN(a_process_without_threads_can_be_killed);
	RUN(a_process_that_never_ran_ends_with_its_last_capability);
	RUN(the_watcher_of_a_process_that_never_ran_is_told);
	RUN(a_process_may_kill_itself_and_its_group);
	RUN(bad_thread_starts_are_refused);
	RUN(a_process_has_so_many_threads_at_most);
	RUN(activities_belong_to_one_thread_at_a_time);
	RUN(a_higher_priority_runs_at_once);
	RUN(a_lowered_thread_gives_way_at_once);
	RUN(equal_threads_share_their_processor);
	RUN(yielding_lets_equals_run);
	RUN(floating_point_state_follows_its_thread);
}
