/* SPDX-License-Identifier: Apache-2.0
 *
 * Badges that are gone, and receivers that end: who was told and has not received again may not have done what follows
 * from it, so that another is told (ipc/note.h).
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u64 { BADGE = 1234 };

/* An endpoint with two receivers in processes of their own, and a badge that somebody else has. */
struct watched {
	struct pair pair;
	struct user second;
	u64 receive, reply; /* in the second */
	u64 file;           /* in the client: the last of the badge */
};

static struct watched watched(void)
{
	struct watched w = { .pair = pair_make(), .second = user_new() };
	u64 file = HANDLE(&w.pair.server, SYSCALL_CAP_DERIVE, w.pair.endpoint, COPY_ALL, BADGE, 0);

	EXPECT_STATUS(CALL(&w.pair.server, SYSCALL_ENDPOINT_WATCH_BADGE, file).status, STATUS_OK);
	w.file = give_from(&w.pair.server, &w.pair.client, file);
	EXPECT_STATUS(CALL(&w.pair.server, SYSCALL_CAP_DROP, file).status, STATUS_OK);
	w.receive = give_from(&w.pair.server, &w.second, w.pair.endpoint);
	w.reply = HANDLE(&w.second, SYSCALL_REPLY_CREATE, give_to(&w.second, world_group(), COPY_ALL));
	return w;
}

static void let_go(const struct watched *w)
{
	EXPECT_STATUS(CALL(&w->pair.client, SYSCALL_CAP_DROP, w->file).status, STATUS_OK);
}

static struct answer second_looks(const struct watched *w)
{
	return user_message(&w->second, SYSCALL_RECEIVE, both(w->receive, w->reply), 0, 0);
}

static void expect_told(const struct user *user)
{
	struct answer note = user_answer(user);

	EXPECT(!note.waits);
	EXPECT_STATUS(note.status, STATUS_OK);
	EXPECT_EQ(note.value, BADGE);
	EXPECT_EQ(msg_info_kind(user->thread->frame.arg1), MSG_KIND_NOTE_BADGE_GONE);
}

static void who_ends_before_he_receives_again_leaves_the_note_to_the_next(void)
{
	struct watched w = watched();

	let_go(&w);
	pair_serve(&w.pair);
	expect_told(&w.pair.server);
	EXPECT_STATUS(second_looks(&w).status, STATUS_WOULD_BLOCK);
	user_end(&w.pair.server);
	second_looks(&w);
	expect_told(&w.second);
	/* Once. */
	EXPECT_STATUS(second_looks(&w).status, STATUS_WOULD_BLOCK);
}

static void who_waits_is_told_at_once_what_another_leaves(void)
{
	struct watched w = watched();

	pair_serve(&w.pair);
	let_go(&w);
	expect_told(&w.pair.server);
	EXPECT(user_message(&w.second, SYSCALL_RECEIVE, both(w.receive, w.reply), 0, FOR_EVER).waits);
	user_end(&w.pair.server);
	expect_told(&w.second);
}

/* Killed when the note was given to him, and before he has run. */
static void a_note_on_its_way_to_who_is_killed_is_left_too(void)
{
	struct watched w = watched();

	pair_serve(&w.pair);
	let_go(&w);
	EXPECT_EQ(w.pair.server.thread->state, THREAD_STATE_READY);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, w.pair.server.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&w.pair.server));
	second_looks(&w);
	expect_told(&w.second);
}

static void who_has_received_again_leaves_nothing(void)
{
	struct watched w = watched();

	let_go(&w);
	pair_serve(&w.pair);
	expect_told(&w.pair.server);
	EXPECT(pair_serve(&w.pair).waits);
	user_end(&w.pair.server);
	EXPECT_STATUS(second_looks(&w).status, STATUS_WOULD_BLOCK);
}

/* Nor who answers another's call with it, in one go. */
static void nor_who_answers_and_receives(void)
{
	struct watched w = watched();
	u64 other = HANDLE(&w.pair.server, SYSCALL_REPLY_CREATE, w.pair.server_group);

	pair_serve(&w.pair);
	EXPECT(user_message(&w.pair.client, SYSCALL_CALL, w.pair.send, 0, FOR_EVER).waits);
	struct user closer = user_thread(&w.pair.client);

	EXPECT(user_message(&w.pair.server, SYSCALL_RECEIVE, both(w.pair.receive, other), 0, FOR_EVER).waits);
	EXPECT_STATUS(CALL(&closer, SYSCALL_CAP_DROP, w.file).status, STATUS_OK);
	expect_told(&w.pair.server);
	EXPECT(user_message(&w.pair.server, SYSCALL_REPLY_RECEIVE, both(w.pair.receive, w.pair.reply), 0, FOR_EVER).waits);
	EXPECT_STATUS(user_answer(&w.pair.client).status, STATUS_OK);
	user_end(&w.pair.server);
	EXPECT_STATUS(second_looks(&w).status, STATUS_WOULD_BLOCK);
}

/* The endpoint may be nobody's by then, and goes with the note: when he receives elsewhere, or ends. */
static void a_note_outlives_all_capabilities_to_its_endpoint(void)
{
	for (u32 way = 0; way < 2; way++) {
		struct watched w = watched();
		struct pair *p = &w.pair;

		let_go(&w);
		pair_serve(p);
		expect_told(&p->server);
		EXPECT_STATUS(CALL(&p->client, SYSCALL_CAP_DROP, p->send).status, STATUS_OK);
		EXPECT_STATUS(CALL(&w.second, SYSCALL_CAP_DROP, w.receive).status, STATUS_OK);
		EXPECT_STATUS(CALL(&p->server, SYSCALL_CAP_DROP, p->endpoint).status, STATUS_OK);
		world_settle();
		if (way == 0) {
			u64 elsewhere = HANDLE(&p->server, SYSCALL_ENDPOINT_CREATE, p->server_group, 0);

			EXPECT(user_message(&p->server, SYSCALL_RECEIVE, both(elsewhere, p->reply), 0, FOR_EVER).waits);
		} else {
			user_end(&p->server);
		}
	}
}

void note_tests(void)
{
	RUN(who_ends_before_he_receives_again_leaves_the_note_to_the_next);
	RUN(who_waits_is_told_at_once_what_another_leaves);
	RUN(a_note_on_its_way_to_who_is_killed_is_left_too);
	RUN(who_has_received_again_leaves_nothing);
	RUN(nor_who_answers_and_receives);
	RUN(a_note_outlives_all_capabilities_to_its_endpoint);
}
