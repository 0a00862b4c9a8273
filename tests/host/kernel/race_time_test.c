/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of timers and of processors that take threads up; and where threads come to run that are woken in one
 * stay in the kernel.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/actors.h"
#include "tests/host/kernel/race.h"

enum : u64 { MS = 1000000 };

/* ---- timers ---- */

struct timer_race {
	struct user user, other, third;
	u64 signal, timer;
};

/* A timer with a period whose time has come, armed on the user's processor. Its bit may be raised before: not by a call
 * afterwards, which would let it fire. */
static struct timer_race timer_begin_with(bool raised)
{
	struct timer_race race = { .user = user_new() };

	race.other = user_thread(&race.user);
	race.third = user_thread(&race.user);
	(void)cpu_of(&race.other);
	(void)cpu_of(&race.third);
	u64 group = give_to(&race.user, world_group(), COPY_ALL);

	race.signal = HANDLE(&race.user, SYSCALL_SIGNAL_CREATE, group);
	race.timer = HANDLE(&race.user, SYSCALL_TIMER_CREATE, group, race.signal, 1);
	EXPECT_STATUS(CALL(&race.user, SYSCALL_TIMER_SET, race.timer, fake_now() + MS, MS).status, STATUS_OK);
	if (raised)
		EXPECT_STATUS(CALL(&race.user, SYSCALL_SIGNAL_RAISE, race.signal, 1).status, STATUS_OK);
	fake_set_now(fake_now() + MS);
	return race;
}

static struct timer_race timer_begin(void) { return timer_begin_with(false); }

static bool fired(const struct timer_race *race)
{
	return CALL(&race->user, SYSCALL_SIGNAL_WAIT, race->signal, 1, 0).status == STATUS_OK;
}

/* What it is set to while it fires, as distances from now; 0: not at all. */
struct setting {
	u64 after, period;
};
static const struct setting settings[] = { { 0, 0 }, { 0, MS }, { 30 * MS, 0 } };

/* Nothing is left of what it was set to before. */
static void check_set(const struct timer_race *race, const struct setting *setting, u64 at)
{
	(void)fired(race);
	fake_advance(at + 20 * MS - fake_now());
	EXPECT(!fired(race));
	fake_advance(10 * MS);
	EXPECT_EQ(fired(race), setting->after != 0);
	fake_advance(30 * MS);
	EXPECT(!fired(race));
}

static void a_timer_set_while_it_fires_is_set(void)
{
	for (u32 i = 0; i < ARRAY_LEN(settings); i++)
		EACH_POINT() {
			const struct setting *setting = ELEM(settings, i);
			struct timer_race race = timer_begin();
			u64 at = fake_now();

			race_hold(race.user.thread->cpu);
			fake_timer(race.user.thread->cpu);
			EXPECT_STATUS(CALL(&race.other, SYSCALL_TIMER_SET, race.timer, setting->after != 0 ? at + setting->after : 0,
				setting->period).status, STATUS_OK);
			race_go_on();
			check_set(&race, setting, at);
		}
}

static void a_timer_that_fires_while_it_is_set_is_set(void)
{
	for (u32 i = 0; i < ARRAY_LEN(settings); i++)
		EACH_POINT() {
			const struct setting *setting = ELEM(settings, i);
			struct timer_race race = timer_begin();
			u64 at = fake_now();
			struct hal_frame *frame = &race.other.thread->frame;

			/* Not by way of CALL, which would let it fire before. */
			frame->status = SYSCALL_TIMER_SET;
			frame->arg0 = race.timer;
			frame->arg1 = setting->after != 0 ? at + setting->after : 0;
			frame->word[0] = setting->period;
			race_hold(race.other.thread->cpu);
			fake_syscall(race.other.thread->cpu);
			fake_timer(race.user.thread->cpu);
			race_go_on();
			EXPECT_STATUS(frame->status, STATUS_OK);
			check_set(&race, setting, at);
		}
}

/* The last capability goes as it fires. */
static void a_timer_may_go_while_it_fires(void)
{
	EACH_POINT() {
		struct timer_race race = timer_begin();

		race_hold(race.user.thread->cpu);
		fake_timer(race.user.thread->cpu);
		EXPECT_STATUS(CALL(&race.other, SYSCALL_CAP_DROP, race.timer).status, STATUS_OK);
		race_go_on();
		(void)fired(&race);
		fake_advance(10 * MS);
		EXPECT(!fired(&race));
	}
}

/* ---- takings ---- */

/* An entry of the other thread, not by way of CALL, which would let the timer fire before. */
static void other_waits(const struct timer_race *race, u64 deadline)
{
	struct hal_frame *frame = &race->other.thread->frame;

	frame->status = SYSCALL_SIGNAL_WAIT;
	frame->arg0 = race->signal;
	frame->arg1 = 1;
	frame->word[0] = deadline;
	fake_syscall(race->other.thread->cpu);
}

/* Whatever came first, it is not forgotten. */
static void check_goes_on(const struct timer_race *race)
{
	for (u32 i = 0; i < 3; i++) {
		(void)fired(race);
		fake_advance(2 * MS);
		EXPECT(fired(race));
	}
}

static void bits_are_taken_as_a_timer_lapses(void)
{
	EACH_POINT() {
		struct timer_race race = timer_begin_with(true);

		race_hold(race.user.thread->cpu);
		fake_timer(race.user.thread->cpu);
		other_waits(&race, 0);
		race_go_on();
		EXPECT_STATUS(race.other.thread->frame.status, STATUS_OK);
		check_goes_on(&race);
	}
}

static void a_timer_lapses_as_bits_are_taken(void)
{
	for (u32 before = 0; before < 2; before++)
		EACH_POINT() {
			struct timer_race race = timer_begin_with(before != 0);

			race_hold(race.other.thread->cpu);
			other_waits(&race, 0);
			fake_timer(race.user.thread->cpu);
			race_go_on();
			check_goes_on(&race);
		}
}

/* Who begins to wait takes what is raised meanwhile, once it is in the queue. */
static void a_timer_lapses_as_a_wait_begins(void)
{
	EACH_POINT() {
		struct timer_race race = timer_begin();

		race_hold(race.other.thread->cpu);
		other_waits(&race, FOR_EVER);
		fake_timer(race.user.thread->cpu);
		race_go_on();
		EXPECT(!user_waits(&race.other));
		check_goes_on(&race);
	}
}

/* Somebody else raises the same, for a waiter. */
static void a_timer_lapses_as_bits_are_given_to_a_waiter(void)
{
	EACH_POINT() {
		struct timer_race race = timer_begin();
		struct hal_frame *frame = &race.third.thread->frame;

		other_waits(&race, FOR_EVER);
		frame->status = SYSCALL_SIGNAL_RAISE;
		frame->arg0 = race.signal;
		frame->arg1 = 1;
		race_hold(race.third.thread->cpu);
		fake_syscall(race.third.thread->cpu);
		fake_timer(race.user.thread->cpu);
		race_go_on();
		EXPECT(!user_waits(&race.other));
		check_goes_on(&race);
	}
}

/* It lies with its signal; somebody takes a bit, and it is set or dropped meanwhile. */
static void a_timer_that_lies_is_set_as_bits_are_taken(void)
{
	for (u32 i = 0; i < ARRAY_LEN(settings); i++)
		EACH_POINT() {
			const struct setting *setting = ELEM(settings, i);
			struct timer_race race = timer_begin();

			fake_advance(5 * MS);
			u64 at = fake_now();

			race_hold(race.other.thread->cpu);
			other_waits(&race, 0);
			EXPECT_STATUS(CALL(&race.user, SYSCALL_TIMER_SET, race.timer, setting->after != 0 ? at + setting->after : 0,
				setting->period).status, STATUS_OK);
			race_go_on();
			check_set(&race, setting, at);
		}
}

static void a_timer_that_lies_may_go_as_bits_are_taken(void)
{
	EACH_POINT() {
		struct timer_race race = timer_begin();

		fake_advance(5 * MS);
		race_hold(race.other.thread->cpu);
		other_waits(&race, 0);
		EXPECT_STATUS(CALL(&race.user, SYSCALL_CAP_DROP, race.timer).status, STATUS_OK);
		race_go_on();
		EXPECT_STATUS(race.other.thread->frame.status, STATUS_OK);
		fake_advance(10 * MS);
		EXPECT(!fired(&race));
	}
}

/* ---- processors ---- */

/* Threads that wait for a bit of the world's signal each, until they are put somewhere. */
static u64 bit_of(u32 index) { return 4ull << index; }

static void park(const struct user *user, u32 index)
{
	u64 signal = give_to(user, world_signal(), COPY_ALL);

	EXPECT(CALL(user, SYSCALL_SIGNAL_WAIT, signal, bit_of(index), FOR_EVER).waits);
}

static void wake(u64 bits)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_SIGNAL_RAISE, world_signal(), bits).status, STATUS_OK);
}

/* Puts a parked thread on a processor that is neither init's nor that of one with another index; others that
 * run must have been put or be parked. */
static void put(const struct user *user, u32 index)
{
	u32 cpu = (cpu_of(world_init()) + 1 + index) % WORLD_CPUS;

	user->thread->cpu = cpu;
	wake(bit_of(index));
	fake_settle();
	EXPECT_EQ(user->thread->state, THREAD_STATE_RUNNING);
	EXPECT_EQ(user->thread->cpu, cpu);
}

/* With these running, and init, no processor idles. */
struct crew {
	struct user user[WORLD_CPUS - 1];
};

static struct crew crew_new(void)
{
	struct crew crew = {};

	for (u32 i = 0; i < ARRAY_LEN(crew.user); i++)
		*ELEM(crew.user, i) = user_new();
	return crew;
}

static void spread(const struct crew *crew)
{
	for (u32 i = 0; i < ARRAY_LEN(crew->user); i++)
		park(ELEM(crew->user, i), i);
	for (u32 i = 0; i < ARRAY_LEN(crew->user); i++)
		put(ELEM(crew->user, i), i);
}

static void bind_to(const struct user *user, u32 priority)
{
	const struct user *init = world_init();
	struct activity_params params = { .priority = priority };

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	u64 here = give_to(user, activity, COPY_ALL), thread = give_to(user, user->thread_handle, COPY_ALL);

	EXPECT_STATUS(CALL(user, SYSCALL_THREAD_BIND, thread, here).status, STATUS_OK);
}

/* A processor takes up a thread that ran elsewhere before; whoever kills it meanwhile reaches it. No timer
 * is needed for that: a thread alone on its processor has no end of its slice. */
static void a_kill_finds_a_thread_wherever_it_is_taken_up(void)
{
	EACH_POINT() {
		struct user victim = user_new(), other = user_new();

		park(&victim, 1);
		park(&other, 0);
		put(&other, 0);
		victim.thread->cpu = other.thread->cpu;
		wake(bit_of(1));
		u32 taker = 0;

		while (taker < WORLD_CPUS && !fake_ipi_pending(taker))
			taker++;
		EXPECT(taker < WORLD_CPUS && taker != other.thread->cpu);
		race_hold(taker);
		fake_ipi(taker);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, victim.thread_handle).status, STATUS_OK);
		race_go_on();
		EXPECT(user_ended(&victim));
	}
}

/* Each goes to a processor of its own, though none of these has noticed yet. */
static void threads_woken_together_are_spread(void)
{
	struct user first = user_new(), second = user_new();
	u32 cpu = (cpu_of(world_init()) + 1) % WORLD_CPUS;

	park(&first, 0);
	park(&second, 1);
	first.thread->cpu = cpu;
	second.thread->cpu = cpu;
	wake(bit_of(0) | bit_of(1));
	fake_settle();
	EXPECT_EQ(first.thread->state, THREAD_STATE_RUNNING);
	EXPECT_EQ(second.thread->state, THREAD_STATE_RUNNING);
}

/* Three are put where one runs, of which two are more important and must stay there: the third goes to whoever is
 * idle next. */
static void best_effort_is_stolen_from_behind_others(void)
{
	struct user waiting[3];
	u64 bits = 0;

	for (u32 i = 0; i < ARRAY_LEN(waiting); i++) {
		*ELEM(waiting, i) = user_new();
		bind_to(ELEM(waiting, i), i < 2 ? 120 : PRIORITY_BEST_EFFORT);
		park(ELEM(waiting, i), WORLD_CPUS + i);
		bits |= bit_of(WORLD_CPUS + i);
	}
	struct crew crew = crew_new();
	const struct user *idler = ELEM(crew.user, 2);
	u64 signal = give_to(idler, world_signal(), COPY_ALL);

	spread(&crew);
	for (u32 i = 0; i < ARRAY_LEN(waiting); i++) {
		ELEM(waiting, i)->thread->cpu = ELEM(crew.user, 0)->thread->cpu;
		if (i < 2)
			ELEM(waiting, i)->thread->own->cpus = 1ull << ELEM(crew.user, 0)->thread->cpu;
	}
	wake(bits);
	fake_settle();
	EXPECT_EQ(ELEM(waiting, 2)->thread->state, THREAD_STATE_READY);
	EXPECT(CALL(idler, SYSCALL_SIGNAL_WAIT, signal, 1ull << 40, FOR_EVER).waits);
	EXPECT_EQ(ELEM(waiting, 2)->thread->state, THREAD_STATE_RUNNING);
	EXPECT_EQ(ELEM(waiting, 2)->thread->cpu, idler->thread->cpu);
}

/* A death wakes a thread that should run instead of the one that caused it: it does so at once. */
static void a_thread_that_a_death_wakes_runs_at_once(void)
{
	struct crew crew = crew_new();
	struct user urgent = user_thread(ELEM(crew.user, 0));
	u64 group = give_to(&urgent, world_group(), COPY_ALL), signal = HANDLE(&urgent, SYSCALL_SIGNAL_CREATE, group);

	bind_to(&urgent, 120);
	EXPECT(CALL(&urgent, SYSCALL_SIGNAL_WAIT, signal, 1, FOR_EVER).waits);
	spread(&crew);
	urgent.thread->cpu = ELEM(crew.user, 0)->thread->cpu;
	EXPECT_STATUS(CALL(ELEM(crew.user, 0), SYSCALL_CAP_DROP, signal).status, STATUS_OK);
	EXPECT_EQ(urgent.thread->state, THREAD_STATE_RUNNING);
	EXPECT_STATUS(urgent.thread->frame.status, STATUS_DEAD);
}

/* It may run on that processor only. */
static void keep_on(const struct actor *actor, u32 cpu)
{
	actor->user.thread->own->cpus = 1ull << cpu;
	actor->user.thread->cpu = cpu;
}

/* A server that is more important than all answers and waits, while somebody is woken there who is more important than its
 * caller only. One less important than all waits there, so the processor looks at its queue in a while anyway. */
static void who_is_woken_during_an_answer_runs_before_its_caller(void)
{
	EACH_POINT() {
		struct actor caller = actor_client(), server = actor_server(), woken = actor_client(), least = actor_client();

		park(&woken.user, 0);
		park(&least.user, 1);
		actor_receive(&server);
		actor_call(&caller, &server);
		actor_set_priority(&caller, MIDDLE);
		actor_set_priority(&server, HIGHER);
		actor_set_priority(&woken, HIGH);
		actor_set_priority(&least, LOW);
		u32 cpu = cpu_of(&server.user);

		EXPECT(cpu != cpu_of(world_init()));
		keep_on(&woken, cpu);
		keep_on(&least, cpu);
		wake(bit_of(1));
		fake_settle();
		EXPECT_EQ(least.user.thread->state, THREAD_STATE_READY);
		race_hold(cpu);
		(void)user_message(&server.user, SYSCALL_REPLY_RECEIVE, both(server.endpoint, server.reply), 0, FOR_EVER);
		wake(bit_of(0));
		race_go_on();
		EXPECT(user_waits(&server.user));
		EXPECT_EQ(woken.user.thread->state, THREAD_STATE_RUNNING);
	}
}

/* ---- calls that take as long whatever there is ---- */

static u64 points_of_stat(const struct user *user, u64 process)
{
	u64 points = 1;

	race_hold_every(cpu_of(user), 1);
	(void)CALL(user, SYSCALL_PROCESS_STAT, process, user->scratch);
	while (race_step())
		points++;
	race_go_on();
	return points;
}

static void describing_a_process_goes_through_no_mappings(void)
{
	struct user user = user_new();
	u64 self = give_to(&user, user.process_handle, COPY_ALL), group = give_to(&user, world_group(), COPY_ALL);
	u64 memory = HANDLE(&user, SYSCALL_MEMORY_CREATE, group, PAGE_BYTES);

	(void)points_of_stat(&user, self); /* what it writes to is there */
	u64 before = points_of_stat(&user, self);

	for (u32 i = 0; i < 100; i++)
		EXPECT_STATUS(CALL(&user, SYSCALL_MAP, self, memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_POPULATE).status, STATUS_OK);
	u64 after = points_of_stat(&user, self);

	EXPECT(before > 20);
	EXPECT(after < before + 50); /* a deeper tree of regions, for the copy */
}

/* ---- budgets ---- */

static u64 activity_with(const struct activity_params *params)
{
	user_put(world_init(), 0, SPAN_OF_STRUCT(*params));
	return HANDLE(world_init(), SYSCALL_ACTIVITY_CREATE, world_group(), world_init()->scratch);
}

/* A thread leaves an activity that ends on another processor before its time is charged: no alarm is set for what is gone. */
static void a_budget_used_up_by_its_end_sets_no_alarm(void)
{
	EACH_POINT() {
		struct user user = user_new(), holder = user_new();
		u64 budget = activity_with(&(struct activity_params){ .priority = 90, .budget_ns = 2 * MS, .period_ns = 20 * MS });
		u64 plain = activity_with(&(struct activity_params){ .priority = 90 });
		u64 thread = give_to(&user, user.thread_handle, COPY_ALL), mine = give_to(&user, budget, COPY_ALL);
		u64 next = give_to(&user, plain, COPY_ALL), theirs = give_to(&holder, budget, COPY_ALL);

		EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, budget).status, STATUS_OK);
		EXPECT_STATUS(CALL(&user, SYSCALL_THREAD_BIND, thread, mine).status, STATUS_OK);
		EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, mine).status, STATUS_OK);
		struct activity *activity = user.thread->own;

		race_hold(cpu_of(&user));
		(void)CALL(&user, SYSCALL_THREAD_BIND, thread, next);
		fake_set_now(fake_now() + 3 * MS);
		EXPECT_STATUS(CALL(&holder, SYSCALL_CAP_DROP, theirs).status, STATUS_OK);
		race_go_on();
		EXPECT(!activity->object.dead || !tree_contains(&activity->alarm.node));
	}
}

void race_time_tests(void)
{
	RUN(a_timer_set_while_it_fires_is_set);
	RUN(a_timer_that_fires_while_it_is_set_is_set);
	RUN(a_timer_may_go_while_it_fires);
	RUN(bits_are_taken_as_a_timer_lapses);
	RUN(a_timer_lapses_as_bits_are_taken);
	RUN(a_timer_lapses_as_a_wait_begins);
	RUN(a_timer_lapses_as_bits_are_given_to_a_waiter);
	RUN(a_timer_that_lies_is_set_as_bits_are_taken);
	RUN(a_timer_that_lies_may_go_as_bits_are_taken);
	RUN(a_kill_finds_a_thread_wherever_it_is_taken_up);
	RUN(threads_woken_together_are_spread);
	RUN(best_effort_is_stolen_from_behind_others);
	RUN(a_thread_that_a_death_wakes_runs_at_once);
	RUN(who_is_woken_during_an_answer_runs_before_its_caller);
	RUN(describing_a_process_goes_through_no_mappings);
	RUN(a_budget_used_up_by_its_end_sets_no_alarm);
}
