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

static struct spawn server;
static handle_t endpoint;
static u32 words;

u64 ipc_server(void)
{
	handle_t reply;
	handle_t from = rt_handle(span_text("peer"));
	struct message m = {};

	must(span_text("no reply object"), sys_reply_create(rt_group(), &reply));
	must(span_text("no message"), msg_receive(from, reply, &m, RT_FOREVER));
	/* The answer has the words of the question. */
	while (msg_reply_receive(from, reply, &m, RT_FOREVER) == STATUS_OK)
		;
	return 1;
}

static void round_trip(u64 *begin, u64 *end)
{
	struct message m = msg_make(0, words);

	*begin = rt_now_ns();
	enum status status = msg_call(endpoint, &m, RT_FOREVER);

	*end = rt_now_ns();
	must(span_text("call"), status);
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
	handle_t process = start_server();

	words = 0;
	samples_run(span_text("ipc_rtt_0w"), round_trip);
	words = 4;
	samples_run(span_text("ipc_rtt_4w"), round_trip);
	words = 8;
	samples_run(span_text("ipc_rtt_8w"), round_trip);
	must(span_text("server"), sys_process_kill(process, 0));
	sys_cap_drop(process);
	sys_cap_drop(endpoint);
}
