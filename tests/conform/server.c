/* SPDX-License-Identifier: Apache-2.0
 *
 * The server thread. One at a time.
 */
#include "tests/conform/server.h"

static handle_t endpoint, reply, told; /* of its end, and what it is told */
static u8 copy_room[16384];

static void answer_caps(struct message *m)
{
	u32 count = msg_caps(m);
	struct message answer = msg_make(STATUS_OK, 4);

	for (u32 i = 0; i < count; i++)
		answer.word[i] = inspected(msg_cap(m, i)).type | (u64)inspected(msg_cap(m, i)).rights << 32;
	msg_drop_caps(m, 0);
	*m = answer;
}

static void give_caps(struct message *m)
{
	handle_t signal = new_signal();
	handle_t less = derived(signal, RIGHT_TRANSFER | RIGHT_DUPLICATE | SIGNAL_RIGHT_WAIT);

	EXPECT_OK(sys_signal_raise(signal, 1u << 5));
	*m = msg_make(STATUS_OK, 0);
	msg_add_cap(m, signal, ALL_RIGHTS);
	msg_add_cap(m, less, ALL_RIGHTS);
	EXPECT_OK(msg_reply(reply, m));
	drop(less);
	drop(signal);
}

static void copy(struct message *m)
{
	u64 bytes = m->word[0];
	u64 offset = m->word[1];
	u64 got = 0;
	u64 put = 0;
	struct mspan room = mspan_first(MSPAN_OF_ARRAY(copy_room), bytes);
	enum status status = sys_buffer_read(reply, offset, room, &got);
	struct message answer = msg_make(status, 3);

	if (status == STATUS_OK) {
		answer.word[2] = sys_buffer_write(reply, offset, span_first(span_of(room), got), &put);
		answer.word[0] = got;
		answer.word[1] = put;
	}
	*m = answer;
}

/* True if the answer in `m` is to be sent. */
static bool serve(struct message *m, bool *stop)
{
	switch (msg_label(m)) {
	case SERVER_ECHO: m->info = msg_info_make(STATUS_OK, msg_words(m), 0, 0, 0); return true;
	case SERVER_BADGE:
		m->word[0] = m->badge;
		m->info = msg_info_make(STATUS_OK, 1, 0, 0, 0);
		return true;
	case SERVER_CAPS: answer_caps(m); return true;
	case SERVER_GIVE: give_caps(m); return false;
	case SERVER_COPY: copy(m); return true;
	case SERVER_SLOW:
		EXPECT_TRUE(signalled(told, 2));
		*m = msg_make(STATUS_OK, 0);
		return true;
	case SERVER_DROP_REPLY:
		drop(reply);
		reply = handle_none();
		*stop = true;
		return false;
	default:
		*stop = true;
		*m = msg_make(STATUS_OK, 0);
		return true;
	}
}

static void server_thread(u64 unused)
{
	struct message m = {};
	bool stop = false;

	(void)unused;
	while (!stop && msg_receive(endpoint, reply, &m, RT_FOREVER) == STATUS_OK) {
		/* A caller that has gone needs no answer. */
		if (serve(&m, &stop))
			(void)!msg_reply(reply, &m);
	}
	sys_signal_raise(told, 1);
}

handle_t server_start(void)
{
	endpoint = new_endpoint(0);
	reply = new_reply();
	told = new_signal();
	start_thread(server_thread, 0);
	return endpoint;
}

void server_answer(void) { EXPECT_OK(sys_signal_raise(told, 2)); }

void server_wait(void)
{
	EXPECT_TRUE(signalled(told, 1));
	if (!handle_is_none(reply))
		drop(reply);
	drop(told);
}

void server_stop(handle_t at)
{
	struct message m = msg_make(SERVER_STOP, 0);

	EXPECT_OK(msg_call(at, &m, before_long()));
	server_wait();
}
