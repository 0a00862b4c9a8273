/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals, timers, interrupt lines, ports.
 */
#include "tests/host/kernel/tests.h"

enum : u32 { COPY_ALL = 0xffffffffu };
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
	RUN(many_alarms_fire_in_order);
	RUN(a_message_has_an_address_and_a_wire_has_none);
	RUN(interrupts_raise_bits_and_stay_masked_until_acknowledged);
	RUN(ports_are_reached_inside_the_range_only);
	RUN(power_goes_through_the_machine_capability);
}
