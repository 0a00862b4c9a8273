/* SPDX-License-Identifier: Apache-2.0
 *
 * Call and answer between two processes. The server is this program again.
 */
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum label : u32 { ECHO, READ, TAKE, DROP };

static struct spawn server;
static handle_t endpoint, given;
static u32 words;
static u8 page[PAGE_BYTES];

/* Questions that ask for more than an answer with the same words. By value, so that the message of the others stays in
 * registers between two system calls. */
static FORCE_INLINE struct message answer(handle_t reply, struct message m)
{
	static handle_t taken;
	u64 bytes = 0;

	if (msg_label(&m) == READ)
		must(span_text("buffer"), sys_buffer_read(reply, 0, MSPAN_OF_ARRAY(page), &bytes));
	if (msg_label(&m) == TAKE)
		taken = msg_cap(&m, 0);
	if (msg_label(&m) == DROP)
		sys_cap_drop(taken);
	return msg_make(ECHO, 0);
}

u64 ipc_server(void)
{
	handle_t reply;
	handle_t from = rt_handle(span_text("peer"));
	struct message m = {};

	must(span_text("no reply object"), sys_reply_create(rt_group(), &reply));
	must(span_text("no message"), msg_receive(from, reply, &m, RT_FOREVER));
	do {
		if (UNLIKELY(msg_label(&m) != ECHO))
			m = answer(reply, m);
	} while (msg_reply_receive(from, reply, &m, RT_FOREVER) == STATUS_OK);
	return 1;
}

static void call(struct message *m, u64 *begin, u64 *end)
{
	*begin = samples_now();
	enum status status = msg_call(endpoint, m, RT_FOREVER);

	*end = rt_now_ns();
	must(span_text("call"), status);
}

static void round_trip(u64 *begin, u64 *end)
{
	struct message m = msg_make(ECHO, words);

	call(&m, begin, end);
}

static void round_trip_page(u64 *begin, u64 *end)
{
	struct message m = msg_make(READ, 0);

	msg_set_buffers(&m, SPAN_OF_ARRAY(page), (struct mspan){});
	call(&m, begin, end);
}

/* The call that takes the capability is timed, the one that drops it is not. */
static void round_trip_cap(u64 *begin, u64 *end)
{
	struct message take = msg_make(TAKE, 0), drop = msg_make(DROP, 0);

	msg_add_cap(&take, given, MSG_ALL_RIGHTS);
	call(&take, begin, end);
	must(span_text("drop"), msg_call(endpoint, &drop, RT_FOREVER));
}

static handle_t start_server(void)
{
	handle_t process;

	spawn_begin(&server, span_text("bin/bench"));
	spawn_add_arg(&server, span_text("server"));
	spawn_inherit_files(&server);
	spawn_add_handle(&server, span_text("peer"), endpoint, MSG_ALL_RIGHTS);
	must(spawn_reason(&server), spawn_start(&server, &process));
	return process;
}

void measure_ipc(void)
{
	must(span_text("no endpoint"), sys_endpoint_create(rt_group(), 0, &endpoint));
	must(span_text("no signal"), sys_signal_create(rt_group(), &given));
	handle_t process = start_server();

	words = 0;
	samples_run(span_text("ipc_rtt_0w"), round_trip);
	words = 4;
	samples_run(span_text("ipc_rtt_4w"), round_trip);
	words = 8;
	samples_run(span_text("ipc_rtt_8w"), round_trip);
	words = 64;
	samples_run(span_text("ipc_rtt_64w"), round_trip);
	samples_run(span_text("ipc_rtt_4k"), round_trip_page);
	samples_run(span_text("ipc_call_cap"), round_trip_cap);
	must(span_text("server"), sys_process_kill(process, 0));
	sys_cap_drop(process);
	sys_cap_drop(given);
	sys_cap_drop(endpoint);
}
