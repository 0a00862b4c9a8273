/* SPDX-License-Identifier: Apache-2.0
 *
 * Who closes and frees what is dead: not a thread that is more important than whoever left it. Who sees to timers whose bits
 * were handed over: not who is interrupted.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/sched/work.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/tests.h"

enum : u64 { MS = 1000000, LAST_BIT = 1ull << 63 };
enum : u32 { LOW = 110, HIGH = 120, LEFT = 40, GO = 1, NEVER = 2 };

/* Two threads of the first processor, in a group of their own; the more important one waits. */
struct pair {
	struct user low, high;
	u64 group, of_low, of_high; /* the group's handle: init's, and theirs */
	u64 start;                  /* of the one who waits: init's handle, and its */
	u64 started;
};

static void put_on_first(const struct user *user, u32 priority)
{
	struct activity_params params = { .priority = priority, .cpus = 1 };
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	u64 mine = give_to(user, user->thread_handle, COPY_ALL), theirs = give_to(user, activity, COPY_ALL);

	EXPECT_STATUS(CALL(user, SYSCALL_THREAD_BIND, mine, theirs).status, STATUS_OK);
}

static struct pair pair_begin(void)
{
	struct group_limits limits = { .objects = 4 * LEFT };
	struct pair p = {};

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	p.group = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), world_init()->scratch, world_init()->scratch, 0);
	p.low = user_new_in(p.group);
	p.high = user_new_in(p.group);
	p.of_low = give_to(&p.low, p.group, COPY_ALL);
	p.of_high = give_to(&p.high, p.group, COPY_ALL);
	p.start = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());
	p.started = give_to(&p.high, p.start, COPY_ALL);
	put_on_first(&p.high, HIGH);
	EXPECT(CALL(&p.high, SYSCALL_SIGNAL_WAIT, p.started, GO, FOR_EVER).waits);
	put_on_first(&p.low, LOW);
	world_settle();
	return p;
}

static bool lies(void)
{
	const struct cpu *cpu = cpu_at(0);

	return cpu->dead != nullptr || cpu->closed != nullptr || cpu->closing != nullptr || cpu->freeing != nullptr;
}

/* The less important one leaves something, and is interrupted before it is freed: the other runs now. */
static void low_leaves_much(const struct pair *p)
{
	u64 signals[LEFT];

	for (u32 i = 0; i < LEFT; i++)
		*ELEM(signals, i) = HANDLE(&p->low, SYSCALL_SIGNAL_CREATE, p->of_low);
	fake_interrupt_every(1);
	for (u32 i = 0; i < LEFT; i++)
		EXPECT_STATUS(CALL(&p->low, SYSCALL_CAP_DROP, *ELEM(signals, i)).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_SIGNAL_RAISE, p->start, GO).status, STATUS_OK);
	fake_settle();
	fake_interrupt_every(0);
	EXPECT_EQ(p->high.thread->state, THREAD_STATE_RUNNING);
	EXPECT(lies());
	EXPECT_EQ(cpu_at(0)->work_priority, LOW);
}

static void whoever_is_more_important_does_not_work_for_others(void)
{
	struct pair p = pair_begin();

	low_leaves_much(&p);
	for (u32 i = 0; i < LEFT; i++)
		EXPECT_STATUS(CALL(&p.high, SYSCALL_NULL).status, STATUS_OK);
	EXPECT(lies());
	EXPECT(cpu_at(0)->timers.slice_end_ns > fake_now() + SLICE_NS / 2); /* no timer comes for it either */
	EXPECT(CALL(&p.high, SYSCALL_SIGNAL_WAIT, p.started, NEVER, FOR_EVER).waits);
	for (u32 i = 0; i < LEFT; i++)
		EXPECT_STATUS(CALL(&p.low, SYSCALL_NULL).status, STATUS_OK);
	EXPECT(!lies());
	EXPECT_EQ(cpu_at(0)->work_priority, 0);
}

/* But for its own. */
static void it_works_for_itself(void)
{
	struct pair p = pair_begin();

	low_leaves_much(&p);
	u64 own = HANDLE(&p.high, SYSCALL_SIGNAL_CREATE, p.of_high);

	EXPECT_STATUS(CALL(&p.high, SYSCALL_CAP_DROP, own).status, STATUS_OK);
	for (u32 i = 0; i < LEFT; i++)
		EXPECT_STATUS(CALL(&p.high, SYSCALL_NULL).status, STATUS_OK);
	EXPECT(!lies());
}

/* Periodic timers of a signal that the less important one made, all lapsed, and one that fires for it once. It waits for that. */
static const struct signal *low_waits_beside_timers(const struct pair *p)
{
	u64 start = fake_now() + MS, signal = HANDLE(&p->low, SYSCALL_SIGNAL_CREATE, p->of_low);
	struct cap cap = {};

	for (u32 i = 0; i <= LEFT; i++) {
		u64 timer = HANDLE(&p->low, SYSCALL_TIMER_CREATE, p->of_low, signal, i < LEFT ? 1ull << i : LAST_BIT);

		EXPECT_STATUS(CALL(&p->low, SYSCALL_TIMER_SET, timer, i < LEFT ? start : start + 4 * MS, i < LEFT ? MS : 0).status,
			STATUS_OK);
	}
	fake_advance(2 * MS);
	EXPECT(CALL(&p->low, SYSCALL_SIGNAL_WAIT, signal, LAST_BIT, FOR_EVER).waits);
	EXPECT_STATUS(cap_read(p->low.process, (handle_t){ (u32)signal }, &cap), STATUS_OK);
	return object_as_signal(cap.object);
}

static u64 seen_at(const struct signal *signal) { return tree_first(&signal->lapsed)->key; }

static void who_is_interrupted_looks_at_no_timers(void)
{
	struct pair p = pair_begin();
	const struct signal *signal = low_waits_beside_timers(&p);

	EXPECT_STATUS(CALL(world_init(), SYSCALL_SIGNAL_RAISE, p.start, GO).status, STATUS_OK);
	fake_settle();
	EXPECT_EQ(p.high.thread->state, THREAD_STATE_RUNNING);
	fake_advance(3 * MS);
	EXPECT_EQ(user_answer(&p.low).value, LAST_BIT);
	EXPECT_EQ(signal->takings, 1);
	EXPECT_STATUS(CALL(&p.high, SYSCALL_NULL).status, STATUS_OK);
	EXPECT_EQ(seen_at(signal), 0);
	EXPECT_EQ(cpu_at(0)->work_priority, LOW);
	EXPECT(CALL(&p.high, SYSCALL_SIGNAL_WAIT, p.started, NEVER, FOR_EVER).waits);
	EXPECT_STATUS(CALL(&p.low, SYSCALL_NULL).status, STATUS_OK);
	EXPECT_EQ(seen_at(signal), 1);
}

static void who_is_refused_does_not_wait_for_others(void)
{
	struct pair p = pair_begin();
	struct answer answer;

	low_leaves_much(&p);
	do
		answer = CALL(&p.high, SYSCALL_SIGNAL_CREATE, p.of_high);
	while (answer.status == STATUS_OK);
	EXPECT_STATUS(answer.status, STATUS_OUT_OF_OBJECTS);
	for (u32 i = 0; i < LEFT; i++)
		EXPECT_STATUS(CALL(&p.high, SYSCALL_NULL).status, STATUS_OK);
	EXPECT(!lies());
	(void)HANDLE(&p.high, SYSCALL_SIGNAL_CREATE, p.of_high);
}

void work_tests(void)
{
	RUN(whoever_is_more_important_does_not_work_for_others);
	RUN(it_works_for_itself);
	RUN(who_is_interrupted_looks_at_no_timers);
	RUN(who_is_refused_does_not_wait_for_others);
}
