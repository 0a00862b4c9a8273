/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of the machine, and the event rings.
 */
#include "lib/rt/memory.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"
#include "abi/events.h"

static handle_t machine(void) { return rt_handle(span_text("machine")); }
static handle_t trace(void) { return rt_handle(span_text("trace")); }

static void stat_makes_sense(void)
{
	struct machine_stat stat = {};

	EXPECT_OK(sys_machine_stat(machine(), &stat));
	EXPECT_TRUE(stat.cpus >= 1 && stat.cpus <= 64);
	EXPECT_NUMBER(PAGE_BYTES, stat.page_bytes);
	EXPECT_TRUE(stat.frames_total > 0 && stat.frames_free <= stat.frames_total);
	EXPECT_TRUE(stat.kernel_image_bytes > 0);
}

static void power_needs_its_right(void)
{
	EXPECT(STATUS_DENIED, sys_machine_power(machine(), POWER_ACTION_OFF));
}

static void every_cpu_has_a_ring(void)
{
	struct machine_stat stat = {};

	EXPECT_OK(sys_machine_stat(machine(), &stat));
	for (u32 cpu = 0; cpu < stat.cpus; cpu++) {
		handle_t ring = {};

		EXPECT_OK(sys_trace_ring(trace(), cpu, &ring));
		EXPECT_NUMBER(OBJECT_MEMORY, inspected(ring).type);
		EXPECT_NUMBER(0, inspected(ring).rights & (MEMORY_RIGHT_WRITE | MEMORY_RIGHT_EXECUTE));
		drop(ring);
	}
	handle_t none = {};

	EXPECT(STATUS_RANGE, sys_trace_ring(trace(), stat.cpus, &none));
}

static void ring_is_read_only(void)
{
	handle_t ring = {};
	u64 address = 0;

	EXPECT_OK(sys_trace_ring(trace(), 0, &ring));
	EXPECT(STATUS_DENIED, sys_map(rt_self(), ring, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &address));
	drop(ring);
}

static u64 records_written(handle_t ring)
{
	pages_t pages = {};

	EXPECT_OK(rt_pages_map(ring, 0, PAGE_BYTES, MAP_READ, &pages));
	u64 written = span_le64(rt_pages_span(pages), 8);

	rt_pages_release(pages);
	return written;
}

static void events_are_recorded(void)
{
	struct machine_stat stat = {};
	u64 before = 0;
	u64 after = 0;
	handle_t ring = {};

	EXPECT_OK(sys_machine_stat(machine(), &stat));
	for (u32 pass = 0; pass < 2; pass++) {
		u64 sum = 0;

		for (u32 cpu = 0; cpu < stat.cpus; cpu++) {
			EXPECT_OK(sys_trace_ring(trace(), cpu, &ring));
			sum += records_written(ring);
			drop(ring);
		}
		if (pass == 0) {
			before = sum;
			EXPECT_OK(sys_trace_control(trace(), EVENT_CLASSES_ALL));
			for (u32 i = 0; i < 10; i++)
				(void)sys_null();
			EXPECT_OK(sys_trace_control(trace(), EVENT_CLASS_LIFE | EVENT_CLASS_FAULT));
		}
		after = sum;
	}
	EXPECT_TRUE(after >= before + 20);
}

static void classes_are_checked(void)
{
	EXPECT(STATUS_INVALID, sys_trace_control(trace(), 1ull << 40));
}

static const struct test tests[] = {
	{ "machine stat makes sense", stat_makes_sense },
	{ "power needs its right", power_needs_its_right },
	{ "every CPU has an event ring", every_cpu_has_a_ring },
	{ "an event ring is read-only", ring_is_read_only },
	{ "events are recorded", events_are_recorded },
	{ "event classes are checked", classes_are_checked },
};

void test_machine(struct span filter)
{
	RUN_TESTS(tests, filter);
}
