/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of the machine, and the event rings.
 */
#include "lib/rt/memory.h"
#include "lib/trace/reader.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"
#include "abi/events.h"
#include "abi/syscalls.h"

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

static void nodes_add_up(void)
{
	struct machine_stat stat = {};
	u64 total = 0, cpus = 0;

	EXPECT_OK(sys_machine_stat(machine(), &stat));
	for (u32 node = 0; node < ARRAY_LEN(stat.node_cpus); node++) {
		EXPECT_TRUE(stat.node_frames_free[node] <= stat.node_frames_total[node]);
		EXPECT_NUMBER(0, cpus & stat.node_cpus[node]);
		total += stat.node_frames_total[node];
		cpus |= stat.node_cpus[node];
	}
	EXPECT_NUMBER(stat.frames_total, total);
	EXPECT_NUMBER((1ull << stat.cpus) - 1, cpus);
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

/* Whether the kernel can read a path there, which none of a ring's words is. */
static bool is_mapped(u64 address)
{
	handle_t names = new_names();
	struct any_call call = { .number = SYSCALL_NS_LOOKUP, .argument = { names.v, address, 8 } };
	u64 status = any_call(&call).status;

	drop(names);
	EXPECT_TRUE(status == STATUS_INVALID || status == STATUS_BAD_ADDRESS);
	return status == STATUS_INVALID;
}

/* What was asked for by a capability that somebody else has lent, here a child of one's own. */
static void a_mapped_ring_goes_with_the_trace_capability(void)
{
	handle_t own = derived(trace(), ALL_RIGHTS), lent = derived(own, ALL_RIGHTS), ring = {}, none = {};
	u64 address = 0;

	EXPECT_OK(sys_trace_ring(lent, 0, &ring));
	EXPECT_OK(sys_map(rt_self(), ring, 0, 0, PAGE_BYTES, MAP_READ, &address));
	EXPECT_TRUE(is_mapped(address));
	EXPECT_OK(sys_cap_revoke(own));
	EXPECT_TRUE(!is_mapped(address));
	EXPECT(STATUS_REVOKED, sys_map(rt_self(), ring, 0, 0, PAGE_BYTES, MAP_READ, &address));
	EXPECT(STATUS_REVOKED, sys_trace_ring(lent, 0, &none));
	drop(ring);
	drop(lent);
	drop(own);
}

static void the_reader_that_is_told_goes_with_the_trace_capability(void)
{
	handle_t own = derived(trace(), ALL_RIGHTS), lent = derived(own, ALL_RIGHTS), signal = new_signal();
	u64 before = 0;

	EXPECT_OK(sys_trace_control(lent, EVENT_CLASS_CAP, 0, signal, 1, &before));
	EXPECT_OK(sys_cap_revoke(own));
	EXPECT_OK(sys_trace_control(trace(), EVENT_CLASS_LIFE | EVENT_CLASS_FAULT, 0, handle_none(), 0, &before));
	EXPECT_NUMBER(EVENT_CLASS_LIFE | EVENT_CLASS_FAULT, before);
	drop(signal);
	drop(lent);
	drop(own);
}

/* ---- what is recorded ---- */

enum : u32 { RINGS_MAX = 64, NULL_CALLS = 10 };
enum : u64 { CLASSES_AT_BOOT = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT };

struct rings {
	u32 count;
	pages_t pages[RINGS_MAX];
	struct trace_reader reader[RINGS_MAX];
};

static struct rings rings;
static struct event_packet packet;

static void open_rings(void)
{
	handle_t ring = {};

	for (rings.count = 0; sys_trace_ring(trace(), rings.count, &ring) == STATUS_OK; rings.count++) {
		pages_t *pages = ELEM(rings.pages, rings.count);

		EXPECT_OK(rt_pages_map(ring, 0, inspected(ring).count << PAGE_SHIFT, MAP_READ, pages));
		*ELEM(rings.reader, rings.count) = trace_reader_at_end(rt_pages_span(*pages), 0);
		drop(ring);
	}
}

/* Null calls that were recorded since the rings were opened, beginnings and ends; closes them. */
static u64 null_calls_recorded(void)
{
	u64 found = 0;

	for (u32 cpu = 0; cpu < rings.count; cpu++) {
		pages_t pages = *ELEM(rings.pages, cpu);
		u64 count;

		while ((count = trace_reader_take(ELEM(rings.reader, cpu), rt_pages_span(pages), false, &packet)) > 0)
			for (usize i = 0; i < count; i++) {
				const struct event_record *record = ELEM(packet.record, i);
				bool call = record->id == EVENT_SYSCALL_ENTER || record->id == EVENT_SYSCALL_EXIT;

				found += call && record->field[0] == SYSCALL_NULL;
			}
		rt_pages_release(pages);
	}
	return found;
}

static u64 recorded_with(u64 classes, u64 group)
{
	u64 before = 0;

	open_rings();
	EXPECT_OK(sys_trace_control(trace(), classes, group, handle_none(), 0, &before));
	EXPECT_NUMBER(CLASSES_AT_BOOT, before);
	for (u32 i = 0; i < NULL_CALLS; i++)
		(void)sys_null();
	EXPECT_OK(sys_trace_control(trace(), CLASSES_AT_BOOT, 0, handle_none(), 0, &before));
	EXPECT_NUMBER(classes, before);
	return null_calls_recorded();
}

static void events_are_recorded(void)
{
	EXPECT_NUMBER(2ull * NULL_CALLS, recorded_with(EVENT_CLASSES_ALL, 0));
}

static void only_the_classes_asked_for_are_recorded(void)
{
	EXPECT_NUMBER(2ull * NULL_CALLS, recorded_with(EVENT_CLASS_SYSCALL, 0));
	EXPECT_NUMBER(0, recorded_with(EVENT_CLASSES_ALL & ~EVENT_CLASS_SYSCALL, 0));
}

/* This process is in its group, and not in a new one. */
static void only_the_group_asked_for_is_recorded(void)
{
	struct group_limits limits = {};
	struct group_stat stat = {};
	handle_t other = {};

	EXPECT_OK(sys_group_stat(rt_group(), &stat));
	EXPECT_NUMBER(2ull * NULL_CALLS, recorded_with(EVENT_CLASSES_ALL, stat.id));
	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("other"), &other));
	EXPECT_OK(sys_group_stat(other, &stat));
	EXPECT_NUMBER(0, recorded_with(EVENT_CLASSES_ALL, stat.id));
	drop(other);
}

/* A packet has 63 records, and a null call makes two. */
static void a_reader_is_told_and_its_end_ends_recording(void)
{
	enum : u64 { BIT = 4 };
	handle_t signal = {};
	u64 bits = 0, before = 0;

	EXPECT_OK(sys_signal_create(rt_group(), &signal));
	EXPECT_OK(sys_trace_control(trace(), EVENT_CLASS_SYSCALL, 0, signal, BIT, &before));
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)sys_null();
	EXPECT_OK(sys_signal_wait(signal, BIT, RT_FOREVER, &bits));
	drop(signal);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)sys_null();
	EXPECT_OK(sys_trace_control(trace(), CLASSES_AT_BOOT, 0, handle_none(), 0, &before));
	EXPECT_NUMBER(CLASSES_AT_BOOT, before);
}

static void control_is_checked(void)
{
	u64 before = 0;

	EXPECT(STATUS_INVALID, sys_trace_control(trace(), 1ull << 40, 0, handle_none(), 0, &before));
}

static const struct test tests[] = {
	{ "machine stat makes sense", stat_makes_sense },
	{ "nodes add up to the machine", nodes_add_up },
	{ "power needs its right", power_needs_its_right },
	{ "every CPU has an event ring", every_cpu_has_a_ring },
	{ "an event ring is read-only", ring_is_read_only },
	{ "a mapped ring goes with the trace capability", a_mapped_ring_goes_with_the_trace_capability },
	{ "the reader that is told goes with the trace capability", the_reader_that_is_told_goes_with_the_trace_capability },
	{ "events are recorded", events_are_recorded },
	{ "only the classes asked for are recorded", only_the_classes_asked_for_are_recorded },
	{ "only the group asked for is recorded", only_the_group_asked_for_is_recorded },
	{ "a reader is told, and its end ends recording", a_reader_is_told_and_its_end_ends_recording },
	{ "what is asked of the recorder is checked", control_is_checked },
};

void test_machine(struct span filter)
{
	RUN_TESTS(tests, filter);
}
