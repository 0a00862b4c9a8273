/* SPDX-License-Identifier: Apache-2.0
 *
 * Client and server. See pair.h.
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/report.h"

u64 give_from(const struct user *from, const struct user *to, u64 handle)
{
	u64 target = give_to(from, to->process_handle, PROCESS_RIGHT_GRANT);
	u64 given = HANDLE(from, SYSCALL_CAP_GRANT, target, handle, COPY_ALL);

	EXPECT_STATUS(CALL(from, SYSCALL_CAP_DROP, target).status, STATUS_OK);
	return given;
}

struct pair pair_make_deep(u32 depth)
{
	struct pair pair = { .client = user_new(), .server = user_new() };

	pair.client_group = give_to(&pair.client, world_group(), COPY_ALL);
	pair.server_group = give_to(&pair.server, world_group(), COPY_ALL);
	pair.endpoint = HANDLE(&pair.server, SYSCALL_ENDPOINT_CREATE, pair.server_group, depth);
	pair.receive = pair.endpoint;
	pair.reply = HANDLE(&pair.server, SYSCALL_REPLY_CREATE, pair.server_group);
	u64 badged = HANDLE(&pair.server, SYSCALL_CAP_DERIVE, pair.endpoint,
		RIGHT_DUPLICATE | RIGHT_TRANSFER | ENDPOINT_RIGHT_SEND, 7, 0);

	pair.send = give_from(&pair.server, &pair.client, badged);
	EXPECT_STATUS(CALL(&pair.server, SYSCALL_CAP_DROP, badged).status, STATUS_OK);
	return pair;
}

struct pair pair_make(void) { return pair_make_deep(0); }

struct answer pair_serve(const struct pair *pair)
{
	return user_message(&pair->server, SYSCALL_RECEIVE, both(pair->receive, pair->reply), 0, FOR_EVER);
}
