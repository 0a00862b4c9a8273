/* SPDX-License-Identifier: Apache-2.0
 *
 * Forwarded calls: a client, a server in front, and a server behind that answers.
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u64 { SECRET = 0x5ec7e7, OWN = 0x1000 };

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
		for (u32 i = 0; i < 8; i++)
			user_word(&c.front.server, i, 100 + i);
		EXPECT_STATUS(forward(&c, msg_info_make(5, 8, 0, 0, 0)), STATUS_OK);
		EXPECT(user_waits(&c.front.client));
		EXPECT(c.front.server.thread->activity == c.front.server.thread->own);
		/* One that waited makes its call again. */
		pair_serve(&c.back);
		EXPECT(!user_waits(&c.back.server));
		EXPECT_EQ(c.back.server.thread->frame.arg0, 9);
		EXPECT_EQ(msg_info_label(c.back.server.thread->frame.arg1), 5);
		EXPECT(c.back.server.thread->activity == c.front.client.thread->own);
		for (u32 i = 0; i < 8; i++)
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
	EXPECT_STATUS(forward(&c, msg_info_make(0, 9, 0, 0, 0)), STATUS_TOO_LONG);
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

/* The client's registers as a thread beside it reads them, or it itself when it runs again. */
static void expect_own_registers(const struct chain *c)
{
	for (u32 i = 0; i < 8; i++)
		EXPECT_EQ(user_word_at(&c->front.client, i), OWN + i);
	EXPECT(msg_info_label(c->front.client.thread->frame.arg1) != SECRET);
}

/* What one server tells another is not the client's to read nor to change: not while it waits, nor when its wait ends without an
 * answer (0) or with a shorter one (1). */
static void what_is_handed_on_is_between_servers(void)
{
	for (u32 answered = 0; answered < 2; answered++) {
		struct chain c = chain_make();
		u64 deadline = fake_now() + 1000000000;

		for (u32 i = 0; i < 8; i++)
			user_word(&c.front.client, i, OWN + i);
		call_arrives(&c, msg_info_make(1, 8, 0, 0, 0), deadline);
		for (u32 i = 0; i < 8; i++)
			user_word(&c.front.server, i, SECRET + i);
		EXPECT_STATUS(forward(&c, msg_info_make(SECRET, 7, 0, 0, 0)), STATUS_OK);
		expect_own_registers(&c);
		if (answered != 0) {
			pair_serve(&c.back);
			EXPECT_EQ(msg_info_label(c.back.server.thread->frame.arg1), SECRET);
			EXPECT_EQ(user_word_at(&c.back.server, 6), SECRET + 6);
			EXPECT_EQ(user_word_at(&c.back.server, 7), 0);
			expect_own_registers(&c);
			EXPECT_STATUS(user_message(&c.back.server, SYSCALL_REPLY, both(0, c.back.reply), 0, 0).status, STATUS_OK);
			EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
		} else {
			fake_set_now(deadline + 1);
			for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
				fake_timer(cpu);
			EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_TIMED_OUT);
		}
		expect_own_registers(&c);
	}
}

/* It is handed on and on: each server finds what the one before said. */
static void what_is_handed_on_twice_is_of_the_last(void)
{
	struct chain c = chain_make();
	struct pair last = pair_make();
	u64 further = give_from(&last.server, &c.back.server, last.endpoint);

	call_arrives(&c, 0, FOR_EVER);
	for (u32 i = 0; i < 8; i++)
		user_word(&c.front.server, i, SECRET + i);
	EXPECT_STATUS(forward(&c, msg_info_make(5, 8, 0, 0, 0)), STATUS_OK);
	pair_serve(&c.back);
	user_word(&c.back.server, 0, OWN);
	EXPECT_STATUS(user_message(&c.back.server, SYSCALL_FORWARD, both(further, c.back.reply), msg_info_make(6, 1, 0, 0, 0), 0)
		.status, STATUS_OK);
	pair_serve(&last);
	EXPECT_EQ(last.server.thread->frame.arg1, msg_info_make(6, 1, 0, MSG_KIND_CALL, 0));
	EXPECT_EQ(user_word_at(&last.server, 0), OWN);
	EXPECT_EQ(user_word_at(&last.server, 1), 0);
	EXPECT_STATUS(user_message(&last.server, SYSCALL_REPLY, both(0, last.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&c.front.client).status, STATUS_OK);
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
	RUN(what_is_handed_on_is_between_servers);
	RUN(what_is_handed_on_twice_is_of_the_last);
	RUN(nobody_waits_where_nobody_can_receive);
	RUN(the_forwarder_may_go);
	RUN(any_of_several_may_take_it);
}
