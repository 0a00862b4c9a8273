/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads and activities.
 */
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

static handle_t done;
static u64 counter;

static void raise_argument(u64 bits)
{
	sys_signal_raise(done, bits);
}

static void count_for_ever(u64 unused)
{
	(void)unused;
	sys_signal_raise(done, 1);
	for (;;)
		__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

static handle_t wait_result_signal;
static u64 wait_result;

static void wait_for_signal(u64 unused)
{
	u64 bits;

	(void)unused;
	sys_signal_raise(done, 1);
	__atomic_store_n(&wait_result, sys_signal_wait(wait_result_signal, 1, RT_FOREVER, &bits), __ATOMIC_RELEASE);
	sys_signal_raise(done, 2);
}

static void thread_gets_its_argument(void)
{
	done = new_signal();
	for (u64 bit = 1; bit < 16; bit *= 2) {
		start_thread(raise_argument, bit);
		EXPECT_TRUE(signalled(done, bit));
	}
	drop(done);
}

static void thread_create_checks_addresses(void)
{
	struct thread_start start = { .entry = KERNEL_ADDRESS, .stack = PAGE_BYTES };
	handle_t process = new_process();
	handle_t thread = {};

	EXPECT(STATUS_INVALID, sys_thread_create(process, &start, handle_none(), &thread));
	start = (struct thread_start){ .entry = PAGE_BYTES, .stack = 1ull << 63 };
	EXPECT(STATUS_INVALID, sys_thread_create(process, &start, handle_none(), &thread));
	start = (struct thread_start){ .entry = PAGE_BYTES, .stack = PAGE_BYTES, .tls = KERNEL_ADDRESS };
	EXPECT(STATUS_INVALID, sys_thread_create(process, &start, handle_none(), &thread));
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
}

/* How far the counter goes in a moment. */
static u64 progress(void)
{
	u64 before = __atomic_load_n(&counter, __ATOMIC_RELAXED);

	rt_sleep_until(in_a_moment());
	return __atomic_load_n(&counter, __ATOMIC_RELAXED) - before;
}

/* It runs, though perhaps not at once. */
static bool goes_on(void)
{
	for (u64 deadline = before_long(); rt_now_ns() < deadline;)
		if (progress() > 0)
			return true;
	return false;
}

static void suspended_thread_stands_still(void)
{
	struct thread_registers registers = {};

	done = new_signal();
	handle_t thread = start_thread_handle(count_for_ever, 0);

	EXPECT_TRUE(signalled(done, 1));
	EXPECT_TRUE(goes_on());
	EXPECT(STATUS_BUSY, sys_thread_registers(thread, &registers));
	EXPECT_OK(sys_thread_suspend(thread));
	EXPECT_OK(stands(thread, &registers));
	EXPECT_TRUE(registers.ip != 0 && registers.sp != 0);
	EXPECT_NUMBER(0, progress());
	EXPECT_OK(sys_thread_resume(thread));
	EXPECT_TRUE(goes_on());
	EXPECT_OK(sys_thread_kill(thread));
	EXPECT_OK(stands(thread, &registers)); /* its last */
	EXPECT_NUMBER(0, progress());
	drop(thread);
	drop(done);
}

static void suspending_cancels_a_wait(void)
{
	struct thread_registers registers = {};

	done = new_signal();
	wait_result_signal = new_signal();
	wait_result = U64_MAX;
	handle_t thread = start_thread_handle(wait_for_signal, 0);

	EXPECT_TRUE(signalled(done, 1));
	EXPECT_OK(stands(thread, &registers));
	EXPECT_OK(sys_thread_suspend(thread));
	rt_sleep_until(in_a_moment());
	EXPECT_NUMBER(U64_MAX, __atomic_load_n(&wait_result, __ATOMIC_ACQUIRE));
	EXPECT_OK(sys_thread_resume(thread));
	EXPECT_TRUE(signalled(done, 2));
	EXPECT(STATUS_CANCELLED, __atomic_load_n(&wait_result, __ATOMIC_ACQUIRE));
	drop(thread);
	drop(wait_result_signal);
	drop(done);
}

static void killed_waiting_thread_goes(void)
{
	done = new_signal();
	wait_result_signal = new_signal();
	handle_t thread = start_thread_handle(wait_for_signal, 0);
	u64 bits = 0;

	EXPECT_TRUE(signalled(done, 1));
	EXPECT_OK(sys_thread_kill(thread));
	EXPECT(STATUS_TIMED_OUT, sys_signal_wait(done, 2, in_a_moment(), &bits));
	EXPECT_OK(sys_thread_kill(thread));
	drop(thread);
	drop(wait_result_signal);
	drop(done);
}

static void activity_parameters_are_checked(void)
{
	struct activity_params params = { .priority = 256 };
	handle_t activity = {};

	EXPECT_TRUE(sys_activity_create(rt_group(), &params, &activity) != STATUS_OK);
	params = (struct activity_params){ .priority = 20, .budget_ns = 2000, .period_ns = 1000 };
	EXPECT(STATUS_INVALID, sys_activity_create(rt_group(), &params, &activity));
	params = (struct activity_params){ .priority = 20 };
	EXPECT_OK(sys_activity_create(rt_group(), &params, &activity));
	params.priority = 30;
	EXPECT_OK(sys_activity_set(activity, &params));
	drop(activity);
}

static void activity_serves_one_thread(void)
{
	handle_t activity = new_activity();
	handle_t first = {};
	handle_t second = {};

	done = new_signal();
	wait_result_signal = new_signal();
	EXPECT_OK(rt_thread_start(wait_for_signal, 0, 4, activity, &first));
	EXPECT_TRUE(signalled(done, 1));
	EXPECT(STATUS_BUSY, rt_thread_start(wait_for_signal, 0, 4, activity, &second));
	EXPECT_OK(sys_signal_raise(wait_result_signal, 1));
	EXPECT_TRUE(signalled(done, 2));
	drop(first);
	drop(wait_result_signal);
	drop(done);
	drop(activity);
}

static void bind_is_for_oneself(void)
{
	handle_t activity = new_activity();

	done = new_signal();
	wait_result_signal = new_signal();
	handle_t thread = start_thread_handle(wait_for_signal, 0);

	EXPECT_TRUE(signalled(done, 1));
	EXPECT(STATUS_BUSY, sys_thread_bind(thread, activity));
	EXPECT_OK(sys_thread_kill(thread));
	drop(thread);
	drop(wait_result_signal);
	drop(done);
	drop(activity);
}

static void limit_of_threads_holds(void)
{
	struct group_limits limits = { .threads = 1 };
	struct thread_start start = { .entry = PAGE_BYTES, .stack = PAGE_BYTES };
	handle_t group = {};
	handle_t process = {};
	handle_t thread = {};

	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("one thread"), &group));
	EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("limited"), &process));
	limits.threads = 0;
	enum status status = sys_thread_create(process, &start, handle_none(), &thread);

	EXPECT_OK(status);
	if (status == STATUS_OK)
		drop(thread);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
	drop(group);
}

static const struct test tests[] = {
	{ "a thread gets its argument", thread_gets_its_argument },
	{ "thread_create checks addresses", thread_create_checks_addresses },
	{ "a suspended thread stands still", suspended_thread_stands_still },
	{ "suspending cancels a wait", suspending_cancels_a_wait },
	{ "a killed thread does not come back", killed_waiting_thread_goes },
	{ "activity parameters are checked", activity_parameters_are_checked },
	{ "an activity serves one thread", activity_serves_one_thread },
	{ "thread_bind is for oneself", bind_is_for_oneself },
	{ "a group with one thread allows one", limit_of_threads_holds },
};

void test_threads(struct span filter)
{
	RUN_TESTS(tests, filter);
}
