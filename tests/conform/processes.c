/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes: exit, kill, watch, looking inside.
 */
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"
#include "lib/rt/memory.h"
#include "abi/events.h"

static void exit_status_is_told(void)
{
	struct child_end end = child_run(span_text("exit"), handle_none());

	EXPECT_NUMBER(42, end.status);
	EXPECT_NUMBER(EXIT_REASON_EXITED, end.reason);
}

static void last_thread_ends_the_process(void)
{
	struct child_end end = child_run(span_text("end-thread"), handle_none());

	EXPECT_NUMBER(0, end.status);
	EXPECT_NUMBER(EXIT_REASON_EXITED, end.reason);
}

static void killed_process_says_so(void)
{
	handle_t process = child_start(span_text("hang"), handle_none(), handle_none());
	struct child_end end;

	EXPECT_OK(sys_process_kill(process, 9));
	EXPECT_TRUE(child_wait(process, &end));
	EXPECT_NUMBER(9, end.status);
	EXPECT_NUMBER(EXIT_REASON_KILLED, end.reason);
	EXPECT_OK(sys_process_kill(process, 10));
	drop(process);
}

static void one_watcher_at_a_time(void)
{
	handle_t process = new_process();
	handle_t signal = new_signal();

	EXPECT_OK(sys_process_watch(process, signal, 1));
	EXPECT(STATUS_BUSY, sys_process_watch(process, signal, 2));
	EXPECT_OK(sys_process_kill(process, 0));
	EXPECT_TRUE(signalled(signal, 1));
	/* After the end a watch tells at once. */
	EXPECT_OK(sys_process_watch(process, signal, 4));
	EXPECT_TRUE(signalled(signal, 4));
	drop(signal);
	drop(process);
}

static void stat_describes_it(void)
{
	handle_t process = new_process();
	struct process_info info = {};

	EXPECT_OK(sys_process_stat(process, &info));
	EXPECT_TRUE(span_equal(span_until_zero(SPAN_OF_ARRAY(info.name)), span_text("conform-empty")));
	EXPECT_NUMBER(PROCESS_STATE_RUNNING, info.state);
	EXPECT_NUMBER(0, info.threads);
	EXPECT_NUMBER(inspected(process).object_id, info.id);
	EXPECT_OK(sys_process_kill(process, 3));
	EXPECT_OK(sys_process_stat(process, &info));
	EXPECT_TRUE(info.state != PROCESS_STATE_RUNNING);
	EXPECT_NUMBER(3, info.exit_status);
	drop(process);
}

static void name_is_bounded(void)
{
	handle_t process = {};

	EXPECT(STATUS_TOO_LONG, sys_process_create(rt_group(), handle_none(), handle_none(),
		span_text("123456789012345678901234567890123"), &process));
}

static void memory_can_be_read_with_debug(void)
{
	handle_t process = new_process();
	pages_t pages = {};
	u64 address = 0;
	u64 got = 0;
	u8 bytes[16] = {};

	EXPECT_OK(rt_pages_create(PAGE_BYTES, true, &pages));
	span_copy(rt_pages_mspan(pages), span_text("look inside"));
	EXPECT_OK(sys_map(process, rt_pages_memory(pages), 0, 0, PAGE_BYTES, MAP_READ, &address));
	EXPECT_OK(sys_process_read(process, address, mspan_first(MSPAN_OF_ARRAY(bytes), 11), &got));
	EXPECT_NUMBER(11, got);
	EXPECT_TRUE(span_equal(span_first(SPAN_OF_ARRAY(bytes), 11), span_text("look inside")));
	/* At the end of the mapping: what there is before it. */
	EXPECT_OK(sys_process_read(process, address + PAGE_BYTES - 4, MSPAN_OF_ARRAY(bytes), &got));
	EXPECT_NUMBER(4, got);
	EXPECT(STATUS_BAD_ADDRESS, sys_process_read(process, BAD_USER_ADDRESS, MSPAN_OF_ARRAY(bytes), &got));
	EXPECT(STATUS_BAD_ADDRESS, sys_process_read(process, KERNEL_ADDRESS, MSPAN_OF_ARRAY(bytes), &got));
	rt_pages_release(pages);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
}

static void threads_tell_who_waits_for_whom(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t server = child_start(span_text("receive-and-hang"), endpoint, handle_none());
	handle_t caller = child_start(span_text("call"), endpoint, handle_none());
	struct thread_info waits = {}, serves = {};

	/* Its state is read before what it awaits, while both change: it may be seen sending, and bound already. */
	for (u64 end = before_long(); (waits.awaits == 0 || waits.state != THREAD_STATE_CALLING) && rt_now_ns() < end;)
		EXPECT_OK(sys_process_next_thread(caller, 0, &waits));
	EXPECT_OK(sys_process_next_thread(server, 0, &serves));
	EXPECT_TRUE(waits.awaits != 0);
	EXPECT_NUMBER(waits.awaits, serves.serving);
	EXPECT_NUMBER(THREAD_STATE_CALLING, waits.state);
	EXPECT_NUMBER(1, waits.label);
	EXPECT_TRUE((u32)waits.through != 0);
	EXPECT_TRUE(waits.registers[32] != 0); /* where it is */
	EXPECT_NUMBER(0, waits.serving);
	EXPECT_NUMBER(0, serves.awaits);
	EXPECT_NUMBER(waits.trace_low, serves.trace_low);
	EXPECT(STATUS_NOT_FOUND, sys_process_next_thread(caller, waits.id, &waits));
	handle_t blind = derived(caller, ALL_RIGHTS & ~(u32)PROCESS_RIGHT_DEBUG);

	EXPECT(STATUS_DENIED, sys_process_next_thread(blind, 0, &waits));
	drop(blind);
	EXPECT_OK(sys_process_kill(server, 0));
	EXPECT_OK(sys_process_kill(caller, 0));
	drop(server);
	drop(caller);
	drop(endpoint);
}

static void namespace_of_a_process(void)
{
	handle_t names = new_names();
	handle_t process = {};
	handle_t found = {};

	EXPECT_OK(sys_process_create(rt_group(), names, handle_none(), span_text("named"), &process));
	EXPECT_OK(sys_process_names(process, &found));
	EXPECT_NUMBER(inspected(names).object_id, inspected(found).object_id);
	drop(found);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
	drop(names);
	process = new_process();
	EXPECT(STATUS_NOT_FOUND, sys_process_names(process, &found));
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
}

static void create_checks_what_it_is_given(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	handle_t no_lookup = derived(names, ALL_RIGHTS & ~(u32)NAMESPACE_RIGHT_LOOKUP);
	handle_t no_send = derived(endpoint, ALL_RIGHTS & ~(u32)ENDPOINT_RIGHT_SEND);
	struct span name = span_text("refused");
	handle_t process = {};

	EXPECT(STATUS_WRONG_TYPE, sys_process_create(rt_group(), endpoint, handle_none(), name, &process));
	EXPECT(STATUS_DENIED, sys_process_create(rt_group(), no_lookup, handle_none(), name, &process));
	EXPECT(STATUS_WRONG_TYPE, sys_process_create(rt_group(), handle_none(), names, name, &process));
	EXPECT(STATUS_DENIED, sys_process_create(rt_group(), handle_none(), no_send, name, &process));
	drop(no_send);
	drop(no_lookup);
	drop(endpoint);
	drop(names);
}

/* Who may look into a process must not gain rights over a namespace that were not given to it. */
static void namespace_is_shown_with_the_rights_given(void)
{
	u32 given = NAMESPACE_RIGHT_LOOKUP | RIGHT_INSPECT;
	handle_t names = new_names();
	handle_t less = derived(names, given);
	handle_t process = {};
	handle_t found = {};

	EXPECT_OK(sys_process_create(rt_group(), less, handle_none(), span_text("named"), &process));
	EXPECT_OK(sys_process_names(process, &found));
	EXPECT_NUMBER(0, inspected(found).rights & ~given);
	drop(found);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
	drop(less);
	drop(names);
}

/* Nothing is left of processes that are gone. */
static void processes_leave_nothing(void)
{
	struct group_stat before = {};
	struct group_stat after = {};
	struct group_limits limits = {};
	handle_t group = {};

	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("leak check"), &group));
	EXPECT_OK(sys_group_stat(group, &before));
	for (u32 i = 0; i < 20; i++) {
		handle_t process = {};
		handle_t signal = new_signal();
		handle_t there = {};

		EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("short"), &process));
		EXPECT_OK(sys_cap_grant(process, signal, ALL_RIGHTS, &there));
		EXPECT_OK(sys_process_watch(process, signal, 1));
		EXPECT_OK(sys_process_kill(process, 0));
		EXPECT_TRUE(signalled(signal, 1));
		drop(process);
		drop(signal);
	}
	for (u32 i = 0; i < 50; i++) {
		EXPECT_OK(sys_group_stat(group, &after));
		if (after.frames == before.frames && after.objects == before.objects && after.caps == before.caps)
			break;
		rt_sleep_until(in_a_moment());
	}
	EXPECT_NUMBER(before.frames, after.frames);
	EXPECT_NUMBER(before.objects, after.objects);
	EXPECT_NUMBER(before.caps, after.caps);
	drop(group);
}

static const struct test tests[] = {
	{ "an exit status is told", exit_status_is_told },
	{ "the last thread ends the process", last_thread_ends_the_process },
	{ "a killed process says so", killed_process_says_so },
	{ "one watcher at a time", one_watcher_at_a_time },
	{ "threads tell who waits for whom", threads_tell_who_waits_for_whom },
	{ "process stat describes it", stat_describes_it },
	{ "a process' name is bounded", name_is_bounded },
	{ "memory can be read with DEBUG", memory_can_be_read_with_debug },
	{ "the namespace of a process", namespace_of_a_process },
	{ "process_create checks what it is given", create_checks_what_it_is_given },
	{ "a namespace is shown with the rights given", namespace_is_shown_with_the_rights_given },
	{ "processes that are gone leave nothing", processes_leave_nothing },
};

void test_processes(struct span filter)
{
	RUN_TESTS(tests, filter);
}
