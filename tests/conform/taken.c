/* SPDX-License-Identifier: Apache-2.0
 *
 * What is taken from a process is gone at once, on whichever processor the process uses it, and whatever that processor
 * has cached or is in the middle of.
 */
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

/* One page, and so many that a processor may rather forget all of the space. */
enum : u64 { FEW = 1, MANY = 64, ROUNDS = 4, RAISED_ROUNDS = 32 };

/* Ways to take the child's memory, which it has mapped at BAD_USER_ADDRESS. */
typedef enum status take_function(handle_t child, handle_t memory, u64 bytes);

static enum status by_unmapping(handle_t child, handle_t memory, u64 bytes)
{
	(void)memory;
	return sys_unmap(child, BAD_USER_ADDRESS, bytes);
}

static enum status by_protecting(handle_t child, handle_t memory, u64 bytes)
{
	(void)memory;
	return sys_protect(child, BAD_USER_ADDRESS, bytes, MAP_READ);
}

/* The child has it by a child of our capability. */
static enum status by_revoking(handle_t child, handle_t memory, u64 bytes)
{
	(void)child;
	(void)bytes;
	return sys_cap_revoke(memory);
}

/* The child has come to write when the byte is not what it was from the beginning. */
static bool writes(u64 at)
{
	u64 until = before_long();
	bool changed = any_read(at) != 0;

	/* WHY not looked at once more: it counts, and may be what it was again. */
	while (!changed && rt_now_ns() < until) {
		rt_sleep_until(in_a_moment());
		changed = any_read(at) != 0;
	}
	return changed;
}

static void take(u64 pages, take_function *how)
{
	handle_t memory = new_memory(pages);
	handle_t given = derived(memory, ALL_RIGHTS);
	u64 bytes = pages * PAGE_BYTES, own = 0;
	struct child_end end;

	EXPECT_OK(sys_map(rt_self(), memory, 0, 0, bytes, MAP_READ | MAP_WRITE, &own));
	handle_t child = child_start(span_text("write-on"), given, handle_none());

	EXPECT_TRUE(writes(own));
	enum status taken = how(child, memory, bytes);

	/* WHY dead, too: many pages go in steps, and the child may have met the first, and its end, before the last is gone. */
	EXPECT_TRUE(taken == STATUS_OK || (pages == MANY && taken == STATUS_DEAD));
	u8 last = any_read(own);

	rt_sleep_until(in_a_moment());
	EXPECT_NUMBER(last, any_read(own));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(EXIT_REASON_FAULTED, end.reason);
	EXPECT_NUMBER(FAULT_KIND_WRITE, end.status);
	EXPECT_OK(sys_unmap(rt_self(), own, bytes));
	drop(child);
	drop(given);
	drop(memory);
}

static void take_often(take_function *how)
{
	for (u64 round = 0; round < ROUNDS; round++) {
		take(FEW, how);
		take(MANY, how);
	}
}

static void unmapped(void) { take_often(by_unmapping); }
static void made_read_only(void) { take_often(by_protecting); }
static void revoked(void) { take_often(by_revoking); }

/* A bit is there when the revocation returns, or is not raised any more. */
static void no_longer_raised(void)
{
	for (u64 round = 0; round < RAISED_ROUNDS; round++) {
		handle_t signal = new_signal(), given = derived(signal, ALL_RIGHTS);
		handle_t child = child_start(span_text("raise-on"), given, handle_none());
		struct child_end end;
		u64 bits = 0;

		EXPECT_TRUE(signalled(signal, 1));
		EXPECT_OK(sys_cap_revoke(signal));
		enum status left = sys_signal_wait(signal, 1, RT_POLL, &bits);

		EXPECT_TRUE(left == STATUS_OK || left == STATUS_WOULD_BLOCK);
		EXPECT_TRUE(child_wait(child, &end));
		EXPECT_NUMBER(STATUS_REVOKED, end.status);
		EXPECT(STATUS_WOULD_BLOCK, sys_signal_wait(signal, 1, RT_POLL, &bits));
		drop(child);
		drop(given);
		drop(signal);
	}
}

static const struct test tests[] = {
	{ "who writes to memory that is unmapped stops at once", unmapped },
	{ "who writes to memory that becomes read-only stops at once", made_read_only },
	{ "who writes to memory that is revoked stops at once", revoked },
	{ "no bit is raised by what was revoked before", no_longer_raised },
};

void test_taken(struct span filter)
{
	RUN_TESTS(tests, filter);
}
