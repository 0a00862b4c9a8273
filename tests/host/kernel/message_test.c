/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages that arrive: calls and answers with words, badges, capabilities and buffers; queues; notes.
 */
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

static void a_call_switches_directly_and_lends_the_activity(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(user_waits(&p.server));
	user_word(&p.client, 0, 11);
	user_word(&p.client, 1, 12);
	u32 cpu = user_bring(p.client.thread);
	struct answer answer = user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(5, 2, 0, 0, 0), FOR_EVER);

	EXPECT(answer.waits);
	EXPECT_EQ(p.server.thread->state, THREAD_STATE_RUNNING);
	EXPECT_EQ(p.server.thread->cpu, cpu);
	EXPECT(p.server.thread->activity == p.client.thread->own);
	EXPECT_EQ(p.server.thread->frame.arg0, 7); /* badge */
	EXPECT_EQ(msg_info_label(p.server.thread->frame.arg1), 5);
	EXPECT_EQ(msg_info_words(p.server.thread->frame.arg1), 2);
	EXPECT_EQ(msg_info_kind(p.server.thread->frame.arg1), MSG_KIND_CALL);
	EXPECT_EQ(user_word_at(&p.server, 0), 11);
	EXPECT_EQ(user_word_at(&p.server, 1), 12);
	user_word(&p.server, 0, 13);
	answer = user_message(&p.server, SYSCALL_REPLY_RECEIVE, both(p.receive, p.reply), msg_info_make(6, 1, 0, 0, 0), FOR_EVER);
	EXPECT(answer.waits);
	EXPECT_EQ(p.client.thread->state, THREAD_STATE_RUNNING);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
	EXPECT_EQ(user_word_at(&p.client, 0), 13);
	EXPECT_EQ(msg_info_label(p.client.thread->frame.arg1), 6);
	EXPECT(p.client.thread->activity == p.client.thread->own);
	EXPECT(p.server.thread->activity == p.server.thread->own);
}

/* Every number of words, by the fast path, the slow one, and through waiting. */
static void every_length_arrives_whole(void)
{
	struct pair p = pair_make();

	for (u32 words = 0; words <= MESSAGE_WORDS_MAX; words++) {
		bool caller_first = words % 3 == 0;
		u64 info = msg_info_make(words, words, 0, 0, 0), deadline = words % 2 == 0 ? FOR_EVER : fake_now() + (1ull << 40);

		for (u32 i = 0; i < words; i++)
			user_word(&p.client, i, words * 100 + i);
		if (!caller_first)
			pair_serve(&p);
		EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, info, deadline).waits);
		if (caller_first)
			pair_serve(&p);
		EXPECT(!user_waits(&p.server));
		for (u32 i = 0; i < words; i++)
			EXPECT_EQ(user_word_at(&p.server, i), words * 100 + i);
		for (u32 i = 0; i < words; i++)
			user_word(&p.server, i, words * 1000 + i);
		EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), info, 0).status, STATUS_OK);
		EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
		EXPECT_EQ(msg_info_words(p.client.thread->frame.arg1), words);
		for (u32 i = 0; i < words; i++)
			EXPECT_EQ(user_word_at(&p.client, i), words * 1000 + i);
	}
}

static void no_other_register_of_the_sender_is_seen(void)
{
	struct pair p = pair_make();

	for (u32 i = 0; i < 8; i++) {
		user_word(&p.server, i, 1);
		user_word(&p.client, i, 0x5ec2e7);
	}
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 2, 0, 0, 0), FOR_EVER);
	for (u32 i = 2; i < 8; i++)
		EXPECT(user_word_at(&p.server, i) != 0x5ec2e7);
}

static void malformed_messages_are_refused(void)
{
	struct pair p = pair_make();

#define REFUSED(number, handles, info, expected) \
	EXPECT_STATUS(user_message(&p.client, (number), (handles), (info), 0).status, (expected))
	pair_serve(&p);
	REFUSED(SYSCALL_CALL, p.send, msg_info_make(0, 65, 0, 0, 0), STATUS_TOO_LONG);
	REFUSED(SYSCALL_CALL, p.send, msg_info_make(0, 0, 5, 0, 0), STATUS_TOO_LONG);
	REFUSED(SYSCALL_SEND, p.send, msg_info_make(0, 127, 7, 0, 0), STATUS_TOO_LONG);
	REFUSED(SYSCALL_REPLY, 0, msg_info_make(0, 65, 0, 0, 0), STATUS_TOO_LONG);
	REFUSED(SYSCALL_CALL, 0, 0, STATUS_BAD_HANDLE);
	REFUSED(SYSCALL_RECEIVE, both(p.send, 0), 0, STATUS_DENIED);
	REFUSED(SYSCALL_REPLY, both(0, p.send), 0, STATUS_WRONG_TYPE);
	EXPECT(user_waits(&p.server));
	EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, 0, 0).waits);
}

/* A capability that is moved is one to receive with on its way, too, and where it arrives. */
static void the_last_capability_to_receive_is_moved(void)
{
	struct pair p = pair_make(), q = pair_make();
	u64 send = give_from(&q.client, &p.server, q.send);

	pair_serve(&q);
	EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER).waits);
	user_cap(&p.server, 0, p.receive, 0x8000ffffu);
	EXPECT(user_message(&p.server, SYSCALL_CALL, send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER).waits);
	world_settle();
	EXPECT(user_waits(&p.client));
	EXPECT_STATUS(CALL(&q.server, SYSCALL_CAP_DROP, user_cap_at(&q.server, 0)).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_DEAD);
}

static void capabilities_travel_copied_or_moved(void)
{
	struct pair p = pair_make();
	u64 copied = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group);
	u64 moved = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group);
	u64 ids[] = { object_id(&p.client, copied), object_id(&p.client, moved) };
	struct cap cap;

	pair_serve(&p);
	user_cap(&p.client, 0, copied, SIGNAL_RIGHT_RAISE);
	user_cap(&p.client, 1, moved, 0x80000000u | SIGNAL_RIGHTS_ALL);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 2, 0, 0), FOR_EVER);
	EXPECT(!user_waits(&p.server));
	EXPECT_EQ(msg_info_caps(p.server.thread->frame.arg1), 2);
	for (u32 i = 0; i < 2; i++)
		EXPECT_EQ(object_id(&p.server, user_cap_at(&p.server, i)), *ELEM(ids, i));
	EXPECT_STATUS(cap_read(p.server.process, (handle_t){ (u32)user_cap_at(&p.server, 0) }, &cap), STATUS_OK);
	EXPECT_EQ(cap.rights, SIGNAL_RIGHT_RAISE);
	EXPECT_EQ(object_id(&p.client, copied), ids[0]);
	EXPECT_EQ(object_id(&p.client, moved), 0);
	/* And back with the answer. */
	user_cap(&p.server, 0, user_cap_at(&p.server, 1), 0xffffffffu);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), msg_info_make(0, 0, 1, 0, 0), 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
	EXPECT_EQ(object_id(&p.client, user_cap_at(&p.client, 0)), ids[1]);
}

/* One goes by the fast path to a server that waits. What cannot go leaves no trace there. */
static void one_capability_goes_at_once(void)
{
	struct pair p = pair_make();
	const u64 info = msg_info_make(0, 3, 1, 0, 0);
	u64 copied = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group), id = object_id(&p.client, copied);
	u64 stuck = HANDLE(&p.client, SYSCALL_CAP_DERIVE, copied, SIGNAL_RIGHT_RAISE, 0, 0);
	struct cap cap;

	pair_serve(&p);
	u32 had = p.server.process->caps.used;

	EXPECT_STATUS(cap_read(p.client.process, (handle_t){ (u32)copied }, &cap), STATUS_OK);
	const struct object *object = cap.object;
	u32 refs = object->refs;

	user_cap(&p.client, 0, stuck, 0xffffffffu);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_CALL, p.send, info, FOR_EVER).status, STATUS_DENIED);
	pair_serve(&p);
	EXPECT_EQ(p.server.process->caps.used, had);
	EXPECT_EQ(object->refs, refs);
	user_word(&p.client, 2, 77);
	user_cap(&p.client, 0, copied, SIGNAL_RIGHT_RAISE);
	EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, info, FOR_EVER).waits);
	EXPECT(p.server.thread->activity == p.client.thread->own);
	EXPECT_EQ(user_word_at(&p.server, 2), 77);
	EXPECT_EQ(object_id(&p.server, user_cap_at(&p.server, 0)), id);
	EXPECT_STATUS(cap_read(p.server.process, (handle_t){ (u32)user_cap_at(&p.server, 0) }, &cap), STATUS_OK);
	EXPECT_EQ(cap.rights, SIGNAL_RIGHT_RAISE);
	EXPECT_EQ(p.server.process->caps.used, had + 1);
	EXPECT(user_message(&p.server, SYSCALL_REPLY_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER).waits);
	user_cap(&p.client, 0, copied, 0x80000000u | SIGNAL_RIGHTS_ALL);
	EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, info, FOR_EVER).waits);
	EXPECT_EQ(object_id(&p.server, user_cap_at(&p.server, 0)), id);
	EXPECT_EQ(object_id(&p.client, copied), 0);
}

static void a_transfer_is_all_or_nothing(void)
{
	struct pair p = pair_make();
	u64 good = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group);
	u64 stuck = HANDLE(&p.client, SYSCALL_CAP_DERIVE, good, SIGNAL_RIGHT_RAISE, 0, 0);

	pair_serve(&p);
	u32 had = p.server.process->caps.used;

	user_cap(&p.client, 0, good, 0x80000000u | SIGNAL_RIGHTS_ALL);
	user_cap(&p.client, 1, stuck, 0xffffffffu);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 2, 0, 0), FOR_EVER).status, STATUS_DENIED);
	EXPECT(!user_waits(&p.server)); /* it makes its call again */
	pair_serve(&p);
	EXPECT(user_waits(&p.server)); /* as if nothing had been */
	EXPECT_EQ(p.server.process->caps.used, had);
	EXPECT(object_id(&p.client, good) != 0);
	user_cap(&p.client, 1, 0x12345, 0xffffffffu);
	struct answer answer = user_message(&p.client, SYSCALL_SEND, p.send, msg_info_make(0, 0, 2, 0, 0), FOR_EVER);

	EXPECT_STATUS(answer.status, STATUS_BAD_HANDLE);
	pair_serve(&p);
	EXPECT(user_waits(&p.server));
	/* The same from a sender that waits: it is told, and the next one is taken. */
	struct pair q = pair_make();

	user_cap(&q.client, 0, 0x12345, 0xffffffffu);
	EXPECT(user_message(&q.client, SYSCALL_CALL, q.send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER).waits);
	EXPECT_STATUS(user_message(&q.server, SYSCALL_RECEIVE, both(q.receive, q.reply), 0, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(user_answer(&q.client).status, STATUS_BAD_HANDLE);
	pair_serve(&q);
	EXPECT(user_waits(&q.server));
}

/* A copy that gave way goes on only as the same call: one that fails instead leaves nothing to the next. */
static void a_copy_that_was_not_finished_is_forgotten(void)
{
	enum : u64 { BYTES = 3 * PAGE_BYTES, SOON = 1000000 };
	struct pair p = pair_make();

	user_buffers(&p.client, p.client.scratch, BYTES, 0, 0);
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 0, 0, 1), fake_now() + SOON);
	user_word(&p.server, 0, p.server.scratch);
	user_word(&p.server, 1, BYTES);
	fake_interrupt_every(1);
	EXPECT_EQ(user_message(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, 0).status, SYSCALL_BUFFER_READ);
	fake_interrupt_every(0);
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, BYTES).status, STATUS_PEER_DIED);
	user_put_u64(&p.client, 0, 0x5ec0d);
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 0, 0, 1), FOR_EVER);
	EXPECT_EQ(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, BYTES).value, BYTES);
	EXPECT_EQ(user_get_u64(&p.server, 0), 0x5ec0d);
}

static void buffers_are_read_and_written_through_the_reply(void)
{
	struct pair p = pair_make();
	u8 text[3000], found[3000];

	for (u32 i = 0; i < ARRAY_LEN(text); i++)
		*ELEM(text, i) = (u8)(i * 13);
	user_put(&p.client, 2000, SPAN_OF_ARRAY(text));
	user_buffers(&p.client, p.client.scratch + 2000, 3000, p.client.scratch + 3 * PAGE_BYTES - 100, 200);
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 0, 0, 1), FOR_EVER);
	struct answer answer = CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch + 500, 5000);

	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.value, 3000);
	user_get(&p.server, 500, MSPAN_OF_ARRAY(found));
	EXPECT(span_equal(SPAN_OF_ARRAY(found), SPAN_OF_ARRAY(text)));
	EXPECT_EQ(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 2990, p.server.scratch, 100).value, 10);
	EXPECT_EQ(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 3000, p.server.scratch, 100).value, 0);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 3001, p.server.scratch, 100).status, STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, U64_MAX, p.server.scratch, 100).status, STATUS_RANGE);
	EXPECT_EQ(CALL(&p.server, SYSCALL_BUFFER_WRITE, p.reply, 50, p.server.scratch + 500, 1000).value, 150);
	user_get(&p.client, 3 * PAGE_BYTES - 50, mspan_first(MSPAN_OF_ARRAY(found), 150));
	EXPECT(span_equal(span_first(SPAN_OF_ARRAY(found), 150), span_first(SPAN_OF_ARRAY(text), 150)));
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_WRITE, p.reply, 0, 0x10000, 10).status, STATUS_BAD_ADDRESS);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, 10).status, STATUS_PEER_DIED);
	/* Without the declaration there are none. */
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, 10).status, STATUS_RANGE);
}

/* Where a user's memory ends. */
static u64 end_of_memory(const struct user *user)
{
	u64 at = user->scratch;

	for (u8 byte; user_copy_in(user->process, MSPAN_OF_STRUCT(byte), (uaddr_t){ at }) == STATUS_OK;)
		at += PAGE_BYTES;
	return at;
}

/* Between two pages; what is told in the end is the sum. */
static void copies_of_buffers_give_way(void)
{
	struct pair p = pair_make();
	u8 text[3 * PAGE_BYTES], found[3 * PAGE_BYTES];

	for (u32 i = 0; i < ARRAY_LEN(text); i++)
		*ELEM(text, i) = (u8)(i * 13);
	user_put(&p.client, 0, SPAN_OF_ARRAY(text));
	user_buffers(&p.client, p.client.scratch, sizeof(text), p.client.scratch, sizeof(text));
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 0, 0, 1), FOR_EVER);
	EXPECT_EQ(CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, 2 * PAGE_BYTES).parts, 1);
	fake_interrupt_every(1);
	struct answer answer = CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 100, p.server.scratch, 2 * PAGE_BYTES);

	EXPECT_EQ(answer.parts, 4);
	EXPECT_EQ(answer.value, 2 * PAGE_BYTES);
	user_get(&p.server, 0, mspan_first(MSPAN_OF_ARRAY(found), 2 * PAGE_BYTES));
	EXPECT(span_equal(span_first(SPAN_OF_ARRAY(found), 2 * PAGE_BYTES), span_part(SPAN_OF_ARRAY(text), 100, 2 * PAGE_BYTES)));
	/* What has failed half way does not show in the next one. */
	answer = CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, end_of_memory(&p.server) - PAGE_BYTES, 2 * PAGE_BYTES);
	EXPECT_STATUS(answer.status, STATUS_BAD_ADDRESS);
	EXPECT_EQ(answer.value, 0);
	EXPECT_EQ(answer.parts, 2);
	answer = CALL(&p.server, SYSCALL_BUFFER_WRITE, p.reply, PAGE_BYTES, p.server.scratch, PAGE_BYTES);
	EXPECT_EQ(answer.value, PAGE_BYTES);
	EXPECT_EQ(answer.parts, 1);
	fake_interrupt_every(0);
	user_get(&p.client, PAGE_BYTES, mspan_first(MSPAN_OF_ARRAY(found), PAGE_BYTES));
	EXPECT(span_equal(span_first(SPAN_OF_ARRAY(found), PAGE_BYTES), span_part(SPAN_OF_ARRAY(text), 100, PAGE_BYTES)));
}

/* Whoever ends the caller's wait needs the lock that a copy holds: it is let go after two pages, whether or not anybody on this
 * processor has something to do. */
static void copies_of_buffers_hold_nobody_up(void)
{
	struct pair p = pair_make();

	user_put_u64(&p.client, SCRATCH_BYTES - 8, 0xe4d);
	user_buffers(&p.client, p.client.scratch, SCRATCH_BYTES, p.client.scratch, SCRATCH_BYTES);
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 0, 0, 1), FOR_EVER);
	struct answer answer = CALL(&p.server, SYSCALL_BUFFER_READ, p.reply, 0, p.server.scratch, SCRATCH_BYTES);

	EXPECT_EQ(answer.parts, SCRATCH_BYTES / PAGE_BYTES / 2);
	EXPECT_EQ(answer.value, SCRATCH_BYTES);
	EXPECT_EQ(user_get_u64(&p.server, SCRATCH_BYTES - 8), 0xe4d);
	answer = CALL(&p.server, SYSCALL_BUFFER_WRITE, p.reply, 0, p.server.scratch, 2 * PAGE_BYTES);
	EXPECT_EQ(answer.parts, 1);
	EXPECT_EQ(answer.value, 2 * PAGE_BYTES);
}

static void senders_wait_in_order_and_need_no_answer(void)
{
	struct pair p = pair_make();
	struct user second = user_thread(&p.client);

	user_word(&p.client, 0, 1);
	EXPECT(user_message(&p.client, SYSCALL_SEND, p.send, msg_info_make(0, 1, 0, 0, 0), FOR_EVER).waits);
	user_word(&second, 0, 2);
	EXPECT(user_message(&second, SYSCALL_SEND, p.send, msg_info_make(0, 1, 0, 0, 0), FOR_EVER).waits);
	for (u64 i = 1; i <= 2; i++) {
		EXPECT_STATUS(pair_serve(&p).status, STATUS_OK);
		EXPECT_EQ(user_word_at(&p.server, 0), i);
		EXPECT_EQ(msg_info_kind(p.server.thread->frame.arg1), MSG_KIND_SEND);
	}
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&second).status, STATUS_OK);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
}

static void a_queue_keeps_messages_up_to_its_depth(void)
{
	struct pair p = pair_make_deep(3);

	for (u32 i = 0; i < 3; i++) {
		for (u32 word = 0; word < 20; word++)
			user_word(&p.client, word, i * 50 + word);
		EXPECT_STATUS(user_message(&p.client, SYSCALL_SEND, p.send, msg_info_make(i, 20, 0, 0, 0), 0).status, STATUS_OK);
	}
	EXPECT_STATUS(user_message(&p.client, SYSCALL_SEND, p.send, msg_info_make(9, 20, 0, 0, 0), 0).status, STATUS_WOULD_BLOCK);
	EXPECT(user_message(&p.client, SYSCALL_SEND, p.send, msg_info_make(3, 0, 0, 0, 0), FOR_EVER).waits);
	for (u32 i = 0; i < 4; i++) {
		EXPECT_STATUS(pair_serve(&p).status, STATUS_OK);
		EXPECT_EQ(msg_info_label(p.server.thread->frame.arg1), i);
		EXPECT_EQ(p.server.thread->frame.arg0, 7);
		for (u32 word = 0; word < 20 && i < 3; word++)
			EXPECT_EQ(user_word_at(&p.server, word), i * 50 + word);
	}
	EXPECT(!user_waits(&p.client));
	/* What is left in it goes with the endpoint. */
	EXPECT_STATUS(user_message(&p.client, SYSCALL_SEND, p.send, 0, 0).status, STATUS_OK);
}

static void the_last_copy_of_a_watched_badge_is_noted(void)
{
	struct pair p = pair_make();
	u64 file = HANDLE(&p.server, SYSCALL_CAP_DERIVE, p.endpoint, 0xffffffffu, 1234, 0);
	struct answer note;

	EXPECT_STATUS(CALL(&p.server, SYSCALL_ENDPOINT_WATCH_BADGE, file).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_ENDPOINT_WATCH_BADGE, p.endpoint).status, STATUS_INVALID);
	/* The client gets it with an answer; the server keeps none. */
	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
	user_cap(&p.server, 0, file, 0x80000000u | ENDPOINT_RIGHTS_ALL);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), msg_info_make(0, 0, 1, 0, 0), 0).status, STATUS_OK);
	u64 held = user_cap_at(&p.client, 0);
	u64 copy = HANDLE(&p.client, SYSCALL_CAP_DERIVE, held, 0xffffffffu, 0, 0);

	EXPECT_STATUS(CALL(&p.client, SYSCALL_CAP_DROP, held).status, STATUS_OK);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, 0).status, STATUS_WOULD_BLOCK);
	pair_serve(&p);
	EXPECT_STATUS(CALL(&p.client, SYSCALL_CAP_DROP, copy).status, STATUS_OK);
	note = user_answer(&p.server);
	EXPECT(!note.waits);
	EXPECT_EQ(note.value, 1234);
	EXPECT_EQ(msg_info_kind(p.server.thread->frame.arg1), MSG_KIND_NOTE_BADGE_GONE);
}

static void raised_bits_of_the_bound_signal_come_as_a_note(void)
{
	struct pair p = pair_make();
	u64 signal = HANDLE(&p.server, SYSCALL_SIGNAL_CREATE, p.server_group);
	u64 second = HANDLE(&p.server, SYSCALL_SIGNAL_CREATE, p.server_group);

	EXPECT_STATUS(CALL(&p.server, SYSCALL_SIGNAL_RAISE, signal, 5).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_ENDPOINT_BIND, p.receive, signal, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_ENDPOINT_BIND, p.receive, signal, 7).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_ENDPOINT_BIND, p.receive, second, 7).status, STATUS_BUSY);
	EXPECT_STATUS(pair_serve(&p).status, STATUS_OK);
	EXPECT_EQ(msg_info_kind(p.server.thread->frame.arg1), MSG_KIND_NOTE_SIGNAL);
	EXPECT_EQ(user_word_at(&p.server, 0), 5);
	pair_serve(&p);
	struct user other = user_thread(&p.server);

	EXPECT_STATUS(CALL(&other, SYSCALL_SIGNAL_RAISE, signal, 8).status, STATUS_OK); /* not in the mask */
	EXPECT(user_waits(&p.server));
	EXPECT_STATUS(CALL(&other, SYSCALL_SIGNAL_RAISE, signal, 2).status, STATUS_OK);
	EXPECT(!user_answer(&p.server).waits);
	EXPECT_EQ(user_word_at(&p.server, 0), 2);
}

/* A server that calls another one passes on what it was lent; everything comes back. */
static void activities_pass_through_nested_calls(void)
{
	struct pair outer = pair_make(), inner = pair_make();
	u64 send = give_from(&inner.server, &outer.server, inner.endpoint);

	pair_serve(&outer);
	pair_serve(&inner);
	(void)user_message(&outer.client, SYSCALL_CALL, outer.send, 0, FOR_EVER);
	(void)user_message(&outer.server, SYSCALL_CALL, send, 0, FOR_EVER);
	EXPECT(inner.server.thread->activity == outer.client.thread->own);
	EXPECT_STATUS(user_message(&inner.server, SYSCALL_REPLY, both(0, inner.reply), 0, 0).status, STATUS_OK);
	EXPECT(outer.server.thread->activity == outer.client.thread->own);
	EXPECT(inner.server.thread->activity == inner.server.thread->own);
	EXPECT_STATUS(user_message(&outer.server, SYSCALL_REPLY, both(0, outer.reply), 0, 0).status, STATUS_OK);
	EXPECT(outer.client.thread->activity == outer.client.thread->own);
	EXPECT(outer.server.thread->activity == outer.server.thread->own);
}

/* A server may keep a caller waiting and serve others meanwhile, with another reply object. */
static void a_caller_can_be_answered_later(void)
{
	struct pair p = pair_make();
	struct user second = user_thread(&p.client);
	u64 reply = HANDLE(&p.server, SYSCALL_REPLY_CREATE, p.server_group);

	pair_serve(&p);
	(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER).status, STATUS_BUSY);
	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, reply), 0, FOR_EVER).waits);
	EXPECT(p.server.thread->activity == p.server.thread->own);
	(void)user_message(&second, SYSCALL_CALL, p.send, 0, FOR_EVER);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), msg_info_make(1, 0, 0, 0, 0), 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
	EXPECT(p.client.thread->activity == p.client.thread->own);
	EXPECT(user_waits(&second));
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, reply), msg_info_make(2, 0, 0, 0, 0), 0).status, STATUS_OK);
	EXPECT_EQ(msg_info_label(second.thread->frame.arg1), 2);
	EXPECT(p.server.thread->activity == p.server.thread->own);
}

void message_tests(void)
{
	RUN(a_call_switches_directly_and_lends_the_activity);
	RUN(every_length_arrives_whole);
	RUN(no_other_register_of_the_sender_is_seen);
	RUN(malformed_messages_are_refused);
	RUN(capabilities_travel_copied_or_moved);
	RUN(the_last_capability_to_receive_is_moved);
	RUN(one_capability_goes_at_once);
	RUN(a_transfer_is_all_or_nothing);
	RUN(buffers_are_read_and_written_through_the_reply);
	RUN(copies_of_buffers_give_way);
	RUN(copies_of_buffers_hold_nobody_up);
	RUN(a_copy_that_was_not_finished_is_forgotten);
	RUN(senders_wait_in_order_and_need_no_answer);
	RUN(a_queue_keeps_messages_up_to_its_depth);
	RUN(the_last_copy_of_a_watched_badge_is_noted);
	RUN(raised_bits_of_the_bound_signal_come_as_a_note);
	RUN(activities_pass_through_nested_calls);
	RUN(a_caller_can_be_answered_later);
}
