/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of charges: whoever makes something stands still at each of its switch points, and meanwhile others make
 * something in the same group, its limit falls, or what it has ready is asked for.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/cap/cap.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/race.h"

enum : u64 { HERE = 20 };

struct group_race {
	struct user one, other;
	u64 outer, inner, beside; /* in init */
	u64 shared;               /* the inner group, in both */
};

static struct group *group_of(u64 handle)
{
	struct cap cap;
	enum status status = cap_read(world_init()->process, (handle_t){ (u32)handle }, &cap);

	INVARIANT(status == STATUS_OK, "TEST: no such group");
	return object_as_group(cap.object);
}

static u64 subgroup(u64 parent)
{
	struct group_limits none = {};
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(none));
	return HANDLE(init, SYSCALL_GROUP_CREATE, parent, init->scratch, init->scratch, 0);
}

/* Objects that are used: asked for by an entry, as others may be in the kernel. */
static u64 used(u64 group)
{
	struct group_stat stat = {};
	const struct user *init = world_init();

	EXPECT_STATUS(CALL(init, SYSCALL_GROUP_STAT, group, init->scratch).status, STATUS_OK);
	user_get(init, 0, MSPAN_OF_STRUCT(stat));
	return stat.objects;
}

/* So many objects more than there are. */
static void limit(u64 group, u64 more)
{
	struct group_limits limits = { .objects = used(group) + more };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_SET_LIMITS, group, world_init()->scratch).status, STATUS_OK);
}

/* Two threads, and an inner group that has nothing ready; a group beside it has. So much more may be made. */
static struct group_race begin(u64 room)
{
	struct group_race race = { .one = user_new() };

	race.other = user_thread(&race.one);
	race.outer = subgroup(world_group());
	race.inner = subgroup(race.outer);
	race.shared = give_to(&race.one, race.inner, COPY_ALL);
	EXPECT_STATUS(group_charge(group_of(race.inner), GROUP_OBJECTS, HERE), STATUS_OK);
	race.beside = subgroup(race.outer);
	EXPECT_STATUS(group_charge(group_of(race.beside), GROUP_OBJECTS, 1), STATUS_OK);
	limit(race.outer, room);
	return race;
}

static void end(const struct group_race *race)
{
	group_release(group_of(race->inner), GROUP_OBJECTS, HERE);
	group_release(group_of(race->beside), GROUP_OBJECTS, 1);
}

static u64 make(const struct user *user, u64 group) { return CALL(user, SYSCALL_SIGNAL_CREATE, group).status; }

/* The first makes something, held somewhere in it. */
static void one_makes(const struct group_race *race)
{
	race_hold(cpu_of(&race->one));
	(void)make(&race->one, race->shared);
}

/* Room for two is room for two, however the second comes between what the first does. */
static void nobody_is_refused_while_there_is_room(void)
{
	EACH_POINT() {
		struct group_race race = begin(2);
		u64 before = used(race.outer);

		one_makes(&race);
		EXPECT_STATUS(make(&race.other, race.shared), STATUS_OK);
		race_go_on();
		EXPECT_STATUS(user_answer(&race.one).status, STATUS_OK);
		EXPECT_EQ(used(race.outer), before + 2);
		EXPECT_STATUS(make(&race.other, race.shared), STATUS_OUT_OF_OBJECTS);
		end(&race);
	}
}

/* Room for one is room for one. */
static void one_of_two_gets_the_last(void)
{
	EACH_POINT() {
		struct group_race race = begin(1);
		u64 before = used(race.outer);

		one_makes(&race);
		u64 others = make(&race.other, race.shared);

		race_go_on();
		EXPECT((user_answer(&race.one).status == STATUS_OK) != (others == STATUS_OK));
		EXPECT_EQ(used(race.outer), before + 1);
		end(&race);
	}
}

/* Once a limit has fallen nothing more is charged, whatever a charge that was under way has left ready. */
static void a_limit_falls_during_a_charge(void)
{
	EACH_POINT() {
		struct group_race race = begin(1000);

		one_makes(&race);
		limit(race.outer, 0);
		race_go_on();
		EXPECT_STATUS(make(&race.other, race.shared), STATUS_OUT_OF_OBJECTS);
		end(&race);
	}
}

static void a_group_is_destroyed_during_a_charge(void)
{
	EACH_POINT() {
		struct group_race race = begin(1000);

		one_makes(&race);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, race.outer).status, STATUS_OK);
		race_go_on();
		EXPECT_STATUS(make(&race.other, race.shared), STATUS_DEAD);
		end(&race);
	}
}

/* What is made in a group as it is destroyed dies with it, or is not made. */
static void a_group_is_destroyed_as_one_is_made_in_it(void)
{
	EACH_POINT() {
		struct group_race race = begin(1000);
		struct group_limits none = {};

		user_put(&race.one, 0, SPAN_OF_STRUCT(none));
		race_hold(cpu_of(&race.one));
		(void)CALL(&race.one, SYSCALL_GROUP_CREATE, race.shared, race.one.scratch, race.one.scratch, 0);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, race.outer).status, STATUS_OK);
		race_go_on();
		struct answer made = user_answer(&race.one);

		if (made.status == STATUS_OK)
			EXPECT_STATUS(make(&race.one, made.value), STATUS_DEAD);
		else
			EXPECT_STATUS(made.status, STATUS_DEAD);
		LIST_EACH (below, &group_of(race.inner)->children, struct group, sibling)
			EXPECT(below->object.dead);
		end(&race);
	}
}

static void a_group_is_destroyed_as_a_process_is_made_in_it(void)
{
	EACH_POINT() {
		struct group_race race = begin(1000);

		race_hold(cpu_of(&race.one));
		(void)CALL(&race.one, SYSCALL_PROCESS_CREATE, race.shared, 0, 0, race.one.scratch, 0);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, race.outer).status, STATUS_OK);
		race_go_on();
		struct answer made = user_answer(&race.one);
		struct thread_start start = { .entry = HAL_USER_BASE, .stack = HAL_USER_BASE };

		user_put(&race.one, 0, SPAN_OF_STRUCT(start));
		if (made.status == STATUS_OK)
			EXPECT_STATUS(CALL(&race.one, SYSCALL_THREAD_CREATE, made.value, race.one.scratch, 0).status, STATUS_DEAD);
		else
			EXPECT_STATUS(made.status, STATUS_DEAD);
		end(&race);
	}
}

/* ---- ends ---- */

/* Something of init that only the thread's process is left with. */
static u64 hand_over(const struct user *to, u64 handle)
{
	u64 there = give_to(to, handle, COPY_ALL);

	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, handle).status, STATUS_OK);
	return there;
}

/* The last capability to the group goes while a thread makes something in it. */
static void a_group_ends_during_a_charge(void)
{
	EACH_POINT() {
		struct user one = user_new(), other = user_thread(&one);
		u64 group = hand_over(&one, subgroup(world_group()));

		(void)cpu_of(&other);
		race_hold(cpu_of(&one));
		(void)CALL(&one, SYSCALL_ENDPOINT_CREATE, group, 4);
		EXPECT_STATUS(CALL(&other, SYSCALL_CAP_DROP, group).status, STATUS_OK);
		race_go_on();
	}
}

/* The last capability to the activity goes while a thread gives it other parameters. */
static void an_activity_ends_while_it_is_set(void)
{
	EACH_POINT() {
		struct activity_params params = { .priority = 20, .budget_ns = 2000000, .period_ns = 20000000 }, none = {};
		struct user one = user_new(), other = user_thread(&one);
		const struct user *init = world_init();

		user_put(init, 0, SPAN_OF_STRUCT(params));
		u64 activity = hand_over(&one, HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch));

		user_put(&one, 0, SPAN_OF_STRUCT(none));
		(void)cpu_of(&other);
		race_hold(cpu_of(&one));
		(void)CALL(&one, SYSCALL_ACTIVITY_SET, activity, one.scratch);
		EXPECT_STATUS(CALL(&other, SYSCALL_CAP_DROP, activity).status, STATUS_OK);
		race_go_on();
	}
}

void race_group_tests(void)
{
	RUN(nobody_is_refused_while_there_is_room);
	RUN(one_of_two_gets_the_last);
	RUN(a_limit_falls_during_a_charge);
	RUN(a_group_is_destroyed_during_a_charge);
	RUN(a_group_is_destroyed_as_one_is_made_in_it);
	RUN(a_group_is_destroyed_as_a_process_is_made_in_it);
	RUN(a_group_ends_during_a_charge);
	RUN(an_activity_ends_while_it_is_set);
}
