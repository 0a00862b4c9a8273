/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of revocation: somebody else is in the middle of taking away what it would take away. When it returns, that
 * is gone nevertheless. And of who copies to what is taken away.
 */
#include "kernel/core/mem/space.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/race.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE, ATTEMPTS = 3 };

/* Memory of init, mapped by a child of its capability in a process with a thread that computes on another processor and
 * one that waits for a word of it. Who takes it away is a third one, or of another process. With init they leave a
 * processor idle, where the waiter comes to run. */
struct mapping_race {
	struct user remover, computing, waiter;
	u64 memory, self, at;
};

static struct mapping_race begin(bool by_another)
{
	struct mapping_race race = { .waiter = user_new() };
	const struct user *init = world_init();

	race.memory = HANDLE(init, SYSCALL_MEMORY_CREATE, world_group(), PAGE_BYTES);
	u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, race.memory, COPY_ALL, 0, 0);

	race.at = CALL(init, SYSCALL_MAP, race.waiter.process_handle, child, 0, 0, PAGE_BYTES, READ_WRITE).value;
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
	race.self = give_to(&race.waiter, race.waiter.process_handle, COPY_ALL);
	EXPECT(CALL(&race.waiter, SYSCALL_WAIT_WORD, race.at, 0, 0, FOR_EVER).waits);
	race.remover = by_another ? user_new() : user_thread(&race.waiter);
	race.computing = user_thread(&race.waiter);
	return race;
}

/* One part of a revocation by init. True: it has returned. */
static bool revoke_part(u64 handle)
{
	u32 cpu = user_bring(world_init()->thread);
	struct hal_frame *frame = &world_init()->thread->frame;
	u64 ip = frame->ip;

	frame->status = SYSCALL_CAP_REVOKE;
	frame->arg0 = handle;
	fake_syscall(cpu);
	bool again = frame->ip != ip;

	frame->ip = ip;
	if (!again)
		EXPECT_STATUS(frame->status, STATUS_OK);
	return !again;
}

static void check_gone(const struct mapping_race *race)
{
	EXPECT(!fake_holds_stale(race->computing.thread->cpu));
	EXPECT(!user_waits(&race->waiter));
	EXPECT(!space_touch(&race->waiter.process->space, race->at, HAL_PROT_READ).ok);
}

/* Revokes while the other stands still, then, if that has to wait for it, when it has gone on. */
static void revoke_beside(const struct mapping_race *race)
{
	bool returned = false;

	EXPECT_EQ(race->computing.thread->state, THREAD_STATE_RUNNING);
	for (u32 i = 0; i < ATTEMPTS && !returned; i++)
		returned = revoke_part(race->memory);
	if (returned)
		check_gone(race);
	race_go_on();
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, race->memory).status, STATUS_OK);
	check_gone(race);
}

static void a_mapping_being_removed_is_gone_when_revoke_returns(void)
{
	EACH_POINT() {
		struct mapping_race race = begin(false);
		u32 cpu = cpu_of(&race.remover);

		EXPECT(cpu != cpu_of(&race.computing));
		race_hold(cpu);
		(void)CALL(&race.remover, SYSCALL_UNMAP, race.self, race.at, PAGE_BYTES);
		revoke_beside(&race);
	}
}

/* The other revokes the same. */
static void a_mapping_being_undone_is_gone_when_revoke_returns(void)
{
	EACH_POINT() {
		struct mapping_race race = begin(true);
		u64 memory = give_to(&race.remover, race.memory, COPY_ALL);
		u32 cpu = cpu_of(&race.remover);

		EXPECT(cpu != cpu_of(&race.computing));
		race_hold(cpu);
		(void)CALL(&race.remover, SYSCALL_CAP_REVOKE, memory);
		revoke_beside(&race);
	}
}

/* ---- copies under way ---- */

enum : u64 { COPIED = 2 * PAGE_BYTES, SECRET = 0x5ec4e7, GIVEN = 0x91e4 };
enum taking : u32 { UNMAPPED, REVOKED, KILLED, TAKINGS };

/* A client whose declared buffer is memory of init, by a child of its capability; its server has the call. */
struct copy_race {
	struct pair p;
	u64 memory;
};

static struct copy_race copy_begin(u64 *at)
{
	struct copy_race race = { .p = pair_make() };
	const struct user *init = world_init();

	race.memory = HANDLE(init, SYSCALL_MEMORY_CREATE, world_group(), COPIED);
	u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, race.memory, COPY_ALL, 0, 0);

	*at = CALL(init, SYSCALL_MAP, race.p.client.process_handle, child, 0, 0, COPIED, READ_WRITE | MAP_POPULATE).value;
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
	user_buffers(&race.p.client, 0, 0, *at, COPIED);
	for (u64 page = 0; page < COPIED; page += PAGE_BYTES)
		user_put_u64(&race.p.server, page, GIVEN);
	(void)pair_serve(&race.p);
	(void)user_message(&race.p.client, SYSCALL_CALL, race.p.send, msg_info_make(0, 0, 0, 0, 1), FOR_EVER);
	return race;
}

static void take_away(const struct copy_race *race, enum taking how, u64 at)
{
	const struct user *init = world_init();

	if (how == UNMAPPED)
		EXPECT_STATUS(CALL(init, SYSCALL_UNMAP, race->p.client.process_handle, at, COPIED).status, STATUS_OK);
	if (how == REVOKED)
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_REVOKE, race->memory).status, STATUS_OK);
	if (how == KILLED)
		EXPECT_STATUS(CALL(init, SYSCALL_PROCESS_KILL, race->p.client.process_handle).status, STATUS_OK);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, race->memory).status, STATUS_OK);
}

static struct answer write_all(const struct copy_race *race)
{
	return CALL(&race->p.server, SYSCALL_BUFFER_WRITE, race->p.reply, 0, race->p.server.scratch, COPIED);
}

/* The server writes to its caller while the caller's memory is unmapped or revoked, or the caller dies, and what memory there
 * is goes to somebody else: the write ends well or is refused, the other's memory stays as it is, and the next is refused. */
static void who_writes_to_what_is_taken_away_harms_nobody(void)
{
	for (enum taking how = UNMAPPED; how < TAKINGS && !report_failing(); how++)
		EACH_POINT() {
			u64 at = 0;
			struct copy_race race = copy_begin(&at);

			race_hold(cpu_of(&race.p.server));
			(void)write_all(&race);
			take_away(&race, how, at);
			struct user other = user_new();

			for (u64 page = 0; page < SCRATCH_BYTES; page += PAGE_BYTES)
				user_put_u64(&other, page, SECRET);
			race_go_on();
			u64 status = race.p.server.thread->frame.status;
			enum status refused = how == KILLED ? STATUS_PEER_DIED : STATUS_BAD_ADDRESS;

			EXPECT(status == STATUS_OK || status == STATUS_DEAD || status == refused);
			for (u64 page = 0; page < SCRATCH_BYTES; page += PAGE_BYTES)
				EXPECT_EQ(user_get_u64(&other, page), SECRET);
			EXPECT_STATUS(write_all(&race).status, refused);
		}
}

/* ---- calls under way ---- */

/* It takes all bits that are raised by now. */
static u64 raised(u64 signal)
{
	struct answer answer = CALL(world_init(), SYSCALL_SIGNAL_WAIT, signal, U64_MAX, 0);

	return answer.status == STATUS_OK ? answer.value : 0;
}

/* In the middle of raising a signal by what is revoked: the bit is there when the revocation returns, or never. */
static void no_bit_is_raised_after_revoke_returned(void)
{
	const struct user *init = world_init();

	EACH_POINT() {
		struct user other = user_new();
		u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());
		u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, signal, COPY_ALL, 0, 0);
		u64 theirs = give_to(&other, child, COPY_ALL);

		EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
		race_hold(cpu_of(&other));
		(void)CALL(&other, SYSCALL_SIGNAL_RAISE, theirs, 1);
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_REVOKE, signal).status, STATUS_OK);
		u64 bits = raised(signal);

		race_go_on();
		EXPECT_EQ(raised(signal), 0);
		EXPECT_STATUS(other.thread->frame.status, bits != 0 ? STATUS_OK : STATUS_REVOKED);
	}
}

/* In the middle of copying to memory that is mapped by what is revoked: it stays as it is when the revocation returns. */
static void no_byte_is_written_after_revoke_returned(void)
{
	EACH_POINT() {
		u64 at = 0;
		struct copy_race race = copy_begin(&at);
		struct user view = user_new();

		view.scratch = CALL(world_init(), SYSCALL_MAP, view.process_handle, race.memory, 0, 0, COPIED, READ_WRITE).value;
		race_hold(cpu_of(&race.p.server));
		(void)write_all(&race);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, race.memory).status, STATUS_OK);
		u64 first = user_get_u64(&view, 0), second = user_get_u64(&view, PAGE_BYTES);

		race_go_on();
		EXPECT_EQ(user_get_u64(&view, 0), first);
		EXPECT_EQ(user_get_u64(&view, PAGE_BYTES), second);
	}
}

/* Two that revoke at the same time: neither waits for the other for ever. */
static void two_that_revoke_both_return(void)
{
	const struct user *init = world_init();

	EACH_POINT() {
		struct user other = user_new();
		u64 mine = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());
		u64 theirs = give_to(&other, HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group()), COPY_ALL);

		race_hold(cpu_of(&other));
		(void)CALL(&other, SYSCALL_CAP_REVOKE, theirs);
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_REVOKE, mine).status, STATUS_OK);
		race_go_on();
		EXPECT_STATUS(CALL(&other, SYSCALL_CAP_REVOKE, theirs).status, STATUS_OK);
	}
}

/* ---- receivers ---- */

/* Copies of one capability, one to send with and one to revoke with; the only right to receive is that of a child. */
struct receiver_race {
	struct user sender, revoker, server;
	u64 send, revoke, receive;
};

static struct receiver_race receiver_begin(void)
{
	struct receiver_race race = { .sender = user_new(), .revoker = user_new(), .server = user_new() };
	const struct user *init = world_init();
	u64 endpoint = HANDLE(init, SYSCALL_ENDPOINT_CREATE, world_group(), 0);
	u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, endpoint, COPY_ALL, 0, 0);

	race.send = give_to(&race.sender, endpoint, ENDPOINT_RIGHT_SEND);
	race.revoke = give_to(&race.revoker, endpoint, RIGHT_REVOKE);
	race.receive = give_to(&race.server, child, COPY_ALL);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, endpoint).status, STATUS_OK);
	return race;
}

static void nobody_waits_for_receivers_revoked_meanwhile(void)
{
	EACH_POINT() {
		struct receiver_race race = receiver_begin();

		race_hold(cpu_of(&race.sender));
		(void)user_message(&race.sender, SYSCALL_CALL, race.send, 0, FOR_EVER);
		EXPECT_STATUS(CALL(&race.revoker, SYSCALL_CAP_REVOKE, race.revoke).status, STATUS_OK);
		race_go_on();
		world_settle();
		EXPECT_STATUS(user_answer(&race.sender).status, STATUS_DEAD);
	}
}

/* Derived, or dropped, in the middle of the revocation: it counts once or not at all. */
static void receivers_that_come_and_go_meanwhile_count_once(void)
{
	for (u32 dropped = 0; dropped < 2; dropped++)
		EACH_POINT() {
			struct receiver_race race = receiver_begin();

			race_hold(cpu_of(&race.revoker));
			(void)CALL(&race.revoker, SYSCALL_CAP_REVOKE, race.revoke);
			if (dropped != 0)
				EXPECT_STATUS(CALL(&race.server, SYSCALL_CAP_DROP, race.receive).status, STATUS_OK);
			else
				(void)CALL(&race.server, SYSCALL_CAP_DERIVE, race.receive, COPY_ALL, 0, 0);
			race_go_on();
			EXPECT_STATUS(user_message(&race.sender, SYSCALL_CALL, race.send, 0, FOR_EVER).status, STATUS_DEAD);
		}
}

/* Every capability is dropped in the middle of the revocation, that of a sender who still waits before. */
static void an_endpoint_may_die_while_its_receivers_are_revoked(void)
{
	EACH_POINT() {
		struct receiver_race race = receiver_begin();
		struct user beside = user_thread(&race.revoker);

		EXPECT(user_message(&race.sender, SYSCALL_CALL, race.send, 0, FOR_EVER).waits);
		struct user dropper = user_thread(&race.sender);

		EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, race.send).status, STATUS_OK);
		EXPECT(user_waits(&race.sender));
		race_hold(cpu_of(&race.revoker));
		(void)CALL(&race.revoker, SYSCALL_CAP_REVOKE, race.revoke);
		EXPECT_STATUS(CALL(&race.server, SYSCALL_CAP_DROP, race.receive).status, STATUS_OK);
		(void)CALL(&beside, SYSCALL_CAP_DROP, race.revoke);
		race_go_on();
		world_settle();
		EXPECT(!user_waits(&race.sender));
	}
}

void race_revoke_tests(void)
{
	RUN(a_mapping_being_removed_is_gone_when_revoke_returns);
	RUN(a_mapping_being_undone_is_gone_when_revoke_returns);
	RUN(who_writes_to_what_is_taken_away_harms_nobody);
	RUN(no_bit_is_raised_after_revoke_returned);
	RUN(no_byte_is_written_after_revoke_returned);
	RUN(two_that_revoke_both_return);
	RUN(nobody_waits_for_receivers_revoked_meanwhile);
	RUN(receivers_that_come_and_go_meanwhile_count_once);
	RUN(an_endpoint_may_die_while_its_receivers_are_revoked);
}
