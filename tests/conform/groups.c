/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource groups: limits, accounts, destroying, enumerating.
 */
#include "lib/limits/limits.h"
#include "lib/spawn/spawn.h"
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

static struct group_stat stat_of(handle_t group)
{
	struct group_stat stat = {};

	EXPECT_OK(sys_group_stat(group, &stat));
	return stat;
}

static handle_t limited(const struct group_limits *limits)
{
	handle_t group = {};

	EXPECT_OK(sys_group_create(rt_group(), limits, span_text("limited"), &group));
	return group;
}

static void stat_tells_name_and_limits(void)
{
	struct group_limits limits = { .frames = 10, .objects = 11, .caps = 12, .threads = 13 };
	handle_t group = limited(&limits);
	struct group_stat stat = stat_of(group);

	EXPECT_NUMBER(10, stat.frames_limit);
	EXPECT_NUMBER(11, stat.objects_limit);
	EXPECT_NUMBER(12, stat.caps_limit);
	EXPECT_NUMBER(13, stat.threads_limit);
	EXPECT_TRUE(span_equal(span_until_zero(SPAN_OF_ARRAY(stat.name)), span_text("limited")));
	drop(group);
}

static void object_limit_holds(void)
{
	struct group_limits limits = { .objects = 3 };
	handle_t group = limited(&limits);
	handle_t signal[4] = {};
	u32 made = 0;
	enum status status = STATUS_OK;

	while (made < 4 && status == STATUS_OK) {
		status = sys_signal_create(group, ELEM(signal, made));
		made += status == STATUS_OK;
	}
	EXPECT(STATUS_OUT_OF_OBJECTS, status);
	EXPECT_NUMBER(3, made);
	EXPECT_NUMBER(3, stat_of(group).objects);
	while (made > 0)
		drop(*ELEM(signal, --made));
	drop(group);
}

static void limit_of_the_parent_counts(void)
{
	struct group_limits limits = { .objects = 2 };
	struct group_limits none = {};
	handle_t group = limited(&limits);
	handle_t inner = {};
	handle_t signal = {};
	handle_t second = {};

	EXPECT_OK(sys_group_create(group, &none, span_text("inner"), &inner));
	EXPECT_OK(sys_signal_create(inner, &signal));
	EXPECT(STATUS_OUT_OF_OBJECTS, sys_signal_create(inner, &second));
	drop(signal);
	drop(inner);
	drop(group);
}

static void frame_limit_makes_populate_stop(void)
{
	struct group_limits limits = { .frames = 8 };
	handle_t group = limited(&limits);
	handle_t memory = {};
	u64 address = 0;

	/* Frames are charged when they are touched. */
	EXPECT_OK(sys_memory_create(group, 64 << PAGE_SHIFT, &memory));
	EXPECT_OK(sys_map(rt_self(), memory, 0, 0, 64 << PAGE_SHIFT, MAP_READ | MAP_WRITE | MAP_POPULATE, &address));
	EXPECT_TRUE(stat_of(group).frames <= 8);
	EXPECT_OK(sys_unmap(rt_self(), address, 64 << PAGE_SHIFT));
	drop(memory);
	drop(group);
}

/* Copies for a process until there is no room. */
static u32 granted(handle_t process, handle_t handle)
{
	handle_t there = {};
	u32 count = 0;

	while (count < 10000 && sys_cap_grant(process, handle, ALL_RIGHTS, &there) == STATUS_OK)
		count++;
	EXPECT(STATUS_OUT_OF_CAPS, sys_cap_grant(process, handle, ALL_RIGHTS, &there));
	return count;
}

/* What a process holds that was revoked is in nobody's way, in a group beside or above it neither. */
static void revoked_capabilities_of_others_make_room(void)
{
	struct group_limits limits = { .caps = 2000 }, none = {};
	handle_t group = limited(&limits), inner = {}, holder = {}, other = {};
	handle_t signal = new_signal(), child = derived(signal, ALL_RIGHTS);

	EXPECT_OK(sys_group_create(group, &none, span_text("inner"), &inner));
	EXPECT_OK(sys_process_create(inner, handle_none(), handle_none(), span_text("holder"), &holder));
	EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("other"), &other));
	EXPECT_NUMBER(2000, granted(holder, child));
	EXPECT_NUMBER(0, granted(other, signal));
	EXPECT_OK(sys_cap_revoke(signal));
	EXPECT_NUMBER(2000, granted(other, signal));
	EXPECT_NUMBER(2000, stat_of(group).caps);
	drop(child);
	drop(signal);
	drop(other);
	drop(holder);
	drop(inner);
	drop(group);
}

/* ---- which limit refused ---- */

/* What is said of a refusal in the group, or in the process. */
static void expect_words(handle_t group, handle_t process, enum status refused, struct span expected)
{
	TEXT_BUFFER(words, 120);

	EXPECT_TRUE(limits_add(&words, (struct limits_of){ group, process }, refused) == (span_len(expected) != 0));
	check_text(expected, text_span(&words));
}

static void a_refusal_names_group_and_limit(void)
{
	struct group_limits limits = { .objects = 30, .caps = 200, .frames = 64 }, none = {};
	handle_t group = limited(&limits), inner = {}, holder = {}, signal = new_signal(), made[30] = {};
	handle_t nobody = handle_none();
	u32 count = 0;

	EXPECT_OK(sys_group_create(group, &none, span_text("inner"), &inner));
	EXPECT_OK(sys_process_create(inner, handle_none(), handle_none(), span_text("holder"), &holder));
	expect_words(inner, holder, STATUS_OUT_OF_CAPS, span_empty());
	EXPECT_NUMBER(200, granted(holder, signal));
	expect_words(inner, holder, STATUS_OUT_OF_CAPS, span_text("out of capabilities, group limited, limit 200"));
	expect_words(inner, holder, STATUS_OUT_OF_FRAMES, span_empty());
	expect_words(inner, holder, STATUS_TIMED_OUT, span_empty());
	while (count < ARRAY_LEN(made) && sys_signal_create(inner, ELEM(made, count)) == STATUS_OK)
		count++;
	EXPECT_TRUE(count > 0 && count < ARRAY_LEN(made));
	expect_words(inner, nobody, STATUS_OUT_OF_OBJECTS, span_text("out of objects, group limited, limit 30"));
	while (count > 0)
		drop(*ELEM(made, --count));
	limits.frames = 1;
	limits.threads = 1;
	EXPECT_OK(sys_group_set_limits(group, &limits));
	expect_words(inner, nobody, STATUS_OUT_OF_FRAMES, span_text("out of memory, group limited, limit 4 KiB"));
	expect_words(inner, nobody, STATUS_OUT_OF_THREADS, span_empty());
	drop(holder);
	drop(signal);
	drop(inner);
	drop(group);
}

/* However much its group may have. */
static void a_full_process_is_named(void)
{
	handle_t group = new_group(), holder = {}, signal = new_signal(), there = {};
	u32 count = 0;

	EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("holder"), &holder));
	while (count < 70000 && sys_cap_grant(holder, signal, ALL_RIGHTS, &there) == STATUS_OK)
		count++;
	EXPECT_NUMBER(65535, count);
	EXPECT(STATUS_OUT_OF_CAPS, sys_cap_grant(holder, signal, ALL_RIGHTS, &there));
	expect_words(group, holder, STATUS_OUT_OF_CAPS, span_text("out of capabilities, process holder, limit 65535"));
	EXPECT_OK(sys_process_kill(holder, 0));
	drop(holder);
	drop(signal);
	drop(group);
}

/* The loader is refused, and who asked is told by what. */
static void a_program_that_does_not_fit_says_by_which_limit(void)
{
	static struct spawn child;
	struct group_limits limits = { .objects = 2 };
	handle_t group = limited(&limits), process = {};

	spawn_begin(&child, rt_program());
	child.group = group;
	EXPECT(STATUS_OUT_OF_OBJECTS, spawn_start(&child, &process));
	struct span reason = spawn_reason(&child), words = span_text("out of objects, group limited, limit 2");

	check_text(words, span_from(reason, span_len(reason) - min_u64(span_len(words), span_len(reason))));
	drop(group);
}

static enum status start_in(const struct group_limits *limits)
{
	static struct spawn child;
	handle_t group = limited(limits), process = {};

	spawn_begin(&child, rt_program());
	child.group = group;
	enum status status = spawn_start(&child, &process);

	EXPECT_OK(sys_group_destroy(group));
	if (status == STATUS_OK)
		drop(process);
	drop(group);
	return status;
}

/* Wherever it is that something runs out, it is a status, for who starts it and for the loader. */
static void a_program_is_started_or_refused_with_any_limit(void)
{
	struct group_limits limits = { .frames = 1 };

	for (; start_in(&limits) == STATUS_OUT_OF_FRAMES; limits.frames++)
		;
	EXPECT_OK(start_in(&limits));
	for (limits.objects = 1; start_in(&limits) == STATUS_OUT_OF_OBJECTS; limits.objects++)
		;
	EXPECT_OK(start_in(&limits));
	for (limits.caps = 1; start_in(&limits) == STATUS_OUT_OF_CAPS; limits.caps++)
		;
	EXPECT_OK(start_in(&limits));
}

static void limits_can_be_changed(void)
{
	struct group_limits limits = { .objects = 1 };
	handle_t group = limited(&limits);
	handle_t first = {};
	handle_t second = {};

	EXPECT_OK(sys_signal_create(group, &first));
	EXPECT(STATUS_OUT_OF_OBJECTS, sys_signal_create(group, &second));
	limits.objects = 2;
	EXPECT_OK(sys_group_set_limits(group, &limits));
	EXPECT_OK(sys_signal_create(group, &second));
	drop(second);
	drop(first);
	drop(group);
}

static void priority_cannot_exceed_the_parent(void)
{
	struct group_limits limits = { .max_priority = 255 };
	struct group_limits low = { .max_priority = 10 };
	struct activity_params params = { .priority = 11 };
	handle_t group = limited(&low);
	handle_t made = {};

	EXPECT(STATUS_DENIED, sys_group_create(group, &limits, span_text("high"), &made));
	EXPECT(STATUS_DENIED, sys_activity_create(group, &params, &made));
	drop(group);
}

static void depth_is_limited(void)
{
	struct group_limits none = {};
	handle_t chain[64] = { new_group() };
	enum status status = STATUS_OK;
	u32 used = 1;

	while (used < ARRAY_LEN(chain) && status == STATUS_OK) {
		status = sys_group_create(*ELEM(chain, used - 1), &none, span_text("deep"), ELEM(chain, used));
		used += status == STATUS_OK;
	}
	EXPECT(STATUS_TOO_DEEP, status);
	while (used > 0)
		drop(*ELEM(chain, --used));
}

static void destroy_ends_all_inside(void)
{
	handle_t group = new_group();
	handle_t signal = new_signal();
	handle_t process = {};
	handle_t after = {};
	struct process_info info = {};

	EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("inside"), &process));
	EXPECT_OK(sys_process_watch(process, signal, 4));
	EXPECT_OK(sys_group_destroy(group));
	EXPECT_TRUE(signalled(signal, 4));
	EXPECT_OK(sys_process_stat(process, &info));
	EXPECT_NUMBER(EXIT_REASON_GROUP_DESTROYED, info.exit_reason);
	EXPECT(STATUS_DEAD, sys_signal_create(group, &after));
	drop(process);
	drop(signal);
	drop(group);
}

static void processes_are_enumerated(void)
{
	handle_t group = new_group();
	handle_t process = {};
	handle_t opened = {};
	struct process_info info = {};
	u64 id = 0;

	EXPECT(STATUS_NOT_FOUND, sys_group_next_process(group, 0, &info));
	EXPECT_OK(sys_process_create(group, handle_none(), handle_none(), span_text("counted"), &process));
	EXPECT_OK(sys_group_next_process(group, 0, &info));
	id = info.id;
	EXPECT_TRUE(span_equal(span_until_zero(SPAN_OF_ARRAY(info.name)), span_text("counted")));
	EXPECT(STATUS_NOT_FOUND, sys_group_next_process(group, id, &info));
	EXPECT_OK(sys_group_open_process(group, id, RIGHT_INSPECT, &opened));
	EXPECT_NUMBER(RIGHT_INSPECT, inspected(opened).rights);
	drop(opened);
	EXPECT(STATUS_NOT_FOUND, sys_group_open_process(group, id + 1000000, RIGHT_INSPECT, &opened));
	EXPECT(STATUS_NOT_FOUND, sys_group_open_process(group, 0, RIGHT_INSPECT, &opened));
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
	drop(group);
}

static void name_has_32_bytes_at_most(void)
{
	struct group_limits none = {};
	handle_t group = {};

	EXPECT(STATUS_TOO_LONG, sys_group_create(rt_group(), &none, span_text("123456789012345678901234567890123"), &group));
	EXPECT_OK(sys_group_create(rt_group(), &none, span_text("1234567890123456789012345678901"), &group));
	drop(group);
	EXPECT_OK(sys_group_create(rt_group(), &none, span_empty(), &group));
	drop(group);
}

static const struct test tests[] = {
	{ "group stat tells name and limits", stat_tells_name_and_limits },
	{ "an object limit holds", object_limit_holds },
	{ "the limit of the parent group counts", limit_of_the_parent_counts },
	{ "a frame limit makes populate stop", frame_limit_makes_populate_stop },
	{ "revoked capabilities of others make room", revoked_capabilities_of_others_make_room },
	{ "a refusal names group and limit", a_refusal_names_group_and_limit },
	{ "a full process is named", a_full_process_is_named },
	{ "a program that does not fit says by which limit", a_program_that_does_not_fit_says_by_which_limit },
	{ "a program is started or refused with any limit", a_program_is_started_or_refused_with_any_limit },
	{ "group limits can be changed", limits_can_be_changed },
	{ "priority cannot exceed the group's", priority_cannot_exceed_the_parent },
	{ "depth of groups is limited", depth_is_limited },
	{ "group destroy ends all inside", destroy_ends_all_inside },
	{ "processes of a group are enumerated", processes_are_enumerated },
	{ "a group's name has 32 bytes at most", name_has_32_bytes_at_most },
};

void test_groups(struct span filter)
{
	RUN_TESTS(tests, filter);
}
