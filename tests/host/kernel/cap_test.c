/* SPDX-License-Identifier: Apache-2.0
 *
 * Capabilities: derivation, revocation, handles that never come back, limits.
 */
#include "kernel/core/cap/cap.h"
#include "tests/host/kernel/tests.h"

static struct answer inspect(const struct user *user, u64 handle)
{
	return CALL(user, SYSCALL_CAP_INSPECT, handle, user->scratch);
}

static struct cap_info info_of(const struct user *user, u64 handle)
{
	struct cap_info info = {};

	EXPECT_STATUS(inspect(user, handle).status, STATUS_OK);
	user_get(user, 0, MSPAN_OF_STRUCT(info));
	return info;
}

static u64 derive(const struct user *user, u64 parent, u32 rights, u64 value, u64 count)
{
	return HANDLE(user, SYSCALL_CAP_DERIVE, parent, rights, value, count);
}

static enum status derive_fails(const struct user *user, u64 parent, u32 rights, u64 value, u64 count)
{
	return (enum status)CALL(user, SYSCALL_CAP_DERIVE, parent, rights, value, count).status;
}

/* A user with the right to create in the test's group. */
static struct user worker(u64 *own_group)
{
	struct user user = user_new();

	*own_group = give_to(&user, world_group(), COPY_ALL);
	return user;
}

static void derived_rights_never_grow(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 endpoint = HANDLE(&user, SYSCALL_ENDPOINT_CREATE, group, 0);
	u32 few = RIGHT_DUPLICATE | ENDPOINT_RIGHT_SEND;
	u64 child = derive(&user, endpoint, few, 0, 0);
	u64 grandchild = derive(&user, child, COPY_ALL, 0, 0);

	EXPECT_EQ(info_of(&user, child).rights, few);
	EXPECT_EQ(info_of(&user, grandchild).rights, few);
	EXPECT_EQ(info_of(&user, grandchild).depth, 2);
	EXPECT_EQ(info_of(&user, grandchild).object_id, 0); /* without INSPECT */
	EXPECT_EQ(object_id(&user, grandchild), object_id(&user, endpoint));
	u64 bare = derive(&user, endpoint, ENDPOINT_RIGHT_SEND, 0, 0);

	EXPECT_STATUS(derive_fails(&user, bare, COPY_ALL, 0, 0), STATUS_DENIED);
}

static void badges_are_given_once(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 endpoint = HANDLE(&user, SYSCALL_ENDPOINT_CREATE, group, 0);
	u64 badged = derive(&user, endpoint, COPY_ALL, 77, 0);
	u64 same = derive(&user, badged, COPY_ALL, 0, 0);

	EXPECT_EQ(info_of(&user, badged).value, 77);
	EXPECT_EQ(info_of(&user, same).value, 77);
	EXPECT_STATUS(derive_fails(&user, badged, COPY_ALL, 78, 0), STATUS_DENIED);
	u64 plain = derive(&user, endpoint, COPY_ALL & ~ENDPOINT_RIGHT_BADGE, 0, 0);

	EXPECT_STATUS(derive_fails(&user, plain, COPY_ALL, 5, 0), STATUS_DENIED);
}

static void ranges_only_shrink(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 memory = HANDLE(&user, SYSCALL_MEMORY_CREATE, group, 16 * PAGE_BYTES);
	u64 part = derive(&user, memory, COPY_ALL, 4, 8);
	u64 smaller = derive(&user, part, COPY_ALL, 2, 6);

	EXPECT_EQ(info_of(&user, smaller).value, 6);
	EXPECT_EQ(info_of(&user, smaller).count, 6);
	EXPECT_STATUS(derive_fails(&user, part, COPY_ALL, 2, 7), STATUS_RANGE);
	EXPECT_STATUS(derive_fails(&user, part, COPY_ALL, 9, 1), STATUS_RANGE);
	EXPECT_STATUS(derive_fails(&user, part, COPY_ALL, U64_MAX, 2), STATUS_RANGE);
	EXPECT_STATUS(derive_fails(&user, part, COPY_ALL, 1, U64_MAX), STATUS_RANGE);
	EXPECT_STATUS(derive_fails(&user, part, COPY_ALL, 3, 0), STATUS_INVALID);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	EXPECT_STATUS(derive_fails(&user, signal, COPY_ALL, 1, 0), STATUS_INVALID);
}

static void revocation_reaches_every_descendant_and_nothing_else(void)
{
	u64 group;
	struct user user = worker(&group), other = user_new();
	u64 self = give_to(&user, other.process_handle, COPY_ALL);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);
	u64 middle = derive(&user, signal, COPY_ALL, 0, 0);
	u64 below = derive(&user, middle, COPY_ALL, 0, 0);
	u64 sibling = derive(&user, signal, COPY_ALL, 0, 0);
	u64 abroad = HANDLE(&user, SYSCALL_CAP_GRANT, self, below, COPY_ALL);

	EXPECT_STATUS(CALL(&other, SYSCALL_SIGNAL_RAISE, abroad, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_REVOKE, middle).status, STATUS_OK);
	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, below, 1).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&other, SYSCALL_SIGNAL_RAISE, abroad, 1).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&other, SYSCALL_CAP_DERIVE, abroad, COPY_ALL, 0, 0).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, middle, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, sibling, 1).status, STATUS_OK);
	/* What is derived afterwards is valid. */
	u64 later = derive(&user, middle, COPY_ALL, 0, 0);

	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, later, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&other, SYSCALL_CAP_DROP, abroad).status, STATUS_OK);
	u64 weak = derive(&user, signal, COPY_ALL & ~RIGHT_REVOKE, 0, 0);

	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_REVOKE, weak).status, STATUS_DENIED);
}

static void derivation_depth_is_bounded(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 at = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	for (u32 depth = 1; depth < LINEAGE_DEPTH_MAX; depth++)
		at = derive(&user, at, COPY_ALL, 0, 0);
	EXPECT_STATUS(derive_fails(&user, at, COPY_ALL, 0, 0), STATUS_TOO_DEEP);
}

static void stale_and_made_up_handles_name_nothing(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, signal).status, STATUS_OK);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, signal).status, STATUS_BAD_HANDLE);
	for (u32 i = 0; i < 200; i++) {
		u64 next = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

		EXPECT(next != signal);
		EXPECT_STATUS(inspect(&user, signal).status, STATUS_BAD_HANDLE);
		EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, next).status, STATUS_OK);
	}
	EXPECT_STATUS(inspect(&user, 0).status, STATUS_BAD_HANDLE);
	EXPECT_STATUS(inspect(&user, U32_MAX).status, STATUS_BAD_HANDLE);
	EXPECT_STATUS(inspect(&user, 1ull << 32 | signal).status, STATUS_BAD_HANDLE);
	EXPECT_STATUS(inspect(&user, 0xffff).status, STATUS_BAD_HANDLE);
}

static void type_and_rights_are_checked(void)
{
	u64 group;
	struct user user = worker(&group);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);
	u64 wait_only = derive(&user, signal, SIGNAL_RIGHT_WAIT, 0, 0);

	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, group, 1).status, STATUS_WRONG_TYPE);
	EXPECT_STATUS(CALL(&user, SYSCALL_SIGNAL_RAISE, wait_only, 1).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&user, (enum syscall_number)SYSCALL_COUNT).status, STATUS_UNKNOWN_CALL);
	EXPECT_STATUS(CALL(&user, (enum syscall_number)0x7fffffff).status, STATUS_UNKNOWN_CALL);
}

/* One more copy of a capability in the same space. */
static enum status add_again(const struct user *user, u64 source, handle_t *handle)
{
	struct cap cap;
	enum status status = cap_acquire(user->process, (handle_t){ (u32)source }, 0, &cap);

	return status == STATUS_OK ? cap_add(user->process, &cap, handle) : status;
}

/* A slot whose generations are used up is left out; no handle is ever given twice. */
static void spent_slots_are_retired(void)
{
	struct user user = user_new();
	handle_t handle = {};
	u64 group = give_to(&user, world_group(), COPY_ALL);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	while (user.process->caps.used < CAP_LEAF_SLOTS - 3)
		EXPECT_STATUS(add_again(&user, signal, &handle), STATUS_OK);
	/* Two slots are free, and used in turn. */
	for (u32 round = 0; round < 2 * CAP_GENERATION_MAX; round++) {
		if (add_again(&user, signal, &handle) != STATUS_OK || cap_drop(user.process, handle) != STATUS_OK) {
			FAIL("a capability can be put in and dropped");
			return;
		}
	}
	/* Both are spent: the next capability comes into another leaf. */
	EXPECT_EQ(user.process->caps.used, CAP_LEAF_SLOTS - 1);
	EXPECT_STATUS(add_again(&user, signal, &handle), STATUS_OK);
	EXPECT((handle.v & 0xffff) >= CAP_LEAF_SLOTS);
	EXPECT_STATUS(inspect(&user, (u64)CAP_GENERATION_MAX << 16 | (CAP_LEAF_SLOTS - 1)).status, STATUS_BAD_HANDLE);
}

static void a_group_limits_capabilities(void)
{
	struct group_limits limits = { .caps = 20 };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	u64 small = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), world_init()->scratch, world_init()->scratch, 0);
	struct user user = user_new_in(small);
	u64 group = give_to(&user, world_group(), COPY_ALL);
	u32 made = 0;
	struct answer answer;

	do
		answer = CALL(&user, SYSCALL_SIGNAL_CREATE, group);
	while (answer.status == STATUS_OK && ++made < 100);
	EXPECT_STATUS(answer.status, STATUS_OUT_OF_CAPS);
	EXPECT_EQ(made, 19);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_GRANT, user.process_handle, world_group(), COPY_ALL).status, STATUS_OUT_OF_CAPS);
	user_end(&user);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, small).status, STATUS_OK);
}

/* Capabilities that somebody else revoked make room when there is none, and are told apart until then. */
static void revoked_capabilities_make_room(void)
{
	u64 group;
	struct group_limits limits = { .caps = 20 };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	u64 small = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), world_init()->scratch, world_init()->scratch, 0);
	struct user holder = user_new_in(small), owner = worker(&group);
	u64 signal = HANDLE(&owner, SYSCALL_SIGNAL_CREATE, group), child = derive(&owner, signal, COPY_ALL, 0, 0);
	u64 target = give_to(&owner, holder.process_handle, COPY_ALL), dead[20], fresh[20];

	for (u32 i = 0; i < 20; i++)
		*ELEM(dead, i) = HANDLE(&owner, SYSCALL_CAP_GRANT, target, child, COPY_ALL);
	EXPECT_STATUS(CALL(&owner, SYSCALL_CAP_GRANT, target, signal, COPY_ALL).status, STATUS_OUT_OF_CAPS);
	EXPECT_STATUS(CALL(&owner, SYSCALL_CAP_REVOKE, signal).status, STATUS_OK);
	EXPECT_STATUS(CALL(&holder, SYSCALL_SIGNAL_RAISE, *ELEM(dead, 0), 1).status, STATUS_REVOKED);
	for (u32 i = 0; i < 20; i++)
		*ELEM(fresh, i) = HANDLE(&owner, SYSCALL_CAP_GRANT, target, signal, COPY_ALL);
	for (u32 i = 0; i < 20; i++) {
		EXPECT_STATUS(CALL(&holder, SYSCALL_SIGNAL_RAISE, *ELEM(fresh, i), 1).status, STATUS_OK);
		EXPECT_STATUS(CALL(&holder, SYSCALL_SIGNAL_RAISE, *ELEM(dead, i), 1).status, STATUS_BAD_HANDLE);
	}
	EXPECT_STATUS(CALL(&owner, SYSCALL_CAP_GRANT, target, signal, COPY_ALL).status, STATUS_OUT_OF_CAPS);
	user_end(&holder);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, small).status, STATUS_OK);
}

/* Room for several at once is found although only a few slots of the present leaf are free. */
static void several_slots_are_reserved_across_leaves(void)
{
	struct user user = user_new();
	u64 group = give_to(&user, world_group(), COPY_ALL);

	while (user.process->caps.used < CAP_LEAF_SLOTS - 3)
		(void)HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);
	EXPECT_STATUS(cap_reserve(user.process, 4), STATUS_OK);
	EXPECT_EQ(user.process->caps.leaves, 2);
	cap_unreserve(user.process, 4);
}

static void a_full_space_refuses_more(void)
{
	struct user user = user_new();

	EXPECT_STATUS(cap_reserve(user.process, CAP_SLOTS_MAX), STATUS_OUT_OF_CAPS);
	EXPECT_STATUS(cap_reserve(user.process, CAP_SLOTS_MAX - 1), STATUS_OK);
	EXPECT_STATUS(cap_reserve(user.process, 1), STATUS_OUT_OF_CAPS);
	cap_unreserve(user.process, CAP_SLOTS_MAX - 1);
}

static void grants_need_duplicate_and_transfer(void)
{
	u64 group;
	struct user user = worker(&group), other = user_new();
	u64 target = give_to(&user, other.process_handle, COPY_ALL);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);
	u64 fixed = derive(&user, signal, COPY_ALL & ~RIGHT_TRANSFER, 0, 0);
	u64 blind = derive(&user, target, COPY_ALL & ~PROCESS_RIGHT_GRANT, 0, 0);

	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_GRANT, target, fixed, COPY_ALL).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_GRANT, blind, signal, COPY_ALL).status, STATUS_DENIED);
	u64 there = HANDLE(&user, SYSCALL_CAP_GRANT, target, signal, SIGNAL_RIGHT_RAISE);

	EXPECT_EQ(info_of(&other, there).rights, SIGNAL_RIGHT_RAISE);
	user_end(&other);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_GRANT, target, signal, COPY_ALL).status, STATUS_DEAD);
}

/* Next live capability of another process by a call; how often it had to be made. */
static u32 next_after(const struct user *user, u64 process, u32 slot, struct answer *answer)
{
	struct hal_frame *frame = &user->thread->frame;
	u64 ip = frame->ip;
	u32 calls = 0;

	frame->status = SYSCALL_PROCESS_NEXT_CAP;
	frame->arg0 = process;
	frame->arg1 = slot;
	frame->word[0] = user->scratch;
	do {
		frame->ip = ip;
		fake_syscall(user_bring(user->thread));
		calls++;
	} while (frame->ip != ip && calls < 10000);
	frame->ip = ip;
	*answer = (struct answer){ .status = frame->status, .value = frame->arg0 };
	return calls;
}

/* However many empty slots lie between, interrupts are answered. */
static void looking_for_the_next_capability_gives_way(void)
{
	struct user user = user_new(), other = user_new();
	u64 group = give_to(&other, world_group(), COPY_ALL), process = give_to(&user, other.process_handle, COPY_ALL);
	u64 signal = HANDLE(&other, SYSCALL_SIGNAL_CREATE, group);
	handle_t handle = {}, dropped[2000];
	struct answer answer;

	for (u32 i = 0; i < ARRAY_LEN(dropped); i++)
		EXPECT_STATUS(add_again(&other, signal, ELEM(dropped, i)), STATUS_OK);
	EXPECT_STATUS(add_again(&other, signal, &handle), STATUS_OK);
	for (u32 i = 0; i < ARRAY_LEN(dropped); i++)
		EXPECT_STATUS(cap_drop(other.process, *ELEM(dropped, i)), STATUS_OK);
	u32 first = dropped[0].v & 0xffff, slot = handle.v & 0xffff;

	EXPECT(next_after(&user, process, first, &answer) >= ARRAY_LEN(dropped) / 512);
	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.value, slot + 1);
	fake_interrupt_every(1);
	EXPECT(next_after(&user, process, first, &answer) >= ARRAY_LEN(dropped) / 32);
	EXPECT_EQ(answer.value, slot + 1);
	EXPECT_EQ(next_after(&user, process, slot, &answer), 1);
	EXPECT_STATUS(answer.status, STATUS_OK);
	fake_interrupt_every(0);
	(void)next_after(&user, process, slot + 1, &answer);
	EXPECT_STATUS(answer.status, STATUS_NOT_FOUND);
}

void cap_tests(void)
{
	RUN(derived_rights_never_grow);
	RUN(badges_are_given_once);
	RUN(ranges_only_shrink);
	RUN(revocation_reaches_every_descendant_and_nothing_else);
	RUN(derivation_depth_is_bounded);
	RUN(stale_and_made_up_handles_name_nothing);
	RUN(type_and_rights_are_checked);
	RUN(spent_slots_are_retired);
	RUN(a_group_limits_capabilities);
	RUN(revoked_capabilities_make_room);
	RUN(several_slots_are_reserved_across_leaves);
	RUN(a_full_space_refuses_more);
	RUN(grants_need_duplicate_and_transfer);
	RUN(looking_for_the_next_capability_gives_way);
}
