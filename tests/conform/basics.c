/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls without capabilities, and numbers that are no call.
 */
#include "abi/fuzz_table.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

static void null_does_nothing(void)
{
	EXPECT_OK(sys_null());
}

static void clock_never_goes_back(void)
{
	u64 before = 0;

	for (u32 i = 0; i < 1000; i++) {
		u64 now = 0;

		EXPECT_OK(sys_clock(&now));
		EXPECT_TRUE(now >= before);
		before = now;
	}
	EXPECT_TRUE(before > 0);
}

static void random_differs(void)
{
	u64 a = 0;
	u64 b = 0;

	EXPECT_OK(sys_random(&a));
	EXPECT_OK(sys_random(&b));
	EXPECT_TRUE(a != b);
}

static void yield_returns(void)
{
	EXPECT_OK(sys_yield());
}

static void number_that_is_no_call(void)
{
	static const u64 numbers[] = { SYSCALL_COUNT, SYSCALL_COUNT + 1, 1000, U32_MAX, 1ull << 32, U64_MAX };

	for (u32 i = 0; i < ARRAY_LEN(numbers); i++) {
		struct any_call call = { .number = *ELEM(numbers, i) };

		EXPECT(STATUS_UNKNOWN_CALL, any_call(&call).status);
	}
}

static void upper_half_of_a_number_counts(void)
{
	struct any_call call = { .number = SYSCALL_NULL | 1ull << 32 };

	EXPECT(STATUS_UNKNOWN_CALL, any_call(&call).status);
}

static void tls_address_must_be_for_user_mode(void)
{
	EXPECT(STATUS_INVALID, sys_thread_set_tls(KERNEL_ADDRESS));
	EXPECT(STATUS_INVALID, sys_thread_set_tls(1ull << 63));
}

static const struct test tests[] = {
	{ "null does nothing", null_does_nothing },
	{ "clock never goes back", clock_never_goes_back },
	{ "random differs", random_differs },
	{ "yield returns", yield_returns },
	{ "a number that is no call", number_that_is_no_call },
	{ "the upper half of a number counts", upper_half_of_a_number_counts },
	{ "a TLS address must be for user mode", tls_address_must_be_for_user_mode },
};

void test_basics(struct span filter)
{
	RUN_TESTS(tests, filter);
}
