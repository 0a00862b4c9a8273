/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls and answers: words, labels, badges, capabilities.
 */
#include "tests/conform/raw_call.h"
#include "tests/conform/server.h"
#include "tests/conform/suites.h"

static void words_come_back(void)
{
	handle_t endpoint = server_start();

	for (u32 words = 0; words <= 8; words++) {
		struct message m = msg_make(SERVER_ECHO, words);

		for (u32 i = 0; i < words; i++)
			*ELEM(m.word, i) = 0x1111111111111111ull * (i + 1);
		EXPECT_OK(msg_call(endpoint, &m, before_long()));
		EXPECT_NUMBER(STATUS_OK, msg_label(&m));
		EXPECT_NUMBER(words, msg_words(&m));
		for (u32 i = 0; i < words; i++)
			EXPECT_NUMBER(0x1111111111111111ull * (i + 1), *ELEM(m.word, i));
	}
	server_stop(endpoint);
	drop(endpoint);
}

static void sixty_four_words_come_back(void)
{
	handle_t endpoint = server_start();

	for (u32 words = 9; words <= 64; words += 5) {
		struct message m = msg_make(SERVER_ECHO, words);

		for (u32 i = 0; i < 8; i++)
			*ELEM(m.word, i) = i + 1000;
		for (u32 i = 8; i < words; i++)
			msg_set_word(i, i + 1000);
		EXPECT_OK(msg_call(endpoint, &m, before_long()));
		EXPECT_NUMBER(words, msg_words(&m));
		for (u32 i = 0; i < words; i++)
			EXPECT_NUMBER(i + 1000, i < 8 ? *ELEM(m.word, i) : msg_word(i));
	}
	server_stop(endpoint);
	drop(endpoint);
}

static void too_much_is_refused(void)
{
	handle_t endpoint = new_endpoint(4);
	struct message m = { .info = msg_info_make(1, 65, 0, 0, 0) };

	EXPECT(STATUS_TOO_LONG, msg_call(endpoint, &m, RT_POLL));
	m.info = msg_info_make(1, 127, 0, 0, 0);
	EXPECT(STATUS_TOO_LONG, msg_send(endpoint, &m, RT_POLL));
	m.info = msg_info_make(1, 0, 5, 0, 0);
	EXPECT(STATUS_TOO_LONG, msg_send(endpoint, &m, RT_POLL));
	m.info = msg_info_make(1, 0, 7, 0, 0);
	EXPECT(STATUS_TOO_LONG, msg_call(endpoint, &m, RT_POLL));
	drop(endpoint);
}

static void badge_arrives(void)
{
	handle_t endpoint = server_start();
	handle_t badged = {};
	struct message m = msg_make(SERVER_BADGE, 0);

	EXPECT_OK(sys_cap_derive(endpoint, ALL_RIGHTS, 0xabcdef0123456789ull, 0, &badged));
	EXPECT_OK(msg_call(badged, &m, before_long()));
	EXPECT_NUMBER(0xabcdef0123456789ull, m.word[0]);
	m = msg_make(SERVER_BADGE, 0);
	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	EXPECT_NUMBER(0, m.word[0]);
	drop(badged);
	server_stop(endpoint);
	drop(endpoint);
}

static void capabilities_travel(void)
{
	handle_t endpoint = server_start();
	handle_t signal = new_signal();
	handle_t memory = new_memory(1);
	struct message m = msg_make(SERVER_CAPS, 0);

	msg_add_cap(&m, signal, SIGNAL_RIGHT_RAISE);
	msg_add_cap(&m, memory, MSG_ALL_RIGHTS);
	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	EXPECT_NUMBER(OBJECT_SIGNAL | (u64)SIGNAL_RIGHT_RAISE << 32, m.word[0]);
	EXPECT_NUMBER(OBJECT_MEMORY | (u64)inspected(memory).rights << 32, m.word[1]);
	EXPECT_OK(sys_signal_raise(signal, 1));
	drop(memory);
	drop(signal);
	server_stop(endpoint);
	drop(endpoint);
}

static void moved_capability_is_gone_here(void)
{
	handle_t endpoint = server_start();
	handle_t signal = new_signal();
	struct message m = msg_make(SERVER_CAPS, 0);

	msg_add_cap(&m, signal, 0x80000000u | SIGNAL_RIGHT_WAIT | RIGHT_INSPECT);
	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	EXPECT_NUMBER(OBJECT_SIGNAL | (u64)(SIGNAL_RIGHT_WAIT | RIGHT_INSPECT) << 32, m.word[0]);
	EXPECT(STATUS_BAD_HANDLE, sys_signal_raise(signal, 1));
	server_stop(endpoint);
	drop(endpoint);
}

static void transfer_is_all_or_nothing(void)
{
	handle_t endpoint = server_start();
	handle_t signal = new_signal();
	handle_t stuck = derived(signal, ALL_RIGHTS & ~(u32)RIGHT_TRANSFER);
	struct message m = msg_make(SERVER_CAPS, 0);

	msg_add_cap(&m, signal, 0x80000000u | SIGNAL_RIGHTS_ALL);
	msg_add_cap(&m, stuck, MSG_ALL_RIGHTS);
	EXPECT(STATUS_DENIED, msg_call(endpoint, &m, before_long()));
	EXPECT_OK(sys_signal_raise(signal, 1));
	m = msg_make(SERVER_CAPS, 0);
	msg_add_cap(&m, signal, 0x80000000u | SIGNAL_RIGHTS_ALL);
	msg_add_cap(&m, (handle_t){ 0x7fff1234 }, MSG_ALL_RIGHTS);
	EXPECT(STATUS_BAD_HANDLE, msg_call(endpoint, &m, before_long()));
	EXPECT_OK(sys_signal_raise(signal, 1));
	drop(stuck);
	drop(signal);
	server_stop(endpoint);
	drop(endpoint);
}

static void answer_carries_capabilities(void)
{
	handle_t endpoint = server_start();
	struct message m = msg_make(SERVER_GIVE, 0);
	u64 bits = 0;

	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	EXPECT_NUMBER(2, msg_caps(&m));
	handle_t signal = msg_cap(&m, 0);
	handle_t less = msg_cap(&m, 1);

	EXPECT(STATUS_DENIED, sys_signal_raise(less, 1));
	EXPECT_OK(sys_signal_wait(less, 1u << 5, RT_POLL, &bits));
	EXPECT_NUMBER(1u << 5, bits);
	EXPECT_OK(sys_signal_raise(signal, 1));
	drop(less);
	drop(signal);
	server_stop(endpoint);
	drop(endpoint);
}

static handle_t many_endpoint, many_done;
static u64 many_wrong;

static void many_caller(u64 number)
{
	for (u64 i = 0; i < 500; i++) {
		struct message m = msg_make(SERVER_ECHO, 2);

		m.word[0] = number;
		m.word[1] = i;
		if (msg_call(many_endpoint, &m, RT_FOREVER) != STATUS_OK || m.word[0] != number || m.word[1] != i)
			__atomic_fetch_add(&many_wrong, 1, __ATOMIC_RELAXED);
	}
	sys_signal_raise(many_done, 1ull << number);
}

static void call_from_many_threads_at_once(void)
{
	u64 missing = 0xff;
	u64 bits = 0;

	many_wrong = 0;
	many_endpoint = server_start();
	many_done = new_signal();
	for (u64 i = 0; i < 8; i++)
		start_thread(many_caller, i);
	while (missing != 0 && sys_signal_wait(many_done, missing, before_long(), &bits) == STATUS_OK)
		missing &= ~bits;
	EXPECT_NUMBER(0, missing);
	EXPECT_NUMBER(0, many_wrong);
	server_stop(many_endpoint);
	drop(many_done);
	drop(many_endpoint);
}

static void upper_bits_of_info_are_ignored_or_refused(void)
{
	handle_t endpoint = server_start();
	struct message m = { .info = msg_info_make(SERVER_ECHO, 1, 0, 0, 0) | 1ull << 63, .word = { 5 } };
	enum status status = msg_call(endpoint, &m, before_long());

	EXPECT_TRUE(status == STATUS_OK || status == STATUS_INVALID);
	server_stop(endpoint);
	drop(endpoint);
}

static handle_t front, front_reply, behind;

/* Hands every call on with one word more, until it cannot. */
static void front_thread(u64 unused)
{
	struct message m = {};

	(void)unused;
	while (msg_receive(front, front_reply, &m, RT_FOREVER) == STATUS_OK) {
		u32 words = msg_words(&m);

		*ELEM(m.word, words) = 4711;
		m.info = msg_info_make(msg_label(&m), words + 1, 0, 0, 0);
		if (msg_forward(behind, front_reply, &m) != STATUS_OK)
			break;
	}
}

static void forwarded_call_is_answered_from_behind(void)
{
	behind = server_start();
	front = new_endpoint(0);
	front_reply = new_reply();
	start_thread(front_thread, 0);
	for (u32 words = 0; words < 8; words++) {
		struct message m = msg_make(SERVER_ECHO, words);

		for (u32 i = 0; i < words; i++)
			*ELEM(m.word, i) = i + 5;
		EXPECT_OK(msg_call(front, &m, before_long()));
		EXPECT_NUMBER(words + 1, msg_words(&m));
		for (u32 i = 0; i < words; i++)
			EXPECT_NUMBER(i + 5, *ELEM(m.word, i));
		EXPECT_NUMBER(4711, *ELEM(m.word, words));
	}
	server_stop(behind);
	drop(behind);
	drop(front);
	drop(front_reply);
}

static const struct test tests[] = {
	{ "words come back", words_come_back },
	{ "64 words come back", sixty_four_words_come_back },
	{ "too much in a message is refused", too_much_is_refused },
	{ "the badge arrives", badge_arrives },
	{ "capabilities travel with the rights kept", capabilities_travel },
	{ "a moved capability is gone here", moved_capability_is_gone_here },
	{ "a transfer is all or nothing", transfer_is_all_or_nothing },
	{ "an answer carries capabilities", answer_carries_capabilities },
	{ "many threads call at once", call_from_many_threads_at_once },
	{ "a forwarded call is answered from behind", forwarded_call_is_answered_from_behind },
	{ "unused bits of a message do no harm", upper_bits_of_info_are_ignored_or_refused },
};

void test_messages(struct span filter)
{
	RUN_TESTS(tests, filter);
}
