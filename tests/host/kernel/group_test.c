/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource groups: charges go all the way up or nowhere, limits hold, destruction ends everything.
 */
#include "kernel/core/group/group.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/tests.h"

static u64 subgroup(u64 parent, const struct group_limits *limits)
{
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(*limits));
	return HANDLE(init, SYSCALL_GROUP_CREATE, parent, init->scratch, init->scratch, 0);
}

static struct group_stat stat_of(u64 group)
{
	const struct user *init = world_init();
	struct group_stat stat = {};

	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_STAT, group, init->scratch).status, STATUS_OK);
	user_get(init, 0, MSPAN_OF_STRUCT(stat));
	return stat;
}

static struct group *group_of(u64 handle)
{
	struct cap cap;
	enum status status = cap_read(world_init()->process, (handle_t){ (u32)handle }, &cap);

	INVARIANT(status == STATUS_OK, "TEST: no such group");
	return object_as_group(cap.object);
}

static void drop(u64 handle) { EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, handle).status, STATUS_OK); }

static void charges_reach_every_group_above(void)
{
	struct group_limits none = {};
	u64 outer = subgroup(world_group(), &none), inner = subgroup(outer, &none);

	EXPECT_STATUS(group_charge(group_of(inner), GROUP_FRAMES, 10), STATUS_OK);
	EXPECT_EQ(stat_of(inner).frames, 10);
	EXPECT_EQ(stat_of(outer).frames, 10);
	EXPECT_EQ(stat_of(world_group()).frames, 10);
	group_release(group_of(inner), GROUP_FRAMES, 10);
	EXPECT_EQ(stat_of(inner).frames, 0);
	EXPECT(stat_of(inner).frames_peak >= 10);
	EXPECT_EQ(stat_of(world_group()).frames, 0);
	drop(inner);
	drop(outer);
}

static void a_refused_charge_is_rolled_back_everywhere(void)
{
	struct group_limits tight = { .frames = 5, .objects = 3, .threads = 1 }, none = {};
	u64 outer = subgroup(world_group(), &tight), inner = subgroup(outer, &none);

	EXPECT_STATUS(group_charge(group_of(inner), GROUP_FRAMES, 6), STATUS_OUT_OF_FRAMES);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_OBJECTS, 3), STATUS_OUT_OF_OBJECTS); /* inner itself is one */
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 2), STATUS_OUT_OF_THREADS);
	EXPECT_EQ(stat_of(inner).frames, 0);
	EXPECT_EQ(stat_of(outer).frames, 0);
	EXPECT_EQ(stat_of(inner).objects, 0);
	EXPECT_EQ(stat_of(outer).objects, 1);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_FRAMES, 5), STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_FRAMES, 1), STATUS_OUT_OF_FRAMES);
	group_release(group_of(inner), GROUP_FRAMES, 5);
	drop(inner);
	drop(outer);
}

/* What a group has ready is given back before another is refused: limits are exact. */
static void what_lies_ready_is_nobodys_limit(void)
{
	enum : u64 { LIMIT = 40 };
	struct group_limits limits = { .threads = LIMIT }, none = {};
	u64 outer = subgroup(world_group(), &limits), one = subgroup(outer, &none), other = subgroup(one, &none);

	EXPECT_STATUS(group_charge(group_of(one), GROUP_THREADS, 1), STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(other), GROUP_THREADS, 1), STATUS_OK);
	EXPECT_EQ(stat_of(outer).threads, 2);
	EXPECT_EQ(stat_of(one).threads, 2);
	for (u32 i = 2; i < LIMIT; i++)
		EXPECT_STATUS(group_charge(group_of(outer), GROUP_THREADS, 1), STATUS_OK);
	EXPECT_EQ(stat_of(outer).threads, LIMIT);
	EXPECT_STATUS(group_charge(group_of(outer), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	EXPECT_STATUS(group_charge(group_of(other), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	group_release(group_of(one), GROUP_THREADS, 1);
	EXPECT_STATUS(group_charge(group_of(other), GROUP_THREADS, 1), STATUS_OK);
	group_release(group_of(other), GROUP_THREADS, 2);
	for (u32 i = 2; i < LIMIT; i++)
		group_release(group_of(outer), GROUP_THREADS, 1);
	EXPECT_EQ(stat_of(outer).threads, 0);
	drop(other);
	drop(one);
	drop(outer);
}

/* A limit that falls binds at once, also what was ready, and what is given back afterwards. */
static void a_lower_limit_binds_what_was_ready(void)
{
	struct group_limits limits = { .threads = 100 }, lower = { .threads = 3 }, none = {};
	u64 outer = subgroup(world_group(), &limits), inner = subgroup(outer, &none);
	const struct user *init = world_init();

	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OK);
	for (u32 i = 1; i < 5; i++)
		EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OK);
	user_put(init, 0, SPAN_OF_STRUCT(lower));
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_SET_LIMITS, outer, init->scratch).status, STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	group_release(group_of(inner), GROUP_THREADS, 1);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	group_release(group_of(inner), GROUP_THREADS, 2);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	group_release(group_of(inner), GROUP_THREADS, 3);
	EXPECT_EQ(stat_of(outer).threads, 0);
	drop(inner);
	drop(outer);
}

/* What is found about one account says nothing of what is ready in the others. */
static void a_lower_limit_binds_whatever_else_is_charged(void)
{
	struct group_limits none = {}, lower = { .threads = 2 };
	u64 outer = subgroup(world_group(), &none), inner = subgroup(outer, &none);
	const struct user *init = world_init();

	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 2), STATUS_OK);
	user_put(init, 0, SPAN_OF_STRUCT(lower));
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_SET_LIMITS, outer, init->scratch).status, STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_OBJECTS, 1), STATUS_OK);
	EXPECT_STATUS(group_charge(group_of(inner), GROUP_THREADS, 1), STATUS_OUT_OF_THREADS);
	group_release(group_of(inner), GROUP_OBJECTS, 1);
	group_release(group_of(inner), GROUP_THREADS, 2);
	EXPECT_EQ(stat_of(outer).threads, 0);
	drop(inner);
	drop(outer);
}

static void a_destroyed_group_is_charged_nothing_that_was_ready(void)
{
	struct group_limits none = {};
	u64 outer = subgroup(world_group(), &none), inner = subgroup(outer, &none);
	struct group *group = group_of(inner);

	EXPECT_STATUS(group_charge(group, GROUP_CAPS, 1), STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, outer).status, STATUS_OK);
	EXPECT_STATUS(group_charge(group, GROUP_CAPS, 1), STATUS_DEAD);
	group_release(group, GROUP_CAPS, 1);
	drop(inner);
	drop(outer);
}

static void limits_bind_processes(void)
{
	const struct user *init = world_init();
	struct group_limits few = { .threads = 2 };
	u64 small = subgroup(world_group(), &few);
	struct user user = user_new_in(small), second = user_thread(&user);
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

	user_put(init, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_CREATE, user.process_handle, init->scratch, 0).status, STATUS_OUT_OF_THREADS);
	EXPECT_STATUS(CALL(&second, SYSCALL_THREAD_EXIT).status, SYSCALL_THREAD_EXIT); /* never returns */
	EXPECT_EQ(stat_of(small).threads, 1); /* at once, though it is named still */
	drop(second.thread_handle);
	world_settle();
	EXPECT_EQ(stat_of(small).threads, 1);
	user_end(&user);
	EXPECT_EQ(stat_of(small).objects, 0);
	EXPECT_EQ(stat_of(small).frames, 0);
	EXPECT_EQ(stat_of(small).caps, 0);
	drop(small);
}

/* Whatever the limit of frames, making a process either works or leaves nothing behind. */
static void a_process_is_made_whole_or_not_at_all(void)
{
	const struct user *init = world_init();

	for (u64 frames = 1; frames < 12; frames++) {
		struct group_limits limits = { .frames = frames, .objects = frames };
		u64 small = subgroup(world_group(), &limits);
		struct answer made = CALL(init, SYSCALL_PROCESS_CREATE, small, 0, 0, init->scratch, 0);

		if (made.status == STATUS_OK) {
			struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

			user_put(init, 0, SPAN_OF_STRUCT(start));
			struct answer thread = CALL(init, SYSCALL_THREAD_CREATE, made.value, init->scratch, 0);

			if (thread.status == STATUS_OK)
				drop(thread.value);
			EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, made.value, 0).status, STATUS_OK);
			drop(made.value);
		}
		world_settle();
		EXPECT_EQ(stat_of(small).frames, 0);
		EXPECT_EQ(stat_of(small).objects, 0);
		EXPECT_EQ(stat_of(small).threads, 0);
		drop(small);
	}
}

static void the_tree_is_at_most_so_deep(void)
{
	const struct user *init = world_init();
	struct group_limits none = {};
	u64 handle[GROUP_DEPTH_MAX];
	u32 made = 0;
	u64 at = world_group();

	user_put(init, 0, SPAN_OF_STRUCT(none));
	for (; made < GROUP_DEPTH_MAX; made++) {
		struct answer answer = CALL(init, SYSCALL_GROUP_CREATE, at, init->scratch, init->scratch, 0);

		if (answer.status != STATUS_OK) {
			EXPECT_STATUS(answer.status, STATUS_TOO_DEEP);
			break;
		}
		at = answer.value;
		*ELEM(handle, made) = at;
	}
	EXPECT_EQ(made, GROUP_DEPTH_MAX - 2);
	for (u32 i = 0; i < made; i++)
		drop(*ELEM(handle, i));
}

static void priorities_are_limited_downwards(void)
{
	const struct user *init = world_init();
	struct group_limits low = { .max_priority = 50 }, high = { .max_priority = 51 };
	u64 small = subgroup(world_group(), &low);

	user_put(init, 0, SPAN_OF_STRUCT(high));
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_CREATE, small, init->scratch, init->scratch, 0).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_SET_LIMITS, small, init->scratch).status, STATUS_DENIED);
	struct activity_params params = { .priority = 51 };

	user_put(init, 0, SPAN_OF_STRUCT(params));
	EXPECT_STATUS(CALL(init, SYSCALL_ACTIVITY_CREATE, small, init->scratch).status, STATUS_DENIED);
	params.priority = 50;
	user_put(init, 0, SPAN_OF_STRUCT(params));
	drop(HANDLE(init, SYSCALL_ACTIVITY_CREATE, small, init->scratch));
	drop(small);
}

static void destroying_a_group_ends_what_is_inside_and_refuses_more(void)
{
	const struct user *init = world_init();
	struct group_limits none = {};
	u64 outer = subgroup(world_group(), &none), inner = subgroup(outer, &none);
	struct user a = user_new_in(outer), b = user_new_in(inner), c = user_thread(&b), outside = user_new();

	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_DESTROY, outer).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&a) && user_ended(&b) && user_ended(&c));
	EXPECT(!user_ended(&outside));
	EXPECT_STATUS(CALL(init, SYSCALL_SIGNAL_CREATE, inner).status, STATUS_DEAD);
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_CREATE, outer, 0, 0, init->scratch, 0).status, STATUS_DEAD);
	drop(c.thread_handle);
	drop(inner);
	drop(outer);
	user_end(&a);
	user_end(&b);
	user_end(&outside);
}

static void processes_are_listed_in_order_of_their_ids(void)
{
	const struct user *init = world_init();
	struct group_limits none = {};
	u64 inner = subgroup(world_group(), &none);
	struct user a = user_new(), b = user_new_in(inner), c = user_new();
	u64 expected[] = { a.process->object.id, b.process->object.id, c.process->object.id };
	u64 after = 0;

	for (u32 i = 0; i < ARRAY_LEN(expected); i++) {
		struct process_info info = {};

		EXPECT_STATUS(CALL(init, SYSCALL_GROUP_NEXT_PROCESS, world_group(), after, init->scratch).status, STATUS_OK);
		user_get(init, 0, MSPAN_OF_STRUCT(info));
		EXPECT_EQ(info.id, *ELEM(expected, i));
		after = info.id;
	}
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_NEXT_PROCESS, world_group(), after, init->scratch).status, STATUS_NOT_FOUND);
	u64 found = HANDLE(init, SYSCALL_GROUP_OPEN_PROCESS, world_group(), expected[1], RIGHT_INSPECT);

	EXPECT_EQ(object_id(init, found), expected[1]);
	EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, found, 0).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_OPEN_PROCESS, inner, expected[0], 0xffff).status, STATUS_NOT_FOUND);
	drop(found);
	drop(inner);
}

/* A process at a time, if interrupts come; whoever is inside himself does not give way. */
static void destroying_gives_way(void)
{
	struct group_limits none = {};

	for (u32 inside = 0; inside < 2; inside++) {
		u64 group = subgroup(world_group(), &none);
		struct user users[4], outer = user_new();

		for (u32 i = 0; i < ARRAY_LEN(users); i++)
			*ELEM(users, i) = user_new_in(group);
		const struct user *by = inside != 0 ? ELEM(users, 1) : &outer;
		u64 theirs = give_to(by, group, U32_MAX);

		fake_interrupt_every(1);
		struct answer done = CALL(by, SYSCALL_GROUP_DESTROY, theirs);

		fake_interrupt_every(0);
		EXPECT(inside != 0 || (done.status == STATUS_OK && done.parts > 3));
		world_settle();
		for (u32 i = 0; i < ARRAY_LEN(users); i++)
			EXPECT(user_ended(ELEM(users, i)));
	}
}

void group_tests(void)
{
	RUN(destroying_gives_way);
	RUN(charges_reach_every_group_above);
	RUN(a_refused_charge_is_rolled_back_everywhere);
	RUN(what_lies_ready_is_nobodys_limit);
	RUN(a_lower_limit_binds_what_was_ready);
	RUN(a_lower_limit_binds_whatever_else_is_charged);
	RUN(a_destroyed_group_is_charged_nothing_that_was_ready);
	RUN(limits_bind_processes);
	RUN(a_process_is_made_whole_or_not_at_all);
	RUN(the_tree_is_at_most_so_deep);
	RUN(priorities_are_limited_downwards);
	RUN(destroying_a_group_ends_what_is_inside_and_refuses_more);
	RUN(processes_are_listed_in_order_of_their_ids);
}
