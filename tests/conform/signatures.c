/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed addresses: each process has a key of its own, on every processor and whatever comes between; a function does not
 * return to an address that was not signed by it. Where the processor signs nothing, programs run all the same.
 */
#include "tests/conform/signatures.h"
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

enum : u64 { ADDRESS = 0x123456780000, PLACE = 0x7000, BYTES = 0x100, SHIFT = 48, ARRIVED = 77 };
enum : u64 { THREADS = 4, ROUNDS = 24, PAUSE_NS = 200000, PARTS = 4 };
enum : u32 { STACK_PAGES = 4, PRIORITY = 20 };

static handle_t done, activities[THREADS];
static u64 first_signatures, different[THREADS];

/* What four signatures add to an address, 16 bits each; 0 where nothing is signed. By chance it is so once in 2^60. */
static u64 signatures(void)
{
	u64 all = 0;

	for (u64 i = 0; i < PARTS; i++) {
		u64 address = ADDRESS + i * BYTES;

		all |= (signature_on(address, PLACE + i) ^ address) >> SHIFT << i * (64 / PARTS);
	}
	return all;
}

void signatures_in_child(void) { rt_exit(signatures()); }
static void arrive(void) { rt_exit(ARRIVED); }

UNSAFE_BEGIN("SAFETY: the address of a function as a number, which is returned to");
void return_in_child(void) { return_elsewhere((u64)(uptr)arrive); }
UNSAFE_END();

static void each_process_has_its_own(void)
{
	struct child_end end = child_run(span_text("sign"), handle_none());

	EXPECT_NUMBER(EXIT_REASON_EXITED, end.reason);
	EXPECT_TRUE(signatures() == 0 ? end.status == 0 : end.status != signatures() && end.status != 0);
}

/* The processor may notice where the address is used, and may say why. */
static void no_return_to_another_address(void)
{
	struct child_end end = child_run(span_text("return"), handle_none());

	if (signatures() == 0) {
		EXPECT_NUMBER(EXIT_REASON_EXITED, end.reason);
		EXPECT_NUMBER(ARRIVED, end.status);
		return;
	}
	EXPECT_NUMBER(EXIT_REASON_FAULTED, end.reason);
	EXPECT_TRUE(end.status == FAULT_KIND_SIGNATURE || end.status == FAULT_KIND_EXECUTE);
}

/* To the processor of a number; where there is none, it stays. */
static void move_to(handle_t activity, u64 cpu)
{
	struct activity_params params = { .priority = PRIORITY, .cpus = 1ull << cpu };

	(void)sys_activity_set(activity, &params);
}

/* Processors idle, other threads of the process run, and it moves. */
static void sign_on(u64 index)
{
	for (u64 round = 0; round < ROUNDS; round++) {
		move_to(*ELEM(activities, index), (index + round) % THREADS);
		rt_sleep_until(rt_deadline_in(round % 2 * PAUSE_NS));
		*ELEM(different, index) |= signatures() ^ first_signatures;
	}
	sys_signal_raise(done, 1ull << index);
}

static void start_signer(u64 index)
{
	struct activity_params params = { .priority = PRIORITY };
	handle_t thread = {};

	*ELEM(different, index) = 0;
	EXPECT_OK(sys_activity_create(rt_group(), &params, ELEM(activities, index)));
	EXPECT_OK(rt_thread_start(sign_on, index, STACK_PAGES, *ELEM(activities, index), &thread));
	drop(thread);
}

/* Other processes run meanwhile: the child. */
static void they_stay_the_same(void)
{
	done = new_signal();
	first_signatures = signatures();
	for (u64 i = 0; i < THREADS; i++)
		start_signer(i);
	for (u64 i = 0; i < THREADS; i++)
		(void)child_run(span_text("sign"), handle_none());
	for (u64 i = 0; i < THREADS; i++) {
		EXPECT_TRUE(signalled(done, 1ull << i));
		EXPECT_NUMBER(0, *ELEM(different, i));
		drop(*ELEM(activities, i));
	}
	EXPECT_NUMBER(first_signatures, signatures());
	drop(done);
}

static const struct test tests[] = {
	{ "each process signs addresses with a key of its own", each_process_has_its_own },
	{ "no function returns to an address that it did not sign", no_return_to_another_address },
	{ "signatures stay the same wherever and whenever threads run", they_stay_the_same },
};

void test_signatures(struct span filter)
{
	RUN_TESTS(tests, filter);
}
