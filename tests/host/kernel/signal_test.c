/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals, timers, interrupt lines, ports.
 */
#include "kernel/core/ipc/signal.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/tests.h"

enum : u64 { MS = 1000000 };

struct place {
	struct user user, other;
	u64 group, signal;       /* in user */
};

static struct place begin(void)
{
	struct place place = { .user = user_new() };

	place.other = user_thread(&place.user);
	place.group = give_to(&place.user, world_group(), COPY_ALL);
	place.signal = HANDLE(&place.user, SYSCALL_SIGNAL_CREATE, place.group);
	return place;
}

static struct answer wait_for(const struct user *user, u64 signal, u64 mask, u64 deadline)
{
	return CALL(user, SYSCALL_SIGNAL_WAIT, signal, mask, deadline);
}

static void bits_stay_until_they_are_taken(void)
{
	struct place p = begin();

	EXPECT_STATUS(wait_for(&p.user, p.signal, 1, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 0, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, p.signal, 0xf0).status, STATUS_OK);
	EXPECT_EQ(wait_for(&p.user, p.signal, 0x30, 0).value, 0x30);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 0x3f, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, FOR_EVER).value, 0xc0);
}

static void waiters_get_the_bits_of_their_masks(void)
{
	struct place p = begin();
	struct user third = user_new();
	u64 signal = HANDLE(&p.user, SYSCALL_SIGNAL_CREATE, p.group);

	EXPECT(wait_for(&p.other, signal, 6, FOR_EVER).waits);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, signal, 1).status, STATUS_OK);
	EXPECT(user_waits(&p.other));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, signal, 3).status, STATUS_OK);
	EXPECT_EQ(user_answer(&p.other).value, 2);
	EXPECT_EQ(wait_for(&p.user, signal, U64_MAX, 0).value, 1);
	EXPECT_STATUS(wait_for(&third, signal, 1, 0).status, STATUS_BAD_HANDLE);
}

static void waits_end_by_deadline_death_and_kill(void)
{
	struct place p = begin();

	EXPECT(wait_for(&p.other, p.signal, 1, fake_now() + MS).waits);
	fake_advance(MS);
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_TIMED_OUT);
	EXPECT(wait_for(&p.other, p.signal, 1, FOR_EVER).waits);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, p.signal).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_DEAD);
	u64 signal = HANDLE(&p.user, SYSCALL_SIGNAL_CREATE, p.group);

	EXPECT(wait_for(&p.other, signal, 1, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, p.other.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&p.other));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, signal, 1).status, STATUS_OK);
	EXPECT_EQ(wait_for(&p.user, signal, 1, 0).value, 1); /* nobody took them */
}

static void timers_raise_once_or_again_and_again(void)
{
	struct place p = begin();
	u64 timer = HANDLE(&p.user, SYSCALL_TIMER_CREATE, p.group, p.signal, 4), start = fake_now();

	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, start + MS, 0).status, STATUS_OK);
	fake_advance(MS - 1);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 4, 0).status, STATUS_WOULD_BLOCK);
	fake_advance(1);
	EXPECT_EQ(wait_for(&p.user, p.signal, 4, 0).value, 4);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, fake_now() + MS, 2 * MS).status, STATUS_OK);
	for (u32 i = 0; i < 5; i++) {
		fake_advance(i == 0 ? MS : 2 * MS);
		EXPECT_EQ(wait_for(&p.user, p.signal, 4, 0).value, 4);
	}
	/* Periods that were missed are left out. */
	fake_set_now(fake_now() + 7 * MS);
	fake_settle();
	EXPECT_EQ(wait_for(&p.user, p.signal, 4, 0).value, 4);
	fake_advance(MS - 1);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 4, 0).status, STATUS_WOULD_BLOCK);
	fake_advance(1);
	EXPECT_EQ(wait_for(&p.user, p.signal, 4, 0).value, 4);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, 0, 0).status, STATUS_OK);
	fake_advance(10 * MS);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 4, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, 5, 9).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, 5, U64_MAX).status, STATUS_INVALID);
	/* In the past: at once. Far away: never. Dropped while armed: never. */
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, 1, 0).status, STATUS_OK);
	fake_settle();
	EXPECT_EQ(wait_for(&p.user, p.signal, 4, 0).value, 4);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, U64_MAX, 0).status, STATUS_OK);
	fake_advance(MS);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, fake_now() + MS, 0).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, timer).status, STATUS_OK);
	world_settle();
	fake_advance(2 * MS);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 4, 0).status, STATUS_WOULD_BLOCK);
}

/* ---- timers that nobody listens to ---- */

enum : u64 { PERIOD = 100000, EACH = PERIOD / 100 };
enum : u32 { TIMERS = 64 };

static u64 timers[TIMERS];

/* How often a timer interrupts a processor in a while. */
static u64 interrupts_in(u64 ns)
{
	u64 end = fake_now() + ns, count = 0, next = 0;

	while (next != U64_MAX) {
		next = U64_MAX;
		for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
			next = min_u64(next, fake_timer_at(cpu));
		if (next > end)
			break;
		count++;
		fake_advance(next - fake_now());
	}
	fake_advance(end - fake_now());
	return count;
}

/* With a bit each, and times that come one after the other, from the one that is returned on. */
static u64 start_timers(const struct place *p, u32 count)
{
	u64 begin = fake_now() + PERIOD;

	for (u32 i = 0; i < count; i++) {
		*ELEM(timers, i) = HANDLE(&p->user, SYSCALL_TIMER_CREATE, p->group, p->signal, 1ull << i);
		EXPECT_STATUS(CALL(&p->user, SYSCALL_TIMER_SET, *ELEM(timers, i), begin + i * EACH, PERIOD).status, STATUS_OK);
	}
	return begin;
}

static void a_timer_fires_again_when_its_bits_were_taken(void)
{
	struct place p = begin();
	u64 start = start_timers(&p, 8);

	EXPECT_EQ(interrupts_in(50 * PERIOD + PERIOD / 2), 8);
	EXPECT_EQ(wait_for(&p.user, p.signal, 0xf, 0).value, 0xf);
	/* In time with what they were set to, without those that were missed. */
	u64 next = start + (fake_now() - start + PERIOD) / PERIOD * PERIOD;

	for (u32 i = 0; i < 4; i++) {
		fake_advance(next + i * EACH - 1 - fake_now());
		EXPECT_STATUS(wait_for(&p.user, p.signal, 1ull << i, 0).status, STATUS_WOULD_BLOCK);
		fake_advance(1);
		EXPECT_EQ(wait_for(&p.user, p.signal, 1ull << i, 0).value, 1ull << i);
	}
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, 0xf0);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 8);
}

static void a_waiter_lets_it_fire_once_more(void)
{
	struct place p = begin();

	EXPECT(wait_for(&p.other, p.signal, 1, FOR_EVER).waits);
	(void)start_timers(&p, 1);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 2);
	EXPECT_EQ(user_answer(&p.other).value, 1);
	EXPECT_EQ(wait_for(&p.user, p.signal, 1, 0).value, 1);
}

/* A bit of several is enough; who has only others lies on. */
static void any_of_its_bits_will_do(void)
{
	struct place p = begin();
	u64 bits[] = { 3, 6, 3, 8, 0 }, start = fake_now() + PERIOD;

	for (u32 i = 0; i < ARRAY_LEN(bits); i++) {
		u64 timer = HANDLE(&p.user, SYSCALL_TIMER_CREATE, p.group, p.signal, *ELEM(bits, i));

		EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, start + i * EACH, PERIOD).status, STATUS_OK);
	}
	EXPECT_EQ(interrupts_in(50 * PERIOD), ARRAY_LEN(bits));
	EXPECT_EQ(wait_for(&p.user, p.signal, 1, 0).value, 1);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 2);
	EXPECT_EQ(wait_for(&p.user, p.signal, 2, 0).value, 2);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 3);
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, 15);
}

static void what_lies_can_be_set_and_dropped(void)
{
	struct place p = begin();

	(void)start_timers(&p, 3);

	EXPECT_EQ(interrupts_in(50 * PERIOD), 3);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, timers[2]).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timers[0], 0, 0).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timers[1], fake_now() + 3 * PERIOD, 0).status, STATUS_OK);
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, 7);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 1);
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, 2);
}

/* What it would raise through is revoked: it would fire for nobody. */
static void a_revoked_timer_fires_no_more(void)
{
	struct place p = begin();
	u64 child = HANDLE(&p.user, SYSCALL_CAP_DERIVE, p.signal, COPY_ALL, 0, 0);
	u64 timer = HANDLE(&p.user, SYSCALL_TIMER_CREATE, p.group, child, 1);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, fake_now() + PERIOD, PERIOD).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_REVOKE, p.signal).status, STATUS_OK);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 1);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 1, 0).status, STATUS_WOULD_BLOCK);
}

/* With each a taking costs more. */
static void only_who_may_take_bits_puts_timers(void)
{
	struct place p = begin();
	u32 rights[] = { SIGNAL_RIGHT_RAISE, SIGNAL_RIGHT_WAIT, SIGNAL_RIGHT_RAISE | SIGNAL_RIGHT_WAIT };

	for (u32 i = 0; i < ARRAY_LEN(rights); i++) {
		u64 some = HANDLE(&p.user, SYSCALL_CAP_DERIVE, p.signal, *ELEM(rights, i), 0, 0);

		EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_CREATE, p.group, some, 1).status, i < 2 ? STATUS_DENIED : STATUS_OK);
	}
}

/* More than one taking arms at once: the rest is done in steps, also for whoever takes others meanwhile. */
static void many_timers_are_armed_by_one_taking(void)
{
	struct place p = begin();

	(void)start_timers(&p, TIMERS);
	for (u32 every = 0; every < 3; every++) {
		u64 count = interrupts_in(50 * PERIOD);

		EXPECT(count >= TIMERS && count <= TIMERS + 2); /* the work that is left has a time, too */
		fake_interrupt_every(every);
		EXPECT_EQ(wait_for(&p.user, p.signal, 0xffffffff, 0).value, 0xffffffff);
		EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, 0xffffffff00000000);
		fake_interrupt_every(0);
	}
}

static void a_receiver_takes_bits_as_well(void)
{
	struct place p = begin();
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, p.group, 0);
	u64 reply = HANDLE(&p.user, SYSCALL_REPLY_CREATE, p.group);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_ENDPOINT_BIND, endpoint, p.signal, 3).status, STATUS_OK);
	(void)start_timers(&p, 2);
	for (u32 i = 0; i < 3; i++) {
		EXPECT_EQ(interrupts_in(50 * PERIOD), 2);
		EXPECT_STATUS(user_message(&p.user, SYSCALL_RECEIVE, both(endpoint, reply), 0, 0).status, STATUS_OK);
		EXPECT_EQ(user_word_at(&p.user, 0), 3);
	}
}

static const struct signal *signal_of(const struct place *p)
{
	struct cap cap;

	EXPECT_STATUS(cap_read(p->user.process, (handle_t){ (u32)p->signal }, &cap), STATUS_OK);
	return object_as_signal(cap.object);
}

/* However many lie there: what is raised is often, and nothing of it taken. */
static void timers_are_not_looked_at_for_what_nobody_takes(void)
{
	struct place p = begin();
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, p.group, 0);

	(void)start_timers(&p, 8);
	EXPECT_EQ(interrupts_in(50 * PERIOD), 8);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_ENDPOINT_BIND, endpoint, p.signal, 1ull << 62).status, STATUS_OK);
	EXPECT(wait_for(&p.other, p.signal, 1ull << 63, FOR_EVER).waits);
	for (u32 bit = 0; bit < 63; bit++)
		EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, p.signal, 1ull << bit).status, STATUS_OK);
	EXPECT_EQ(signal_of(&p)->takings, 0);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_SIGNAL_RAISE, p.signal, 1ull << 63).status, STATUS_OK);
	EXPECT_EQ(user_answer(&p.other).value, 1ull << 63);
	EXPECT_EQ(signal_of(&p)->takings, 1);
}

/* Other interrupts come in between, and what is left is come back to at once. */
static void many_alarms_at_once_give_way(void)
{
	struct place p = begin();
	u32 cpu = user_bring(p.user.thread), entries = 0;
	u64 at = fake_now() + PERIOD;

	for (u32 i = 0; i < 20; i++) {
		u64 timer = HANDLE(&p.user, SYSCALL_TIMER_CREATE, p.group, p.signal, 1ull << i);

		EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, timer, at, 0).status, STATUS_OK);
	}
	fake_interrupt_every(1);
	fake_set_now(at);
	for (; fake_timer_due(cpu); entries++)
		fake_timer(cpu);
	fake_interrupt_every(0);
	EXPECT(entries >= 5);
	EXPECT_EQ(wait_for(&p.user, p.signal, U64_MAX, 0).value, (1ull << 20) - 1);
}

/* Many who wait for a signal learn in steps that it is gone. */
static void the_end_of_a_signal_gives_way(void)
{
	struct place p = begin();
	struct user waiters[20];
	u32 told = 0;

	for (u32 i = 0; i < ARRAY_LEN(waiters); i++) {
		*ELEM(waiters, i) = user_thread(&p.user);
		EXPECT(wait_for(ELEM(waiters, i), p.signal, 1, FOR_EVER).waits);
	}
	fake_interrupt_every(1);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, p.signal).status, STATUS_OK);
	for (u32 i = 0; i < ARRAY_LEN(waiters); i++)
		told += !user_waits(ELEM(waiters, i));
	fake_interrupt_every(0);
	EXPECT(told < ARRAY_LEN(waiters));
	world_settle();
	for (u32 i = 0; i < ARRAY_LEN(waiters); i++)
		EXPECT_STATUS(user_answer(ELEM(waiters, i)).status, STATUS_DEAD);
}

static void many_alarms_fire_in_order(void)
{
	struct place p = begin();
	u64 timer[20], base = fake_now() + MS;
	bool fired[20] = {};

	for (u32 i = 0; i < 20; i++) {
		*ELEM(timer, i) = HANDLE(&p.user, SYSCALL_TIMER_CREATE, p.group, p.signal, 1ull << i);
		EXPECT_STATUS(CALL(&p.user, SYSCALL_TIMER_SET, *ELEM(timer, i), base + (i * 7 % 20) * MS, 0).status, STATUS_OK);
	}
	for (u32 step = 0; step < 20; step++) {
		fake_advance(base + step * MS - fake_now());
		u64 bits = wait_for(&p.user, p.signal, U64_MAX, 0).value;

		for (u32 i = 0; i < 20; i++)
			if ((bits >> i & 1) != 0) {
				EXPECT_EQ(i * 7 % 20, step);
				*ELEM(fired, i) = true;
			}
	}
	for (u32 i = 0; i < 20; i++)
		EXPECT(*ELEM(fired, i));
}

static void a_message_has_an_address_and_a_wire_has_none(void)
{
	struct place p = begin();
	u64 all = give_to(&p.user, init_handle(INIT_HANDLE_IRQS), COPY_ALL);
	u64 wire = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, 9, 1);
	u64 line = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, FAKE_IRQ_LINES - 1, 1);
	struct irq_message message = {};

	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_MESSAGE, wire, p.user.scratch).status, STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_MESSAGE, all, p.user.scratch).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_MESSAGE, line, p.user.scratch).status, STATUS_OK);
	user_get(&p.user, 0, MSPAN_OF_STRUCT(message));
	EXPECT(message.address == FAKE_MESSAGE_AT && message.data == FAKE_IRQ_LINES - 1);
}

static void a_line_by_edges_is_masked_until_it_is_bound(void)
{
	enum : u32 { EDGE = 12 };
	struct place p = begin();
	u64 all = give_to(&p.user, init_handle(INIT_HANDLE_IRQS), COPY_ALL);
	u64 blind = give_to(&p.user, init_handle(INIT_HANDLE_IRQS), COPY_ALL & ~(u64)IRQ_RIGHT_BIND);
	u64 fixed = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, FAKE_EDGES_FROM - 1, 1);
	u64 line = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, EDGE, 1);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_EDGE, all).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_EDGE, blind).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_EDGE, fixed).status, STATUS_NOT_SUPPORTED);
	EXPECT(!fake_line_edge(FAKE_EDGES_FROM - 1) && !fake_line_edge(EDGE));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_EDGE, line).status, STATUS_OK);
	EXPECT(fake_line_edge(EDGE) && fake_line_masked(EDGE));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_BIND, line, p.signal, 2).status, STATUS_OK);
	EXPECT(fake_line_edge(EDGE) && !fake_line_masked(EDGE));
	fake_irq(1, EDGE);
	EXPECT_EQ(wait_for(&p.user, p.signal, 2, 0).value, 2);
	u64 mine = HANDLE(world_init(), SYSCALL_CAP_DERIVE, init_handle(INIT_HANDLE_IRQS), COPY_ALL, EDGE, 1);

	EXPECT_STATUS(CALL(world_init(), SYSCALL_IRQ_BIND, mine, world_signal(), 1).status, STATUS_OK);
}

static void interrupts_raise_bits_and_stay_masked_until_acknowledged(void)
{
	struct place p = begin();
	u64 all = give_to(&p.user, init_handle(INIT_HANDLE_IRQS), COPY_ALL);
	u64 line = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, 9, 1);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_BIND, all, p.signal, 2).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_ACK, line).status, STATUS_NOT_FOUND);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_BIND, line, p.signal, 2).status, STATUS_OK);
	EXPECT(!fake_line_masked(9));
	fake_irq(2, 9);
	EXPECT(fake_line_masked(9));
	EXPECT_EQ(wait_for(&p.user, p.signal, 2, 0).value, 2);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_ACK, line).status, STATUS_OK);
	EXPECT(!fake_line_masked(9));
	fake_irq(1, 10); /* bound to nothing */
	/* Bound again by a successor: the first signal hears no more. */
	u64 second = HANDLE(&p.user, SYSCALL_SIGNAL_CREATE, p.group);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_IRQ_BIND, line, second, 1).status, STATUS_OK);
	fake_irq(0, 9);
	EXPECT_STATUS(wait_for(&p.user, p.signal, 2, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_EQ(wait_for(&p.user, second, 1, 0).value, 1);
	/* A line has no owner and is never unbound: the world's own signal takes it over. */
	u64 last = HANDLE(world_init(), SYSCALL_CAP_DERIVE, init_handle(INIT_HANDLE_IRQS), COPY_ALL, 9, 1);

	EXPECT_STATUS(CALL(world_init(), SYSCALL_IRQ_BIND, last, world_signal(), 1).status, STATUS_OK);
}

static void ports_are_reached_inside_the_range_only(void)
{
	struct place p = begin();
	u64 all = give_to(&p.user, init_handle(INIT_HANDLE_IOPORTS), COPY_ALL);
	u64 few = HANDLE(&p.user, SYSCALL_CAP_DERIVE, all, COPY_ALL, 0x3f8, 8);

	EXPECT_EQ(CALL(&p.user, SYSCALL_PORT_READ, few, 5, 1).value, 0x3fd ^ 0xa5);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_WRITE, few, 4, 4, 0x1234).status, STATUS_OK);
	EXPECT_EQ(fake_records()->last_port, 0x3fc);
	EXPECT_EQ(fake_records()->last_port_value, 0x1234);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_READ, few, 8, 1).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_READ, few, 5, 4).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_READ, few, U32_MAX, 4).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_READ, few, 0, 3).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PORT_READ, p.signal, 0, 1).status, STATUS_WRONG_TYPE);
}

static void power_goes_through_the_machine_capability(void)
{
	struct place p = begin();
	u64 machine = give_to(&p.user, init_handle(INIT_HANDLE_MACHINE), COPY_ALL), off = fake_records()->powered_off;
	struct machine_stat stat = {};

	EXPECT_STATUS(CALL(&p.user, SYSCALL_MACHINE_STAT, machine, p.user.scratch).status, STATUS_OK);
	user_get(&p.user, 0, MSPAN_OF_STRUCT(stat));
	EXPECT_EQ(stat.cpus, WORLD_CPUS);
	EXPECT(stat.frames_free < stat.frames_total);
	EXPECT(span_starts_with(SPAN_OF_ARRAY(stat.command_line), span_text("quiet")));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MACHINE_POWER, machine, 2).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MACHINE_POWER, p.signal, 0).status, STATUS_WRONG_TYPE);
	EXPECT_EQ(fake_records()->powered_off, off);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MACHINE_POWER, machine, POWER_ACTION_OFF).status, STATUS_NOT_SUPPORTED);
	EXPECT_EQ(fake_records()->powered_off, off + 1);
}

void signal_tests(void)
{
	RUN(bits_stay_until_they_are_taken);
	RUN(waiters_get_the_bits_of_their_masks);
	RUN(waits_end_by_deadline_death_and_kill);
	RUN(timers_raise_once_or_again_and_again);
	RUN(a_timer_fires_again_when_its_bits_were_taken);
	RUN(a_waiter_lets_it_fire_once_more);
	RUN(any_of_its_bits_will_do);
	RUN(what_lies_can_be_set_and_dropped);
	RUN(a_revoked_timer_fires_no_more);
	RUN(only_who_may_take_bits_puts_timers);
	RUN(many_timers_are_armed_by_one_taking);
	RUN(a_receiver_takes_bits_as_well);
	RUN(timers_are_not_looked_at_for_what_nobody_takes);
	RUN(many_alarms_at_once_give_way);
	RUN(the_end_of_a_signal_gives_way);
	RUN(many_alarms_fire_in_order);
	RUN(a_message_has_an_address_and_a_wire_has_none);
	RUN(a_line_by_edges_is_masked_until_it_is_bound);
	RUN(interrupts_raise_bits_and_stay_masked_until_acknowledged);
	RUN(ports_are_reached_inside_the_range_only);
	RUN(power_goes_through_the_machine_capability);
}
