/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for words of memory.
 */
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/sched/activity.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/tests.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE, MANY = 40 };
enum : u64 { MS = 1000000, WORD = 8, VALUE = 7 };

/* A user, and another thread of its process. */
struct place {
	struct user user, other;
	u64 at;
};

static struct place begin(void)
{
	struct place place = { .user = user_new() };

	place.other = user_thread(&place.user);
	place.at = place.user.scratch + WORD;
	user_put_u64(&place.user, WORD, VALUE | VALUE << 32);
	return place;
}

static struct answer wait_until(const struct user *user, u64 at, u64 owner, u64 deadline)
{
	return CALL(user, SYSCALL_WAIT_WORD, at, VALUE, owner, deadline);
}

static struct answer wait_for(const struct user *user, u64 at) { return wait_until(user, at, 0, FOR_EVER); }

static u64 wake(const struct user *user, u64 at, u64 count)
{
	struct answer answer = CALL(user, SYSCALL_WAKE_WORD, at, count, 0);

	EXPECT_STATUS(answer.status, STATUS_OK);
	return answer.value;
}

static bool woken(const struct user *user) { return !user_waits(user) && user_answer(user).status == STATUS_OK; }

static void arguments_and_values_are_checked(void)
{
	struct place p = begin();

	EXPECT_STATUS(wait_for(&p.user, p.at + 2).status, STATUS_INVALID);
	EXPECT_STATUS(wait_for(&p.user, 0).status, STATUS_BAD_ADDRESS);
	EXPECT_STATUS(wait_for(&p.user, HAL_USER_TOP).status, STATUS_BAD_ADDRESS);
	EXPECT_STATUS(wait_for(&p.user, ~3ull).status, STATUS_BAD_ADDRESS);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAIT_WORD, p.at, VALUE + 1, 0, FOR_EVER).status, STATUS_CHANGED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAIT_WORD, p.at + 4, VALUE + 1, 0, FOR_EVER).status, STATUS_CHANGED);
	EXPECT_STATUS(wait_until(&p.user, p.at, 0, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(wait_until(&p.user, p.at + 4, 0, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAKE_WORD, p.at + 1, 1, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAKE_WORD, p.at, 0, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAKE_WORD, p.at, 1, 2).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_WAKE_WORD, 0, 1, 0).status, STATUS_BAD_ADDRESS);
	EXPECT_EQ(wake(&p.user, p.at, 1), 0);
}

static void wakes_as_many_as_asked_for_the_same_word(void)
{
	struct place p = begin();
	struct user third = user_thread(&p.user), fourth = user_thread(&p.user);

	EXPECT(wait_for(&p.other, p.at).waits);
	EXPECT(wait_for(&third, p.at).waits);
	EXPECT(wait_for(&fourth, p.at + 4).waits);
	EXPECT_EQ(wake(&p.user, p.at + 8, 9), 0);
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
	EXPECT(woken(&p.other) && user_waits(&third));
	EXPECT_EQ(wake(&p.user, p.at, 9), 1);
	EXPECT(woken(&third) && user_waits(&fourth));
	EXPECT_EQ(wake(&p.user, p.at + 4, 1), 1);
	EXPECT(woken(&fourth));
}

/* Binds it to a new activity, of a group that it has a handle to. */
static void move_to_priority(const struct user *user, u64 group, u32 priority)
{
	struct activity_params params = { .priority = priority };

	user_put(user, 0, SPAN_OF_STRUCT(params));
	u64 activity = HANDLE(user, SYSCALL_ACTIVITY_CREATE, group, user->scratch);
	u64 self = HANDLE(user, SYSCALL_THREAD_SELF, 0);

	EXPECT_STATUS(CALL(user, SYSCALL_THREAD_BIND, self, activity).status, STATUS_OK);
}

static void set_priority(const struct user *user, u32 priority)
{
	move_to_priority(user, give_to(user, world_group(), COPY_ALL), priority);
}

/* Of its own activity; nobody has to run for it. */
static void change_priority(const struct user *user, u32 priority)
{
	struct activity_params params = { .priority = priority };

	EXPECT_STATUS(activity_set(user->thread->own, &params), STATUS_OK);
	world_settle();
}

static void more_important_ones_are_woken_first_then_earlier_ones(void)
{
	struct place p = begin();
	struct user low = user_thread(&p.user), high = user_thread(&p.user), late = user_thread(&p.user);

	EXPECT(wait_for(&low, p.at).waits);
	change_priority(&low, 30);
	set_priority(&high, 200);
	EXPECT(wait_for(&p.other, p.at).waits);
	EXPECT(wait_for(&late, p.at).waits);
	EXPECT(wait_for(&high, p.at).waits);
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
	EXPECT(woken(&high));
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
	EXPECT(woken(&p.other) && user_waits(&late));
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
	EXPECT(woken(&late) && user_waits(&low));
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
}

static void at_most_a_step_is_woken_at_once(void)
{
	struct place p = begin();
	struct user many[MANY];

	for (u32 i = 0; i < MANY; i++) {
		many[i] = user_thread(&p.user);
		EXPECT(wait_for(ELEM(many, i), p.at).waits);
	}
	EXPECT_EQ(wake(&p.user, p.at, U32_MAX), 32);
	EXPECT(woken(&many[31]) && user_waits(&many[32]));
	EXPECT_EQ(wake(&p.user, p.at, U32_MAX), MANY - 32);
}

/* ---- memory that is shared ---- */

struct shared {
	struct user one, two;
	u64 memory;           /* in init */
	u64 at_one, at_two;   /* the same word */
};

static u64 map(const struct user *user, u64 memory, u64 offset, u32 protection)
{
	struct answer answer = CALL(world_init(), SYSCALL_MAP, user->process_handle, memory, 0, offset, PAGE_BYTES, protection);

	EXPECT_STATUS(answer.status, STATUS_OK);
	return answer.value;
}

static void put(const struct user *user, u64 at, u32 value)
{
	EXPECT_STATUS(user_copy_out(user->process, (uaddr_t){ at }, SPAN_OF_STRUCT(value)), STATUS_OK);
}

static struct shared share(u32 protection)
{
	struct shared s = { .one = user_new(), .two = user_new() };

	s.memory = HANDLE(world_init(), SYSCALL_MEMORY_CREATE, world_group(), 4 * PAGE_BYTES);
	s.at_one = map(&s.one, s.memory, 2 * PAGE_BYTES, READ_WRITE) + WORD;
	s.at_two = map(&s.two, s.memory, 2 * PAGE_BYTES, protection) + WORD;
	put(&s.one, s.at_one, VALUE);
	return s;
}

static void processes_meet_at_the_same_word(void)
{
	struct shared s = share(MAP_READ);
	struct user third = user_thread(&s.two);

	EXPECT(s.at_one != s.at_two);
	EXPECT(wait_for(&s.two, s.at_two).waits);
	EXPECT_STATUS(CALL(&third, SYSCALL_WAKE_WORD, s.at_two, 1, 0).status, STATUS_BAD_ADDRESS);
	u64 elsewhere = map(&s.one, s.memory, PAGE_BYTES, READ_WRITE) + WORD;

	EXPECT_EQ(wake(&s.one, elsewhere, 1), 0);
	EXPECT_EQ(wake(&s.one, s.at_one, 1), 1);
	EXPECT(woken(&s.two));
}

static void the_page_is_brought_in_to_be_read(void)
{
	struct shared s = share(READ_WRITE);
	struct user third = user_thread(&s.two);
	u64 fresh = map(&s.two, s.memory, 3 * PAGE_BYTES, READ_WRITE);

	EXPECT_EQ(wake(&s.two, fresh, 1), 0);
	EXPECT_STATUS(wait_for(&s.two, fresh).status, STATUS_CHANGED);
	EXPECT(CALL(&s.two, SYSCALL_WAIT_WORD, fresh, 0, 0, FOR_EVER).waits);
	EXPECT_EQ(wake(&third, fresh, 1), 1);
}

static void a_wait_ends_with_its_mapping(void)
{
	struct shared s = share(READ_WRITE);
	struct user third = user_thread(&s.two);
	u64 again = map(&s.two, s.memory, 2 * PAGE_BYTES, READ_WRITE) + WORD;

	EXPECT(wait_for(&s.two, s.at_two).waits);
	EXPECT(wait_for(&third, again).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_UNMAP, s.two.process_handle, page_floor(s.at_two), PAGE_BYTES).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&s.two).status, STATUS_BAD_ADDRESS);
	EXPECT(user_waits(&third)); /* through another mapping of the same */
	EXPECT_STATUS(wait_for(&s.two, s.at_two).status, STATUS_BAD_ADDRESS);
	EXPECT_EQ(wake(&s.one, s.at_one, 9), 1);
}

static void a_wait_ends_with_its_capability(void)
{
	struct shared s = share(READ_WRITE);
	u64 child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, s.memory, COPY_ALL, 0, 0);
	u64 revocable = map(&s.two, child, 2 * PAGE_BYTES, READ_WRITE) + WORD;
	struct user third = user_thread(&s.two);

	EXPECT(wait_for(&s.two, revocable).waits);
	EXPECT(wait_for(&third, s.at_two).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, child).status, STATUS_OK);
	EXPECT(user_waits(&s.two)); /* it revoked what was derived from it */
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, s.memory).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&s.two).status, STATUS_REVOKED);
	EXPECT(user_waits(&third));
	EXPECT_EQ(wake(&s.one, s.at_one, 9), 1);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, child).status, STATUS_OK);
}

/* It has no place yet, and so no waits at the lowest addresses either. */
static void a_mapping_that_is_refused_ends_no_wait(void)
{
	struct place p = begin();
	u64 bytes = 2 * HAL_USER_BASE, memory = HANDLE(world_init(), SYSCALL_MEMORY_CREATE, world_group(), bytes);
	struct arguments low = { { p.user.process_handle, memory, HAL_USER_BASE, 0, bytes, READ_WRITE | MAP_FIXED } };

	EXPECT_STATUS(user_call(world_init(), SYSCALL_MAP, low).status, STATUS_OK);
	EXPECT(CALL(&p.other, SYSCALL_WAIT_WORD, HAL_USER_BASE, 0, 0, FOR_EVER).waits);
	EXPECT_STATUS(user_call(world_init(), SYSCALL_MAP, low).status, STATUS_EXISTS);
	EXPECT(user_waits(&p.other));
	EXPECT_EQ(wake(&p.user, HAL_USER_BASE, 1), 1);
}

/* The waiter's mapping keeps the memory object, whatever capabilities are dropped. */
static void memory_lives_as_long_as_its_waiters(void)
{
	struct shared s = share(READ_WRITE);

	EXPECT(wait_for(&s.two, s.at_two).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, s.memory).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_UNMAP, s.one.process_handle, page_floor(s.at_one), PAGE_BYTES).status, STATUS_OK);
	world_settle();
	EXPECT(user_waits(&s.two));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_UNMAP, s.two.process_handle, page_floor(s.at_two), PAGE_BYTES).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&s.two).status, STATUS_BAD_ADDRESS);
}

/* ---- other ends ---- */

static void waits_end_by_deadline_suspension_and_kill(void)
{
	struct place p = begin();
	struct user third = user_thread(&p.user);

	EXPECT(wait_until(&p.other, p.at, 0, fake_now() + MS).waits);
	fake_advance(MS);
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_TIMED_OUT);
	EXPECT(wait_for(&p.other, p.at).waits);
	EXPECT(wait_for(&third, p.at).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, p.other.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(p.other.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, third.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&third));
	EXPECT_EQ(wake(&p.user, p.at, 9), 0);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, p.other.thread_handle).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_CANCELLED);
}

/* ---- owners ---- */

static u64 handle_to(const struct user *user, const struct user *of)
{
	return give_to(user, of->thread_handle, COPY_ALL);
}

static void an_owner_is_another_living_thread(void)
{
	struct place p = begin();
	struct user third = user_thread(&p.user);
	u64 self = HANDLE(&p.other, SYSCALL_THREAD_SELF, 0), owner = handle_to(&p.other, &third);
	u64 weak = HANDLE(&p.other, SYSCALL_CAP_DERIVE, owner, RIGHT_INSPECT, 0, 0);

	EXPECT_STATUS(wait_until(&p.other, p.at, self, FOR_EVER).status, STATUS_INVALID);
	EXPECT_STATUS(wait_until(&p.other, p.at, weak, FOR_EVER).status, STATUS_DENIED);
	EXPECT_STATUS(wait_until(&p.other, p.at, 999, FOR_EVER).status, STATUS_BAD_HANDLE);
	EXPECT(wait_until(&p.other, p.at, owner, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, third.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_PEER_DIED);
	EXPECT_STATUS(wait_until(&p.other, p.at, owner, FOR_EVER).status, STATUS_PEER_DIED);
	EXPECT_EQ(thread_owed(third.thread), 0);
}

/* What named him is looked at once; the wait is ended by him, or by the memory's going. */
static void a_named_owner_stays_named(void)
{
	struct place p = begin();
	struct user owner = user_thread(&p.user);
	u64 named = handle_to(&p.other, &owner), child = HANDLE(&p.other, SYSCALL_CAP_DERIVE, named, COPY_ALL, 0, 0);

	EXPECT(wait_until(&p.other, p.at, child, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, owner.thread_handle).status, STATUS_OK);
	EXPECT_EQ(object_id(&p.other, child), 0);
	EXPECT(user_waits(&p.other));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, owner.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(user_answer(&p.other).status, STATUS_PEER_DIED);
}

/* Those who go on waiting wait for the one that was woken, or for nobody. */
static void ownership_goes_to_who_is_woken(void)
{
	for (u64 flags = 0; flags <= WAKE_HAND_OVER; flags += WAKE_HAND_OVER) {
		struct place p = begin();
		struct user third = user_thread(&p.user);
		u64 owner = handle_to(&p.other, &p.user);

		EXPECT(wait_until(&p.other, p.at, owner, FOR_EVER).waits);
		EXPECT(wait_until(&third, p.at, owner, FOR_EVER).waits);
		EXPECT_EQ(thread_owed(p.user.thread), 2);
		EXPECT_EQ(CALL(&p.user, SYSCALL_WAKE_WORD, p.at, 1, flags).value, 1);
		EXPECT(woken(&p.other) && user_waits(&third));
		EXPECT_EQ(thread_owed(p.user.thread), 0);
		EXPECT_EQ(thread_owed(p.other.thread), flags != 0 ? 1 : 0);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, p.other.thread_handle).status, STATUS_OK);
		world_settle();
		EXPECT(user_waits(&third) == (flags == 0));
		(void)wake(&p.user, p.at, 1);
		EXPECT_STATUS(user_answer(&third).status, flags != 0 ? STATUS_PEER_DIED : STATUS_OK);
	}
}

/* It is told nothing about a thread that it did not choose, in whatever process that is. */
static void who_named_nobody_waits_for_nobody(void)
{
	struct place p = begin();
	struct user third = user_thread(&p.user), fourth = user_thread(&p.user);

	EXPECT(wait_for(&p.other, p.at).waits);
	EXPECT(wait_for(&third, p.at).waits);
	EXPECT(wait_until(&fourth, p.at, handle_to(&fourth, &p.user), FOR_EVER).waits);
	EXPECT_EQ(CALL(&p.user, SYSCALL_WAKE_WORD, p.at, 1, WAKE_HAND_OVER).value, 1);
	EXPECT_EQ(thread_owed(p.other.thread), 1);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, p.other.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT(user_waits(&third));
	EXPECT_STATUS(user_answer(&fourth).status, STATUS_PEER_DIED);
	EXPECT_EQ(wake(&p.user, p.at, 9), 1);
}

/* ---- inheritance ---- */

/* The machine is free again for who is less urgent. */
static void finish(const struct place *place)
{
	process_end(place->user.process, 0, EXIT_REASON_KILLED);
	world_settle();
}

static u32 priority_of(const struct user *user) { return user->thread->activity->priority; }

static void an_owner_inherits_while_it_is_waited_for(void)
{
	struct place p = begin();
	struct user low = user_thread(&p.user), high = user_thread(&p.user), middle = user_thread(&p.user);

	u64 owner = handle_to(&p.user, &low), group = give_to(&low, world_group(), COPY_ALL);

	change_priority(&low, 100);
	change_priority(&middle, 150);
	EXPECT(wait_until(&middle, p.at, owner, FOR_EVER).waits);
	EXPECT_EQ(priority_of(&low), 150);
	change_priority(&high, 200);
	EXPECT(wait_until(&high, p.at + 4, owner, fake_now() + MS).waits);
	EXPECT_EQ(priority_of(&low), 200);
	move_to_priority(&low, group, 88); /* on another activity it is waited for all the same */
	EXPECT_EQ(priority_of(&low), 200);
	fake_advance(MS);
	EXPECT_STATUS(user_answer(&high).status, STATUS_TIMED_OUT);
	EXPECT_EQ(priority_of(&low), 150);
	EXPECT_EQ(wake(&low, p.at, 1), 1);
	EXPECT_EQ(priority_of(&low), 88);
	finish(&p);
}

static void who_is_handed_the_word_inherits_from_the_others(void)
{
	struct place p = begin();
	struct user low = user_thread(&p.user), first = user_thread(&p.user), second = user_thread(&p.user);

	u64 owner = handle_to(&p.user, &low);

	change_priority(&low, 100);
	change_priority(&first, 150);
	EXPECT(wait_until(&first, p.at, owner, FOR_EVER).waits);
	change_priority(&second, 140);
	EXPECT(wait_until(&second, p.at, owner, FOR_EVER).waits);
	EXPECT_EQ(CALL(&low, SYSCALL_WAKE_WORD, p.at, 1, WAKE_HAND_OVER).value, 1);
	EXPECT_EQ(priority_of(&low), 100);
	change_priority(&first, 89);
	EXPECT_EQ(priority_of(&first), 140);
	EXPECT_EQ(CALL(&first, SYSCALL_WAKE_WORD, p.at, 1, WAKE_HAND_OVER).value, 1);
	EXPECT_EQ(priority_of(&first), 89);
	finish(&p);
}

/* A waits for B, which waits for C: what A has, C has; and when that of A changes, too. */
static void inheritance_goes_along_words(void)
{
	struct place p = begin();
	struct user low = user_thread(&p.user), middle = user_thread(&p.user), high = user_thread(&p.user);

	u64 owner = handle_to(&p.user, &low), next = handle_to(&p.user, &middle);

	change_priority(&low, 100);
	change_priority(&middle, 150);
	EXPECT(wait_until(&middle, p.at, owner, FOR_EVER).waits);
	EXPECT_EQ(priority_of(&low), 150);
	change_priority(&high, 200);
	EXPECT(wait_until(&high, p.at + 4, next, FOR_EVER).waits);
	world_settle();
	EXPECT_EQ(priority_of(&middle), 200);
	EXPECT_EQ(priority_of(&low), 200);
	EXPECT_EQ(wake(&low, p.at, 1), 1);
	EXPECT_EQ(priority_of(&low), 100);
	EXPECT_EQ(priority_of(&middle), 200);
	EXPECT_EQ(wake(&middle, p.at + 4, 1), 1);
	EXPECT_EQ(priority_of(&middle), 150);
	finish(&p);
}

/* The owner waits to be served, and who serves is busy with something else. */
static void inheritance_goes_along_words_and_calls(void)
{
	struct place p = begin();
	struct user server = user_thread(&p.user), owner = user_thread(&p.user), high = user_thread(&p.user);
	u64 group = give_to(&p.user, world_group(), COPY_ALL);
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, group, 0), reply = HANDLE(&p.user, SYSCALL_REPLY_CREATE, group);
	u64 waited_for = handle_to(&p.user, &owner);

	EXPECT_STATUS(user_message(&server, SYSCALL_RECEIVE, both(endpoint, reply), 0, 0).status, STATUS_WOULD_BLOCK);
	change_priority(&server, 71);
	change_priority(&owner, 100);
	EXPECT(user_message(&owner, SYSCALL_CALL, endpoint, 0, FOR_EVER).waits);
	EXPECT_EQ(priority_of(&server), 100);
	change_priority(&high, 200);
	EXPECT(wait_until(&high, p.at, waited_for, FOR_EVER).waits);
	world_settle();
	EXPECT_EQ(priority_of(&server), 200);
	/* The server runs on the owner's activity from now on, so its own is what it was. */
	EXPECT_STATUS(user_message(&server, SYSCALL_RECEIVE, both(endpoint, reply), 0, FOR_EVER).status, STATUS_OK);
	EXPECT_EQ(priority_of(&server), 200);
	EXPECT_EQ(server.thread->own->priority, 71);
	EXPECT_STATUS(user_message(&server, SYSCALL_REPLY, both(0, reply), 0, 0).status, STATUS_OK);
	EXPECT_EQ(priority_of(&server), 71);
	EXPECT_EQ(priority_of(&owner), 200);
	EXPECT_EQ(wake(&owner, p.at, 1), 1);
	EXPECT_EQ(priority_of(&owner), 100);
	finish(&p);
}

/* A server keeps what a client waits for, is called and answers in the common case, and is called again. */
static void a_server_that_is_waited_for_inherits_on_whatever_it_runs(void)
{
	struct place p = begin();
	struct user server = user_thread(&p.user), low = user_thread(&p.user), high = user_thread(&p.user);
	u64 group = give_to(&p.user, world_group(), COPY_ALL);
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, group, 0), reply = HANDLE(&p.user, SYSCALL_REPLY_CREATE, group);
	u64 owner = handle_to(&p.user, &server);

	EXPECT(user_message(&server, SYSCALL_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
	change_priority(&server, 71);
	change_priority(&low, 80);
	change_priority(&high, 200);
	EXPECT(wait_until(&high, p.at, owner, FOR_EVER).waits);
	EXPECT_EQ(server.thread->own->priority, 200);
	for (u32 round = 0; round < 2; round++) {
		EXPECT(user_message(&low, SYSCALL_CALL, endpoint, 0, FOR_EVER).waits);
		EXPECT(server.thread->activity == low.thread->own);
		EXPECT_EQ(priority_of(&server), 200);
		EXPECT_EQ(server.thread->own->priority, 71);
		EXPECT(user_message(&server, SYSCALL_REPLY_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
		EXPECT(!user_waits(&low));
		EXPECT_EQ(priority_of(&low), 80);
		EXPECT_EQ(priority_of(&server), 200);
	}
	EXPECT_EQ(wake(&p.user, p.at, 1), 1);
	EXPECT_EQ(server.thread->own->priority, 71);
	finish(&p);
}

/* The wait begins while the server works; it is over with an answer, though somebody waits for its owner still. */
static void a_caller_is_rid_of_what_its_server_inherited(void)
{
	struct place p = begin();
	struct user server = user_thread(&p.user), low = user_thread(&p.user), high = user_thread(&p.user);
	u64 group = give_to(&p.user, world_group(), COPY_ALL);
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, group, 0), reply = HANDLE(&p.user, SYSCALL_REPLY_CREATE, group);
	u64 owner = handle_to(&p.user, &server);

	EXPECT(user_message(&server, SYSCALL_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
	EXPECT(user_message(&low, SYSCALL_CALL, endpoint, 0, FOR_EVER).waits);
	change_priority(&server, 71);
	change_priority(&low, 80);
	change_priority(&high, 200);
	EXPECT(wait_until(&high, p.at, owner, FOR_EVER).waits);
	EXPECT_EQ(priority_of(&server), 200);
	EXPECT(user_message(&server, SYSCALL_REPLY_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
	EXPECT_EQ(priority_of(&low), 80);
	EXPECT_EQ(priority_of(&server), 200);
	EXPECT_EQ(wake(&low, p.at, 1), 1);
	EXPECT_EQ(priority_of(&server), 71);
	finish(&p);
}

void word_tests(void)
{
	RUN(arguments_and_values_are_checked);
	RUN(wakes_as_many_as_asked_for_the_same_word);
	RUN(more_important_ones_are_woken_first_then_earlier_ones);
	RUN(at_most_a_step_is_woken_at_once);
	RUN(processes_meet_at_the_same_word);
	RUN(the_page_is_brought_in_to_be_read);
	RUN(a_wait_ends_with_its_mapping);
	RUN(a_wait_ends_with_its_capability);
	RUN(a_mapping_that_is_refused_ends_no_wait);
	RUN(memory_lives_as_long_as_its_waiters);
	RUN(waits_end_by_deadline_suspension_and_kill);
	RUN(an_owner_is_another_living_thread);
	RUN(a_named_owner_stays_named);
	RUN(ownership_goes_to_who_is_woken);
	RUN(who_named_nobody_waits_for_nobody);
	RUN(an_owner_inherits_while_it_is_waited_for);
	RUN(who_is_handed_the_word_inherits_from_the_others);
	RUN(inheritance_goes_along_words);
	RUN(inheritance_goes_along_words_and_calls);
	RUN(a_server_that_is_waited_for_inherits_on_whatever_it_runs);
	RUN(a_caller_is_rid_of_what_its_server_inherited);
}
