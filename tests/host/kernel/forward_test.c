/* SPDX-License-Identifier: Apache-2.0
 *
 * Forwarded calls: a client, a server in front, and a server behind that answers.
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u32 { COPY_ALL = 0xffffffffu };

struct chain {
	struct pair front, back; /* back.client is not used: front.server sends there */
	u64 behind;              /* in the front server: the endpoint behind, badge 9 */
	u64 behind_parent;       /* in the server behind: what that was derived from */
};

static struct chain chain_make(void)
{
	struct chain c = { .front = pair_make(), .back = pair_make() };
	u64 badged = HANDLE(&c.back.server, SYSCALL_CAP_DERIVE, c.back.endpoint, COPY_ALL, 9, 0);

	c.behind_parent = c.back.endpoint;
	c.behind = give_from(&c.back.server, &c.front.server, badged);
	return c;
}

static void call_arrives(const struct chain *c, u64 info, u64 deadline)
{
	pair_serve(&c->front);
	EXPECT(user_message(&c->front.client, SYSCALL_CALL, c->front.send, info, deadline).waits);
	EXPECT(!user_waits(&c->front.server));
}

static enum status forward(const struct chain *c, u64 info)
{
	return (enum status)user_message(&c->front.server, SYSCALL_FORWARD, both(c->behind, c->front.reply), info, 0).status;
}

static void answered_by_the_one_behind(void)
{
	for (u32 waits = 0; waits < 2; waits++) {
		struct chain c = chain_make();

		if (waits == 1)
			pair_serve(&c.back);
		call_arrives(&c, msg_info_make(1, 0, 0, 0, 0), FOR_EVER);
		for (u32 i = 0; i < 20; i++)
			user_word(&c.front.server, i, 100 + i);
		EXPECT_STATUS(forward(&c, msg_info_make(5, 20, 0, 0, 0)), STATUS_OK);
		EXPECT(user_waits(&c.front.client));
		EXPECT(c.front.server.thread->activity == c.front.server.thread->own);
		/* One that waited makes its call again. */
		pair_serve(&c.back);
		EXPECT(!user_waits(&c.back.server));
		EXPECT_EQ(c.back.server.thread->frame.arg0, 9);
		EXPECT_EQ(msg_info_label(c.back.server.thread->frame.arg1), 5);
		EXPECT(c.back.server.thread->activity == c.front.client.thread->own);
		for (u32 i = 0; i < 20; i++)
			EXPECT_EQ(user_word_at(&c.back.server, i), 100 + i);
		/* The front server is free for others meanwhile. */
		pair_serve(&c.front);
		EXPECT(user_waits(&c.front.server));
		user_word(&c.back.server, 0, 77);
		EXPECT_STATUS(user_message(&c.back.server, SYSCALL_REPLY, both(0, c.back.reply), msg_info_make(6, 1, 0, 0, 0), 0).status,
			STATUS_OK);
		EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
		EXPECT_EQ(user_word_at(&c.front.client, 0), 77);
		EXPECT_EQ(c.front.client.thread->traits, 0);
	}
}

static void the_buffers_go_along(void)
{
	struct chain c = chain_make();
	u64 value = 0x1234;

	user_put(&c.front.client, 64, SPAN_OF_STRUCT(value));
	user_buffers(&c.front.client, c.front.client.scratch + 64, 8, 0, 0);
	call_arrives(&c, msg_info_set_buffers(msg_info_make(0, 0, 0, 0, 0), 1), FOR_EVER);
	EXPECT_STATUS(forward(&c, msg_info_make(0, 0, 0, 0, 0)), STATUS_OK);
	pair_serve(&c.back);
	EXPECT_EQ(CALL(&c.back.server, SYSCALL_BUFFER_READ, c.back.reply, 0, c.back.server.scratch, 8).value, 8);
	EXPECT_EQ(user_get_u64(&c.back.server, 0), value);
	EXPECT_STATUS(user_message(&c.back.server, SYSCALL_REPLY, both(0, c.back.reply), 0, 0).status, STATUS_OK);
}

static void what_cannot_be_forwarded_stays(void)
{
	struct chain c = chain_make();

	EXPECT_STATUS(forward(&c, 0), STATUS_PEER_DIED); /* there is no caller */
	call_arrives(&c, 0, FOR_EVER);
	EXPECT_STATUS(forward(&c, msg_info_make(0, 0, 1, 0, 0)), STATUS_INVALID);
	EXPECT_STATUS(forward(&c, msg_info_make(0, 65, 0, 0, 0)), STATUS_TOO_LONG);
	EXPECT_STATUS(CALL(&c.back.server, SYSCALL_CAP_REVOKE, c.behind_parent).status, STATUS_OK);
	EXPECT_STATUS(forward(&c, 0), STATUS_REVOKED);
	EXPECT(user_waits(&c.front.client));
	EXPECT_STATUS(user_message(&c.front.server, SYSCALL_REPLY, both(0, c.front.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
}

static void it_ends_like_any_call(void)
{
	struct chain c = chain_make();
	u64 deadline = fake_now() + 1000000;

	/* By time, while it is queued. */
	call_arrives(&c, 0, deadline);
	EXPECT_STATUS(forward(&c, 0), STATUS_OK);
	fake_set_now(deadline + 1);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		fake_timer(cpu);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_TIMED_OUT);
	/* By revocation of what the forwarder sent it with. */
	call_arrives(&c, 0, FOR_EVER);
	EXPECT_STATUS(forward(&c, 0), STATUS_OK);
	pair_serve(&c.back);
	EXPECT_STATUS(CALL(&c.back.server, SYSCALL_CAP_REVOKE, c.behind_parent).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_REVOKED);
	EXPECT_EQ(c.front.client.thread->traits, 0);
	/* By the death of the one behind. */
	struct chain d = chain_make();

	call_arrives(&d, 0, FOR_EVER);
	EXPECT_STATUS(forward(&d, 0), STATUS_OK);
	pair_serve(&d.back);
	user_end(&d.back.server);
	world_settle();
	EXPECT_STATUS(user_answer(&d.front.client).status, STATUS_PEER_DIED);
}

/* Where nobody can receive any more nobody waits: the caller is told, and not left there. */
static void nobody_waits_where_nobody_can_receive(void)
{
	struct chain c = chain_make();

	call_arrives(&c, 0, FOR_EVER);
	EXPECT_STATUS(CALL(&c.front.server, SYSCALL_CAP_DROP, c.behind).status, STATUS_OK);
	c.behind = give_from(&c.back.client, &c.front.server, c.back.send); /* not to receive by */
	user_end(&c.back.server);
	world_settle();
	EXPECT_STATUS(forward(&c, 0), STATUS_OK);
	EXPECT(!user_waits(&c.front.client));
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_PEER_DIED);
}

/* Who forwarded may end: the call goes on, and so does what it was sent with being looked at. */
static void the_forwarder_may_go(void)
{
	struct chain c = chain_make();

	call_arrives(&c, 0, FOR_EVER);
	EXPECT_STATUS(forward(&c, 0), STATUS_OK);
	pair_serve(&c.back);
	user_end(&c.front.server);
	world_settle();
	EXPECT(user_waits(&c.front.client));
	EXPECT_STATUS(user_message(&c.back.server, SYSCALL_REPLY, both(0, c.back.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
}

/* Two wait behind, and the first is stopped before it asks again. */
static void any_of_several_may_take_it(void)
{
	struct chain c = chain_make();
	struct pair second = c.back;

	second.server = user_thread(&c.back.server);
	second.reply = HANDLE(&second.server, SYSCALL_REPLY_CREATE, c.back.server_group);
	EXPECT(pair_serve(&c.back).waits);
	EXPECT(pair_serve(&second).waits);
	call_arrives(&c, 0, FOR_EVER);
	EXPECT_STATUS(forward(&c, 0), STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, c.back.server.thread_handle).status, STATUS_OK);
	EXPECT(!user_waits(&second.server));
	EXPECT(!pair_serve(&second).waits);
	EXPECT_STATUS(user_message(&second.server, SYSCALL_REPLY, both(0, second.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
}

void forward_tests(void)
{
	RUN(answered_by_the_one_behind);
	RUN(the_buffers_go_along);
	RUN(what_cannot_be_forwarded_stays);
	RUN(it_ends_like_any_call);
	RUN(nobody_waits_where_nobody_can_receive);
	RUN(the_forwarder_may_go);
	RUN(any_of_several_may_take_it);
}
