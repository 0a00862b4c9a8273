/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads with priorities that a test gives. See actors.h.
 */
#include "tests/host/kernel/actors.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/report.h"

void actor_set(const struct actor *actor, const struct activity_params *params)
{
	user_put(world_init(), 0, SPAN_OF_STRUCT(*params));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_ACTIVITY_SET, actor->activity, world_init()->scratch).status, STATUS_OK);
	fake_settle();
}

void actor_set_priority(const struct actor *actor, u32 priority)
{
	actor_set(actor, &(struct activity_params){ .priority = priority });
}

u64 actor_activity(u32 priority)
{
	struct activity_params params = { .priority = priority };

	user_put(world_init(), 0, SPAN_OF_STRUCT(params));
	return HANDLE(world_init(), SYSCALL_ACTIVITY_CREATE, world_group(), world_init()->scratch);
}

static void bind(struct actor *actor)
{
	u64 thread = give_to(&actor->user, actor->user.thread_handle, COPY_ALL);

	actor->activity = actor_activity(BEST);
	u64 theirs = give_to(&actor->user, actor->activity, COPY_ALL);

	EXPECT_STATUS(CALL(&actor->user, SYSCALL_THREAD_BIND, thread, theirs).status, STATUS_OK);
	EXPECT_STATUS(CALL(&actor->user, SYSCALL_CAP_DROP, thread).status, STATUS_OK);
	EXPECT_STATUS(CALL(&actor->user, SYSCALL_CAP_DROP, theirs).status, STATUS_OK);
}

struct actor actor_client(void)
{
	struct actor actor = { .user = user_new() };

	bind(&actor);
	return actor;
}

struct actor actor_server(void)
{
	struct actor actor = actor_client();
	u64 group = give_to(&actor.user, world_group(), COPY_ALL);

	actor.at = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);
	actor.endpoint = give_to(&actor.user, actor.at, COPY_ALL);
	actor.reply = HANDLE(&actor.user, SYSCALL_REPLY_CREATE, group);
	return actor;
}

struct actor actor_beside(const struct actor *server)
{
	struct actor actor = { .user = user_thread(&server->user), .at = server->at, .endpoint = server->endpoint };

	bind(&actor);
	actor.reply = HANDLE(&actor.user, SYSCALL_REPLY_CREATE, give_to(&actor.user, world_group(), COPY_ALL));
	return actor;
}

u64 actor_may_call(const struct actor *client, const struct actor *server)
{
	return give_to(&client->user, server->at, COPY_ALL);
}

void actor_call_until(const struct actor *client, const struct actor *server, u64 deadline)
{
	EXPECT(user_message(&client->user, SYSCALL_CALL, actor_may_call(client, server), 0, deadline).waits);
}

void actor_call(const struct actor *client, const struct actor *server) { actor_call_until(client, server, FOR_EVER); }

void actor_receive(const struct actor *server)
{
	(void)user_message(&server->user, SYSCALL_RECEIVE, both(server->endpoint, server->reply), 0, FOR_EVER);
}

void actor_answer(const struct actor *server)
{
	EXPECT_STATUS(user_message(&server->user, SYSCALL_REPLY, both(0, server->reply), 0, 0).status, STATUS_OK);
}

u32 actor_priority(const struct actor *actor) { return actor->user.thread->activity->priority; }
bool actor_is_home(const struct actor *actor) { return actor->user.thread->activity == actor->user.thread->own; }

void actor_drop(u64 handle) { EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, handle).status, STATUS_OK); }
void actor_drop_activity(const struct actor *actor) { actor_drop(actor->activity); }
