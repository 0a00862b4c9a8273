/* SPDX-License-Identifier: Apache-2.0
 *
 * Declared buffers: what a server may read and write of its caller.
 */
#include "lib/rt/memory.h"
#include "tests/conform/server.h"
#include "tests/conform/suites.h"

static u8 in[16384], out[16384];

static struct message copied(handle_t endpoint, u64 bytes, u64 offset, struct span from, struct mspan to)
{
	struct message m = msg_make(SERVER_COPY, 2);

	m.word[0] = bytes;
	m.word[1] = offset;
	msg_set_buffers(&m, from, to);
	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	return m;
}

static void fill(void)
{
	for (usize i = 0; i < sizeof(in); i++)
		*ELEM(in, i) = (u8)(i * 7 + (i >> 8));
	mspan_fill(MSPAN_OF_ARRAY(out), 0);
}

static void bytes_are_copied(void)
{
	handle_t endpoint = server_start();
	static const u64 sizes[] = { 1, 8, 100, 4095, 4096, 4097, 10000, 16384 };

	for (u32 i = 0; i < ARRAY_LEN(sizes); i++) {
		u64 bytes = *ELEM(sizes, i);

		fill();
		struct message m = copied(endpoint, bytes, 0, SPAN_OF_ARRAY(in), MSPAN_OF_ARRAY(out));

		EXPECT_NUMBER(bytes, m.word[0]);
		EXPECT_NUMBER(bytes, m.word[1]);
		EXPECT_TRUE(span_equal(span_first(SPAN_OF_ARRAY(in), bytes), span_first(SPAN_OF_ARRAY(out), bytes)));
		EXPECT_TRUE(bytes == sizeof(out) || *ELEM(out, bytes) == 0);
	}
	server_stop(endpoint);
	drop(endpoint);
}

static void copies_end_at_the_buffer(void)
{
	handle_t endpoint = server_start();

	fill();
	struct message m = copied(endpoint, 100, 0, span_first(SPAN_OF_ARRAY(in), 10), mspan_first(MSPAN_OF_ARRAY(out), 4));

	EXPECT_NUMBER(10, m.word[0]);
	EXPECT_NUMBER(4, m.word[1]);
	EXPECT_NUMBER(0, *ELEM(out, 4));
	m = copied(endpoint, 100, 8, span_first(SPAN_OF_ARRAY(in), 10), MSPAN_OF_ARRAY(out));
	EXPECT_NUMBER(2, m.word[0]);
	server_stop(endpoint);
	drop(endpoint);
}

static void offset_beyond_the_buffer(void)
{
	handle_t endpoint = server_start();

	fill();
	struct message m = copied(endpoint, 10, 11, span_first(SPAN_OF_ARRAY(in), 10), MSPAN_OF_ARRAY(out));

	EXPECT(STATUS_RANGE, msg_label(&m));
	m = copied(endpoint, 10, U64_MAX, span_first(SPAN_OF_ARRAY(in), 10), MSPAN_OF_ARRAY(out));
	EXPECT(STATUS_RANGE, msg_label(&m));
	server_stop(endpoint);
	drop(endpoint);
}

static void no_buffers_no_access(void)
{
	handle_t endpoint = server_start();
	struct message m = msg_make(SERVER_COPY, 2);

	/* The message buffer still names the buffers of an earlier call; without the flag they do not count. */
	m.word[0] = 10;
	m.word[1] = 0;
	msg_set_buffers(&m, SPAN_OF_ARRAY(in), MSPAN_OF_ARRAY(out));
	m.info = msg_info_make(SERVER_COPY, 2, 0, 0, 0);
	EXPECT_OK(msg_call(endpoint, &m, before_long()));
	EXPECT_TRUE(msg_label(&m) != STATUS_OK || m.word[0] == 0);
	server_stop(endpoint);
	drop(endpoint);
}

static void bad_buffer_is_the_callers_fault(void)
{
	handle_t endpoint = server_start();
	pages_t pages = {};

	EXPECT_OK(rt_pages_create(PAGE_BYTES, true, &pages));
	struct span gone = rt_pages_span(pages);

	rt_pages_release(pages);
	struct message m = copied(endpoint, 10, 0, gone, MSPAN_OF_ARRAY(out));

	EXPECT(STATUS_BAD_ADDRESS, msg_label(&m));
	server_stop(endpoint);
	drop(endpoint);
}

static void idle_reply_gives_no_access(void)
{
	handle_t reply = new_reply();
	u64 bytes = 0;

	EXPECT(STATUS_PEER_DIED, sys_buffer_read(reply, 0, MSPAN_OF_ARRAY(out), &bytes));
	EXPECT(STATUS_PEER_DIED, sys_buffer_write(reply, 0, SPAN_OF_ARRAY(in), &bytes));
	drop(reply);
}

static const struct test tests[] = {
	{ "buffers are copied", bytes_are_copied },
	{ "copies end at the buffer's end", copies_end_at_the_buffer },
	{ "an offset beyond the buffer", offset_beyond_the_buffer },
	{ "no buffers declared, no access", no_buffers_no_access },
	{ "a bad buffer is an error, not a fault", bad_buffer_is_the_callers_fault },
	{ "an idle reply object gives no access", idle_reply_gives_no_access },
};

void test_buffers(struct span filter)
{
	RUN_TESTS(tests, filter);
}
