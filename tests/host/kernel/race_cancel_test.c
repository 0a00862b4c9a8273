/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of cancelling: one wait is cancelled, no less and no more, whatever the thread does meanwhile.
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/race.h"

/* More waits than can end: by the signal, and cancelled. */
enum : u32 { ROUNDS = 4 };

struct cancel_race {
	struct user waiter, other;
	u64 signal, theirs, thread;
	u32 cancelled;  /* waits, so far */
};

static struct cancel_race begin(void)
{
	struct cancel_race race = { .waiter = user_new(), .other = user_new() };

	race.signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());
	race.theirs = give_to(&race.waiter, race.signal, COPY_ALL);
	race.thread = give_to(&race.other, race.waiter.thread_handle, COPY_ALL);
	return race;
}

static void wait(const struct cancel_race *race)
{
	(void)CALL(&race->waiter, SYSCALL_SIGNAL_WAIT, race->theirs, 1, FOR_EVER);
}

/* Whether the last wait has ended, and how. */
static bool has_ended(struct cancel_race *race)
{
	if (user_waits(&race->waiter))
		return false;
	race->cancelled += user_answer(&race->waiter).status == STATUS_CANCELLED;
	return true;
}

static void raise(const struct cancel_race *race)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_SIGNAL_RAISE, race->signal, 1).status, STATUS_OK);
}

/* The thread is in the middle of beginning to wait. */
static void a_wait_that_begins_is_cancelled(void)
{
	EACH_POINT() {
		struct cancel_race race = begin();

		race_hold(cpu_of(&race.waiter));
		wait(&race);
		EXPECT_STATUS(CALL(&race.other, SYSCALL_THREAD_CANCEL, race.thread).status, STATUS_OK);
		race_go_on();
		EXPECT(has_ended(&race));
		EXPECT_EQ(race.cancelled, 1);
		wait(&race);
		EXPECT(!has_ended(&race));
	}
}

/* The same with a call to a server that waits: all of it happens, or nothing. */
static void a_call_that_begins_is_cancelled(void)
{
	EACH_POINT() {
		struct pair p = pair_make();
		struct user other = user_new();
		u64 thread = give_to(&other, p.client.thread_handle, COPY_ALL);

		(void)pair_serve(&p);
		race_hold(cpu_of(&p.client));
		(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
		EXPECT_STATUS(CALL(&other, SYSCALL_THREAD_CANCEL, thread).status, STATUS_OK);
		race_go_on();
		EXPECT(!user_waits(&p.client));
		EXPECT_STATUS(user_answer(&p.client).status, STATUS_CANCELLED);
		(void)pair_serve(&p);
		EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER).waits);
	}
}

/* Whoever cancels makes his call again if he has to. */
static void finish(struct cancel_race *race, u64 ip)
{
	struct hal_frame *frame = &race->other.thread->frame;

	if (frame->ip == ip)
		return;
	frame->ip = ip;
	EXPECT_STATUS(CALL(&race->other, SYSCALL_THREAD_CANCEL, race->thread).status, STATUS_OK);
}

/* Who cancels stands still; meanwhile the thread is woken and waits again. */
static void who_wakes_and_waits_again_is_cancelled_once(void)
{
	EACH_POINT() {
		struct cancel_race race = begin();
		u64 ip = race.other.thread->frame.ip;

		wait(&race);
		race_hold(cpu_of(&race.other));
		(void)CALL(&race.other, SYSCALL_THREAD_CANCEL, race.thread);
		raise(&race);
		fake_settle();
		if (race.waiter.thread->state == THREAD_STATE_RUNNING && has_ended(&race))
			wait(&race);
		race_go_on();
		finish(&race, ip);
		for (u32 round = 0; round < ROUNDS && has_ended(&race); round++)
			wait(&race);
		EXPECT(user_waits(&race.waiter));
		EXPECT_EQ(race.cancelled, 1);
	}
}

void race_cancel_tests(void)
{
	RUN(a_wait_that_begins_is_cancelled);
	RUN(a_call_that_begins_is_cancelled);
	RUN(who_wakes_and_waits_again_is_cancelled_once);
}
