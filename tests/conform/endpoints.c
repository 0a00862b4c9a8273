/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at an endpoint: buffered messages, signals, badges that are gone.
 */
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

static enum status sent(handle_t endpoint, u64 word)
{
	struct message m = msg_make(3, 1);

	m.word[0] = word;
	return msg_send(endpoint, &m, RT_POLL);
}

static enum status received(handle_t endpoint, handle_t reply, struct message *m)
{
	*m = (struct message){};
	return msg_receive(endpoint, reply, m, RT_POLL);
}

static void buffered_messages_keep_their_order(void)
{
	handle_t endpoint = new_endpoint(4);
	handle_t reply = new_reply();
	struct message m;

	for (u64 i = 0; i < 4; i++)
		EXPECT_OK(sent(endpoint, i));
	EXPECT(STATUS_WOULD_BLOCK, sent(endpoint, 4));
	for (u64 i = 0; i < 4; i++) {
		EXPECT_OK(received(endpoint, reply, &m));
		EXPECT_NUMBER(i, m.word[0]);
		EXPECT_NUMBER(MSG_KIND_SEND, msg_kind_of(&m));
		EXPECT_NUMBER(3, msg_label(&m));
	}
	EXPECT(STATUS_WOULD_BLOCK, received(endpoint, reply, &m));
	EXPECT_OK(sent(endpoint, 9));
	drop(reply);
	drop(endpoint);
}

static void long_messages_are_buffered_whole(void)
{
	handle_t endpoint = new_endpoint(1);
	handle_t reply = new_reply();
	struct message m = msg_make(3, 64);

	for (u32 i = 8; i < 64; i++)
		msg_set_word(i, i * 3);
	EXPECT_OK(msg_send(endpoint, &m, RT_POLL));
	for (u32 i = 8; i < 64; i++)
		msg_set_word(i, 0);
	EXPECT_OK(received(endpoint, reply, &m));
	EXPECT_NUMBER(64, msg_words(&m));
	for (u32 i = 8; i < 64; i++)
		EXPECT_NUMBER(i * 3, msg_word(i));
	drop(reply);
	drop(endpoint);
}

static void unbuffered_send_needs_a_receiver(void)
{
	handle_t endpoint = new_endpoint(0);
	struct message m = msg_make(1, 0);

	EXPECT(STATUS_WOULD_BLOCK, sent(endpoint, 1));
	EXPECT(STATUS_TIMED_OUT, msg_send(endpoint, &m, in_a_moment()));
	drop(endpoint);
}

static void depth_is_limited(void)
{
	handle_t endpoint = {};

	EXPECT(STATUS_RANGE, sys_endpoint_create(rt_group(), 65, &endpoint));
	EXPECT_OK(sys_endpoint_create(rt_group(), 64, &endpoint));
	drop(endpoint);
}

static void bound_signal_comes_as_a_message(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	handle_t signal = new_signal();
	struct message m;

	EXPECT_OK(sys_endpoint_bind(endpoint, signal, 6));
	EXPECT_OK(sys_signal_raise(signal, 3));
	EXPECT_OK(received(endpoint, reply, &m));
	EXPECT_NUMBER(MSG_KIND_NOTE_SIGNAL, msg_kind_of(&m));
	EXPECT_NUMBER(2, m.word[0]);
	EXPECT(STATUS_WOULD_BLOCK, received(endpoint, reply, &m));
	EXPECT_OK(sys_signal_raise(signal, 4));
	EXPECT_OK(received(endpoint, reply, &m));
	EXPECT_NUMBER(4, m.word[0]);
	drop(signal);
	drop(reply);
	drop(endpoint);
}

static void binding_is_one_to_one(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t other = new_endpoint(0);
	handle_t signal = new_signal();
	handle_t second = new_signal();

	EXPECT(STATUS_INVALID, sys_endpoint_bind(endpoint, signal, 0));
	EXPECT_OK(sys_endpoint_bind(endpoint, signal, 1));
	EXPECT(STATUS_BUSY, sys_endpoint_bind(endpoint, second, 1));
	EXPECT(STATUS_BUSY, sys_endpoint_bind(other, signal, 1));
	drop(second);
	drop(signal);
	drop(other);
	drop(endpoint);
}

static void last_copy_of_a_badge_is_noticed(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	handle_t badged = {};
	handle_t process = new_process();
	handle_t there = {};
	struct message m;

	EXPECT_OK(sys_cap_derive(endpoint, ALL_RIGHTS, 1234, 0, &badged));
	EXPECT_OK(sys_endpoint_watch_badge(badged));
	EXPECT_OK(sys_cap_grant(process, badged, ALL_RIGHTS, &there));
	drop(badged);
	EXPECT(STATUS_WOULD_BLOCK, received(endpoint, reply, &m));
	EXPECT_OK(sys_process_kill(process, 0));
	m = (struct message){};
	EXPECT_OK(msg_receive(endpoint, reply, &m, before_long()));
	EXPECT_NUMBER(MSG_KIND_NOTE_BADGE_GONE, msg_kind_of(&m));
	EXPECT_NUMBER(1234, m.badge);
	EXPECT(STATUS_WOULD_BLOCK, received(endpoint, reply, &m));
	drop(process);
	drop(reply);
	drop(endpoint);
}

static handle_t left_at, heard;

static void receive_and_end(u64 unused)
{
	struct message m = {};
	handle_t reply = new_reply();

	(void)unused;
	EXPECT_OK(msg_receive(left_at, reply, &m, before_long()));
	EXPECT_NUMBER(1234, m.badge);
	drop(reply);
	sys_signal_raise(heard, 1);
}

/* Two, one after the other, are told, and end before they have received again. */
static void what_who_ended_was_told_of_a_badge_is_told_again(void)
{
	handle_t badged = {};
	handle_t reply = new_reply();
	struct message m = {};

	left_at = new_endpoint(0);
	heard = new_signal();
	EXPECT_OK(sys_cap_derive(left_at, ALL_RIGHTS, 1234, 0, &badged));
	EXPECT_OK(sys_endpoint_watch_badge(badged));
	drop(badged);
	for (u32 i = 0; i < 2; i++) {
		start_thread(receive_and_end, 0);
		EXPECT_TRUE(signalled(heard, 1));
	}
	EXPECT_OK(msg_receive(left_at, reply, &m, before_long()));
	EXPECT_NUMBER(MSG_KIND_NOTE_BADGE_GONE, msg_kind_of(&m));
	EXPECT_NUMBER(1234, m.badge);
	EXPECT(STATUS_WOULD_BLOCK, received(left_at, reply, &m));
	drop(reply);
	drop(heard);
	drop(left_at);
}

static void only_badged_capabilities_are_watched(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t plain = derived(endpoint, ALL_RIGHTS);
	handle_t signal = new_signal();

	EXPECT(STATUS_INVALID, sys_endpoint_watch_badge(endpoint));
	EXPECT(STATUS_INVALID, sys_endpoint_watch_badge(plain));
	EXPECT(STATUS_WRONG_TYPE, sys_endpoint_watch_badge(signal));
	drop(signal);
	drop(plain);
	drop(endpoint);
}

static void buffered_messages_go_with_the_endpoint(void)
{
	for (u32 i = 0; i < 50; i++) {
		handle_t endpoint = new_endpoint(8);

		for (u64 word = 0; word < 8; word++)
			EXPECT_OK(sent(endpoint, word));
		drop(endpoint);
	}
}

static const struct test tests[] = {
	{ "buffered messages keep their order", buffered_messages_keep_their_order },
	{ "long messages are buffered whole", long_messages_are_buffered_whole },
	{ "an unbuffered send needs a receiver", unbuffered_send_needs_a_receiver },
	{ "depth of a queue is limited", depth_is_limited },
	{ "a bound signal comes as a message", bound_signal_comes_as_a_message },
	{ "binding is one to one", binding_is_one_to_one },
	{ "the end of a badge's last copy is noticed", last_copy_of_a_badge_is_noticed },
	{ "what who ended was told of a badge is told again", what_who_ended_was_told_of_a_badge_is_told_again },
	{ "only badged capabilities are watched", only_badged_capabilities_are_watched },
	{ "buffered messages go with the endpoint", buffered_messages_go_with_the_endpoint },
};

void test_endpoints(struct span filter)
{
	RUN_TESTS(tests, filter);
}
