/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutexes and conditions (lib/rt/lock.h). The kernel is played by the test: while this thread waits for a word, the
 * test does what other threads would.
 */
#include "abi/structs.h"
#include "abi/syscalls.h"
#include "lib/rt/lock.h"
#include "tests/host/fake_rt/kernel.h"
#include "tests/host/user/check.h"

enum : u32 { OWN = 1, OWN_HANDLE = 40, OTHER = 2 };

static struct rt_mutex mutex;
static struct rt_condition condition;
static u32 waits, wakes, cancels;
static struct fake_rt_arguments last_wait, last_wake;
static u64 woken; /* what wake_word answers, the first time */
static enum status (*while_waiting)(void);

static struct raw_result wait_answer(const struct fake_rt_arguments *arguments)
{
	waits++;
	last_wait = *arguments;
	return (struct raw_result){ .status = while_waiting() };
}

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *arguments)
{
	if (number == SYSCALL_THREAD_SELF)
		return (struct raw_result){ .status = STATUS_OK, .value = OWN_HANDLE };
	if (number == SYSCALL_WAIT_WORD)
		return wait_answer(arguments);
	if (number == SYSCALL_THREAD_CANCEL) {
		cancels += arguments->at[0] == OWN_HANDLE;
		return (struct raw_result){ .status = STATUS_OK };
	}
	INVARIANT(number == SYSCALL_WAKE_WORD, "TEST: another call");
	u64 answer = woken;

	wakes++;
	last_wake = *arguments;
	woken = 0;
	return (struct raw_result){ .status = STATUS_OK, .value = answer };
}

u64 fake_rt_message(u64 number, struct raw_message *m)
{
	(void)number;
	(void)m;
	return STATUS_OK;
}

static enum status nobody_should_wait(void)
{
	INVARIANT(false, "TEST: it waits for what is free");
	return STATUS_OK;
}

static void begin(u32 word)
{
	mutex = (struct rt_mutex){ .word = word };
	condition = (struct rt_condition){};
	waits = 0;
	wakes = 0;
	cancels = 0;
	woken = 1;
	while_waiting = nobody_should_wait;
}

static void uncontended_makes_no_call(void)
{
	begin(0);
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 0));
	CHECK_NUMBER(OWN, mutex.word);
	CHECK(!rt_mutex_try_lock(&mutex));
	rt_mutex_unlock(&mutex);
	CHECK_NUMBER(0, mutex.word);
	rt_condition_signal(&condition);
	rt_condition_broadcast(&condition);
	CHECK_NUMBER(0, waits + wakes);
}

static enum status holder_unlocks(void)
{
	CHECK_NUMBER(OTHER | RT_MUTEX_WAITERS, mutex.word);
	mutex.word = 0;
	return STATUS_OK;
}

static void waiter_marks_the_word_and_takes_it_marked(void)
{
	begin(OTHER);
	while_waiting = holder_unlocks;
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(1, waits);
	CHECK_NUMBER(OTHER | RT_MUTEX_WAITERS, last_wait.at[1]);
	CHECK_NUMBER(77, last_wait.at[3]);
	CHECK_NUMBER(OWN | RT_MUTEX_WAITERS, mutex.word);
	rt_mutex_unlock(&mutex);
	CHECK_NUMBER(1, wakes);
	CHECK_NUMBER(1, last_wake.at[1]);
	CHECK_NUMBER(WAKE_HAND_OVER, last_wake.at[2]);
	CHECK_NUMBER(0, mutex.word);
}

static enum status third_was_faster(void)
{
	if (waits == 1) {
		mutex.word = OTHER + 1;
		return STATUS_OK;
	}
	CHECK_NUMBER((OTHER + 1) | RT_MUTEX_WAITERS, mutex.word);
	mutex.word = 0;
	return STATUS_CHANGED;
}

static void woken_for_nothing_waits_again(void)
{
	begin(OTHER | RT_MUTEX_WAITERS);
	while_waiting = third_was_faster;
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(2, waits);
	CHECK_NUMBER(OWN | RT_MUTEX_WAITERS, mutex.word);
}

static void unknown_holder_is_none(void)
{
	begin(OTHER);
	while_waiting = holder_unlocks;
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(0, last_wait.at[2]); /* it has made no handle known */
}

static enum status refuses(void) { return STATUS_INVALID; }

/* The kernel is told who holds it, and does not let a thread wait for itself. */
static void own_mutex_is_refused(void)
{
	begin(OWN);
	while_waiting = refuses;
	CHECK_NUMBER(STATUS_INVALID, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(OWN_HANDLE, last_wait.at[2]);
}

static enum status times_out(void) { return STATUS_TIMED_OUT; }
static enum status holder_dies(void) { return STATUS_PEER_DIED; }

static enum status woken_one_dies(void)
{
	mutex.word = 0;
	return STATUS_PEER_DIED;
}

static enum status cancelled_once(void)
{
	if (waits == 2)
		mutex.word = 0;
	return waits == 1 ? STATUS_CANCELLED : STATUS_OK;
}

static void waits_end_as_the_kernel_says(void)
{
	begin(OTHER);
	while_waiting = times_out;
	CHECK_NUMBER(STATUS_TIMED_OUT, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(OTHER | RT_MUTEX_WAITERS, mutex.word);
	while_waiting = holder_dies;
	CHECK_NUMBER(STATUS_PEER_DIED, rt_mutex_lock(&mutex, 77));
	while_waiting = woken_one_dies;
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(0, cancels);
	begin(OTHER);
	while_waiting = cancelled_once;
	CHECK_NUMBER(STATUS_OK, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(2, waits);
	CHECK_NUMBER(1, cancels); /* of its next wait */
}

static void shared_mutex_names_nobody(void)
{
	begin(0);
	mutex.shared = 1;
	CHECK(rt_mutex_try_lock(&mutex));
	CHECK_NUMBER(RT_MUTEX_SHARED, mutex.word);
	while_waiting = times_out;
	CHECK_NUMBER(STATUS_TIMED_OUT, rt_mutex_lock(&mutex, 77));
	CHECK_NUMBER(0, last_wait.at[2]);
}

static enum status signalled(void)
{
	CHECK_NUMBER(0, mutex.word);
	rt_condition_signal(&condition);
	CHECK_NUMBER(1, wakes);
	CHECK_NUMBER(1, last_wake.at[1]);
	return STATUS_OK;
}

static enum status signalled_before_it_waits(void)
{
	rt_condition_signal(&condition);
	return STATUS_CHANGED;
}

static void condition_lets_go_and_takes_again(void)
{
	begin(0);
	CHECK(rt_mutex_try_lock(&mutex));
	while_waiting = signalled;
	CHECK_NUMBER(STATUS_OK, rt_condition_wait(&condition, &mutex, 88));
	CHECK_NUMBER(88, last_wait.at[3]);
	CHECK_NUMBER(OWN, mutex.word);
	while_waiting = signalled_before_it_waits;
	CHECK_NUMBER(STATUS_OK, rt_condition_wait(&condition, &mutex, 88));
	while_waiting = times_out;
	CHECK_NUMBER(STATUS_TIMED_OUT, rt_condition_wait(&condition, &mutex, 88));
	CHECK_NUMBER(OWN, mutex.word);
	CHECK_NUMBER(0, condition.waiters);
}

static void broadcast_goes_on_until_none_is_left(void)
{
	begin(0);
	condition.waiters = 40;
	woken = 32;
	rt_condition_broadcast(&condition);
	CHECK_NUMBER(2, wakes);
	CHECK_NUMBER(1, condition.sequence);
}

int main(void)
{
	const struct test tests[] = {
		{ "uncontended makes no call", uncontended_makes_no_call },
		{ "a waiter marks the word", waiter_marks_the_word_and_takes_it_marked },
		{ "woken for nothing waits again", woken_for_nothing_waits_again },
		{ "an unknown holder is none", unknown_holder_is_none },
		{ "the own mutex is refused", own_mutex_is_refused },
		{ "waits end as the kernel says", waits_end_as_the_kernel_says },
		{ "a shared mutex names nobody", shared_mutex_names_nobody },
		{ "a condition lets go and takes again", condition_lets_go_and_takes_again },
		{ "broadcast goes on until none is left", broadcast_goes_on_until_none_is_left },
	};

	(void)rt_mutex_try_lock(&mutex); /* makes the thread known */
	RUN_TESTS(tests);
	return check_finish();
}
