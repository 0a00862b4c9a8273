/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for a busy server makes it more important, for as long as he waits.
 */
#include "kernel/core/ipc/servers.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/share.h"
#include "tests/host/kernel/actors.h"
#include "tests/host/kernel/tests.h"

enum : u32 { CHAIN = 4 };
enum : u64 { SOON = 1000000, MS = 1000000 };

/* A server works for a caller of low priority. */
struct busy {
	struct actor low, server, high;
};

static struct busy busy_server(void)
{
	struct busy busy = { actor_client(), actor_server(), actor_client() };

	actor_receive(&busy.server);
	actor_call(&busy.low, &busy.server);
	return busy;
}

/* And one of high priority waits until a time. */
static struct busy wanted_server(u64 deadline)
{
	struct busy busy = busy_server();

	actor_call_until(&busy.high, &busy.server, deadline);
	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&busy.server, MIDDLE);
	actor_set_priority(&busy.high, HIGH);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	return busy;
}

/* The server works for its first caller still, and nobody waits. */
static void expect_calm(const struct busy *busy)
{
	fake_settle();
	EXPECT(!actor_is_home(&busy->server));
	EXPECT_EQ(actor_priority(&busy->server), LOW);
}

static void end(const struct busy *busy)
{
	actor_drop_activity(&busy->low);
	actor_drop_activity(&busy->server);
	actor_drop_activity(&busy->high);
	if (busy->server.at != 0)
		actor_drop(busy->server.at);
}

/* ---- a raise, and its end ---- */

static void a_busy_server_is_as_important_as_who_waits(void)
{
	struct busy busy = busy_server();

	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&busy.high, HIGH);
	EXPECT_EQ(actor_priority(&busy.server), LOW);
	actor_call(&busy.high, &busy.server);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	EXPECT_EQ(actor_priority(&busy.low), HIGH); /* it is the same activity, which pays */
	actor_answer(&busy.server);
	EXPECT_EQ(actor_priority(&busy.low), LOW);
	EXPECT(actor_is_home(&busy.server));
	EXPECT_EQ(actor_priority(&busy.server), HIGH); /* it has not received the next call yet */
	actor_receive(&busy.server);
	EXPECT(busy.server.user.thread->activity == busy.high.user.thread->own);
	actor_set_priority(&busy.server, MIDDLE);
	actor_answer(&busy.server);
	EXPECT_EQ(actor_priority(&busy.server), MIDDLE);
	end(&busy);
}

static void answering_and_receiving_at_once_does_the_same(void)
{
	struct busy busy = wanted_server(FOR_EVER);

	(void)user_message(&busy.server.user, SYSCALL_REPLY_RECEIVE, both(busy.server.endpoint, busy.server.reply), 0, FOR_EVER);
	EXPECT(busy.server.user.thread->activity == busy.high.user.thread->own);
	EXPECT_EQ(busy.server.user.thread->own->priority, MIDDLE);
	EXPECT_EQ(actor_priority(&busy.low), LOW);
	end(&busy);
}

static void the_raise_ends_with_the_wait(void)
{
	struct busy busy = wanted_server(fake_now() + SOON);

	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&busy.high.user).status, STATUS_TIMED_OUT);
	expect_calm(&busy);
	end(&busy);
	busy = wanted_server(FOR_EVER);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, busy.high.user.thread_handle).status, STATUS_OK);
	expect_calm(&busy);
	end(&busy);
	busy = wanted_server(FOR_EVER);
	user_end(&busy.high.user);
	expect_calm(&busy);
	end(&busy);
}

static void the_raise_ends_when_the_capability_is_revoked(void)
{
	struct busy busy = busy_server();
	u64 badged = HANDLE(world_init(), SYSCALL_CAP_DERIVE, busy.server.at, COPY_ALL, 5, 0);
	u64 send = give_to(&busy.high.user, badged, COPY_ALL);

	EXPECT(user_message(&busy.high.user, SYSCALL_CALL, send, 0, FOR_EVER).waits);
	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&busy.high, HIGH);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, busy.server.at).status, STATUS_OK);
	expect_calm(&busy);
	EXPECT_STATUS(user_answer(&busy.high.user).status, STATUS_REVOKED);
	actor_drop(badged);
	end(&busy);
}

/* The server dies: who waits goes on waiting, but not for what ran on behalf of the other caller. */
static void the_raise_ends_with_the_server(void)
{
	struct busy busy = wanted_server(FOR_EVER);

	user_end(&busy.server.user);
	world_settle();
	EXPECT_EQ(busy.low.user.thread->own->priority, LOW);
	EXPECT_EQ(busy.low.user.thread->own->awaited.first == nullptr, true);
	end(&busy);
}

static void the_raise_ends_with_the_endpoint(void)
{
	struct busy busy = wanted_server(FOR_EVER);

	(void)cap_drop(busy.server.user.process, (handle_t){ (u32)busy.server.endpoint });
	actor_drop(busy.server.at);
	busy.server.at = 0;
	for (u32 i = 0; i < 2; i++) {
		const struct user *user = i == 0 ? &busy.low.user : &busy.high.user;

		(void)cap_drop(user->process, (handle_t){ (u32)user->thread->through });
	}
	world_settle();
	EXPECT_STATUS(user_answer(&busy.high.user).status, STATUS_DEAD);
	EXPECT_EQ(busy.low.user.thread->own->priority, LOW);
	EXPECT(busy.server.user.thread->serves == nullptr);
	end(&busy);
}

/* ---- servers ---- */

/* The answer to the first caller is put off: the next one is served, and it is his activity that runs. */
static void a_server_that_puts_answers_off_is_raised_where_it_runs(void)
{
	struct busy busy = busy_server();
	struct actor second = actor_client();
	struct actor later = busy.server;

	later.reply = HANDLE(&later.user, SYSCALL_REPLY_CREATE, give_to(&later.user, world_group(), COPY_ALL));
	actor_receive(&later);
	actor_call(&second, &later);
	actor_call(&busy.high, &later);
	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&second, MIDDLE);
	actor_set_priority(&busy.high, HIGH);
	EXPECT(later.user.thread->activity == second.user.thread->own);
	EXPECT_EQ(second.user.thread->own->priority, HIGH);
	EXPECT_EQ(busy.low.user.thread->own->priority, LOW);
	actor_answer(&busy.server); /* the one that was put off */
	EXPECT_EQ(second.user.thread->own->priority, HIGH);
	actor_answer(&later);
	EXPECT_EQ(second.user.thread->own->priority, MIDDLE);
	EXPECT_EQ(later.user.thread->own->priority, HIGH);
	actor_drop_activity(&second);
	end(&busy);
}

static void all_servers_of_an_endpoint_are_raised(void)
{
	struct busy busy = busy_server();
	struct actor second = actor_beside(&busy.server), client = actor_client();

	actor_receive(&second);
	actor_call(&client, &second);
	actor_call(&busy.high, &second);
	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&client, MIDDLE);
	actor_set_priority(&busy.high, HIGH);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	EXPECT_EQ(actor_priority(&second), HIGH);
	actor_answer(&second);
	actor_receive(&second);
	EXPECT(second.user.thread->activity == busy.high.user.thread->own);
	EXPECT_EQ(actor_priority(&busy.server), LOW);
	EXPECT_EQ(actor_priority(&client), MIDDLE);
	actor_drop_activity(&second);
	actor_drop_activity(&client);
	end(&busy);
}

/* Who serves another endpoint by now is not waited for at the first. */
static void who_receives_elsewhere_serves_there(void)
{
	struct busy busy = wanted_server(FOR_EVER);
	struct user *user = &busy.server.user;
	u64 other = HANDLE(user, SYSCALL_ENDPOINT_CREATE, give_to(user, world_group(), COPY_ALL), 0);
	u64 reply = HANDLE(user, SYSCALL_REPLY_CREATE, give_to(user, world_group(), COPY_ALL));

	EXPECT(user_message(user, SYSCALL_RECEIVE, both(other, reply), 0, FOR_EVER).waits);
	EXPECT_EQ(user->thread->own->priority, MIDDLE);
	EXPECT_EQ(actor_priority(&busy.low), LOW);
	end(&busy);
}

/* A call is handed on to a server that is busy with another. */
static void a_forwarded_call_raises_the_next_server(void)
{
	struct busy front = busy_server(), back = busy_server();
	u64 to = actor_may_call(&front.server, &back.server);

	actor_set_priority(&front.low, HIGH);
	actor_set_priority(&back.low, LOW);
	EXPECT_EQ(actor_priority(&back.server), LOW);
	EXPECT_STATUS(user_message(&front.server.user, SYSCALL_FORWARD, both(to, front.server.reply), 0, 0).status, STATUS_OK);
	EXPECT_EQ(actor_priority(&back.server), HIGH);
	EXPECT_EQ(front.low.user.thread->state, THREAD_STATE_SENDING);
	actor_answer(&back.server);
	EXPECT_EQ(actor_priority(&back.low), LOW);
	actor_receive(&back.server);
	EXPECT(back.server.user.thread->activity == front.low.user.thread->own);
	end(&front);
	end(&back);
}

static void a_server_takes_its_raise_to_another_activity(void)
{
	struct busy busy = wanted_server(FOR_EVER);
	u64 other = actor_activity(LOW);
	u64 thread = give_to(&busy.server.user, busy.server.user.thread_handle, COPY_ALL);
	u64 theirs = give_to(&busy.server.user, other, COPY_ALL);

	actor_answer(&busy.server);
	EXPECT_STATUS(CALL(&busy.server.user, SYSCALL_THREAD_BIND, thread, theirs).status, STATUS_OK);
	EXPECT_EQ(busy.server.user.thread->own->own_priority, LOW);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	actor_drop(other);
	end(&busy);
}

/* ---- chains ---- */

/* Each server waits for the next, which is busy with somebody else. */
static void a_raise_goes_along_a_chain(void)
{
	struct busy link[CHAIN];

	for (u32 i = 0; i < CHAIN; i++)
		link[i] = busy_server();
	for (u32 i = 0; i + 1 < CHAIN; i++)
		actor_call(&ELEM(link, i)->server, &ELEM(link, i + 1)->server);
	for (u32 i = 0; i < CHAIN; i++)
		actor_set_priority(&ELEM(link, i)->low, LOW + i);
	for (u32 i = 0; i < CHAIN; i++)
		EXPECT_EQ(actor_priority(&ELEM(link, i)->server), LOW + i);
	actor_set_priority(&link[0].high, HIGH);
	actor_call(&link[0].high, &link[0].server);
	for (u32 i = 0; i < CHAIN; i++)
		EXPECT_EQ(actor_priority(&ELEM(link, i)->server), HIGH);
	/* It changes while it waits. */
	actor_set_priority(&link[0].high, HIGHER);
	for (u32 i = 0; i < CHAIN; i++)
		EXPECT_EQ(actor_priority(&ELEM(link, i)->server), HIGHER);
	/* It breaks in the middle. */
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, link[1].server.user.thread_handle).status, STATUS_OK);
	fake_settle();
	for (u32 i = 0; i < CHAIN; i++)
		EXPECT_EQ(ELEM(link, i)->low.user.thread->own->priority, i < 2 ? HIGHER : LOW + i);
	for (u32 i = 0; i < CHAIN; i++)
		end(ELEM(link, i));
}

/* The server has called another one: both run on the same activity. */
static void a_raise_reaches_who_works_for_the_server(void)
{
	struct busy busy = busy_server();
	struct actor inner = actor_server();

	actor_receive(&inner);
	actor_call(&busy.server, &inner);
	actor_set_priority(&busy.low, LOW);
	actor_set_priority(&busy.high, HIGH);
	actor_call(&busy.high, &busy.server);
	EXPECT_EQ(actor_priority(&inner), HIGH);
	actor_answer(&inner);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	actor_drop_activity(&inner);
	actor_drop(inner.at);
	end(&busy);
}

/* Two endpoints with two servers each; one of each waits at the other endpoint. What came into the circle from
 * outside leaves it with its reason. Those that need not run are stopped, as there are few processors. */
struct circle {
	struct actor server[2], beside[2], client[4], high;
};

static void stop(const struct actor *actor)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, actor->user.thread_handle).status, STATUS_OK);
	fake_settle();
}

static void go_on(const struct actor *actor)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, actor->user.thread_handle).status, STATUS_OK);
}

static void keep_busy(const struct actor *server, struct actor *client)
{
	actor_receive(server);
	*client = actor_client();
	actor_call(client, server);
	stop(server);
	actor_set_priority(client, LOW);
}

static struct circle circle_make(void)
{
	struct circle circle = {};

	for (u32 i = 0; i < 2; i++) {
		*ELEM(circle.server, i) = actor_server();
		*ELEM(circle.beside, i) = actor_beside(ELEM(circle.server, i));
		keep_busy(ELEM(circle.server, i), ELEM(circle.client, i));
		keep_busy(ELEM(circle.beside, i), ELEM(circle.client, i + 2));
	}
	for (u32 i = 0; i < 2; i++) {
		go_on(ELEM(circle.server, i));
		actor_call(ELEM(circle.server, i), ELEM(circle.server, 1 - i));
	}
	circle.high = actor_client();
	actor_set_priority(&circle.high, HIGH);
	return circle;
}

static void circle_end(const struct circle *circle)
{
	for (u32 i = 0; i < 4; i++)
		actor_drop_activity(ELEM(circle->client, i));
	for (u32 i = 0; i < 2; i++) {
		actor_drop_activity(ELEM(circle->server, i));
		actor_drop_activity(ELEM(circle->beside, i));
		actor_drop(ELEM(circle->server, i)->at);
	}
	actor_drop_activity(&circle->high);
}

static void a_circle_does_not_keep_a_raise(void)
{
	struct circle circle = circle_make();

	actor_call_until(&circle.high, &circle.server[0], fake_now() + SOON);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(actor_priority(ELEM(circle.server, i)), HIGH);
		EXPECT_EQ(actor_priority(ELEM(circle.beside, i)), HIGH);
	}
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&circle.high.user).status, STATUS_TIMED_OUT);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(actor_priority(ELEM(circle.server, i)), LOW);
		EXPECT_EQ(actor_priority(ELEM(circle.beside, i)), LOW);
	}
	circle_end(&circle);
}

/* A thread that is waited for by itself: it calls the endpoint that it serves, and another serves it. */
static void calling_oneself_is_no_reason(void)
{
	struct busy busy = busy_server();

	actor_call(&busy.server, &busy.server);
	actor_set_priority(&busy.low, MIDDLE);
	EXPECT_EQ(actor_priority(&busy.server), MIDDLE);
	actor_set_priority(&busy.low, LOW);
	EXPECT_EQ(actor_priority(&busy.server), LOW);
	actor_call(&busy.high, &busy.server);
	actor_set_priority(&busy.high, HIGH);
	EXPECT_EQ(actor_priority(&busy.server), HIGH);
	actor_set_priority(&busy.high, MIDDLE);
	EXPECT_EQ(actor_priority(&busy.server), MIDDLE);
	end(&busy);
}

/* ---- order among senders ---- */

static u64 next_badge(const struct actor *server)
{
	actor_answer(server);
	actor_receive(server);
	return server->user.thread->frame.arg0;
}

static u64 badged(const struct actor *server, const struct actor *client, u64 badge)
{
	u64 derived = HANDLE(world_init(), SYSCALL_CAP_DERIVE, server->at, COPY_ALL, badge, 0);
	u64 given = give_to(&client->user, derived, COPY_ALL);

	actor_drop(derived);
	return given;
}

static void senders_are_served_by_priority_then_as_they_came(void)
{
	struct busy busy = busy_server();
	struct actor client[5];
	static const u32 priorities[] = { BEST, HIGH, LOW, HIGH, BEST };
	static const u64 order[] = { 2, 4, 1, 5, 3 };

	for (u32 i = 0; i < ARRAY_LEN(client); i++) {
		*ELEM(client, i) = actor_client();
		EXPECT(user_message(&ELEM(client, i)->user, SYSCALL_CALL, badged(&busy.server, ELEM(client, i), i + 1), 0,
			FOR_EVER).waits);
	}
	for (u32 i = 0; i < ARRAY_LEN(client); i++)
		actor_set_priority(ELEM(client, i), *ELEM(priorities, i));
	for (u32 i = 0; i < ARRAY_LEN(client); i++) {
		EXPECT_EQ(next_badge(&busy.server), *ELEM(order, i));
		if (i > 0)
			stop(ELEM(client, *ELEM(order, i - 1) - 1));
	}
	for (u32 i = 0; i < ARRAY_LEN(client); i++)
		actor_drop_activity(ELEM(client, i));
	end(&busy);
}

/* Of two with budgets the nearer deadline is served first, and is what the server has meanwhile. */
static void deadlines_are_inherited(void)
{
	struct busy busy = busy_server();
	struct actor late = actor_client();
	struct activity_params near = { .priority = HIGH, .budget_ns = 1 * MS, .period_ns = 20 * MS, .deadline_ns = 5 * MS };
	struct activity_params far = { .priority = HIGH, .budget_ns = 1 * MS, .period_ns = 20 * MS };

	actor_set_priority(&busy.low, HIGH);
	actor_set(&late, &far);
	actor_set(&busy.high, &near);
	EXPECT(user_message(&late.user, SYSCALL_CALL, badged(&busy.server, &late, 1), 0, FOR_EVER).waits);
	EXPECT_EQ(busy.server.user.thread->activity->deadline_ns, late.user.thread->own->deadline_ns);
	EXPECT(user_message(&busy.high.user, SYSCALL_CALL, badged(&busy.server, &busy.high, 2), 0, FOR_EVER).waits);
	EXPECT(busy.high.user.thread->own->deadline_ns < late.user.thread->own->deadline_ns);
	EXPECT_EQ(busy.server.user.thread->activity->deadline_ns, busy.high.user.thread->own->deadline_ns);
	EXPECT_EQ(next_badge(&busy.server), 2);
	EXPECT(busy.low.user.thread->own->deadline_ns >= VIRTUAL_BASE);
	EXPECT_EQ(next_badge(&busy.server), 1);
	actor_drop_activity(&late);
	end(&busy);
}

/* ---- best effort, budgets ---- */

/* Among best effort the shares say who is next: a thread that waits does not speed up whom it waits for. */
static void shares_are_not_inherited(void)
{
	struct busy busy = busy_server();

	actor_call(&busy.high, &busy.server);
	EXPECT_EQ(actor_priority(&busy.server), BEST);
	EXPECT_EQ(busy.low.user.thread->own->deadline_ns, VIRTUAL_BASE + busy.low.user.thread->own->virtual_ns);
	/* What is below best effort becomes just that, and shares. */
	actor_set_priority(&busy.low, LOW);
	EXPECT_EQ(actor_priority(&busy.server), BEST);
	EXPECT(activity_is_best_effort(busy.low.user.thread->own));
	EXPECT_EQ(busy.low.user.thread->own->deadline_ns, VIRTUAL_BASE + busy.low.user.thread->own->virtual_ns);
	actor_set_priority(&busy.high, LOW);
	EXPECT_EQ(actor_priority(&busy.server), LOW);
	EXPECT(!activity_is_best_effort(busy.low.user.thread->own));
	end(&busy);
}

/* A server with nothing of its own, priority 0: it runs with what its callers lend, and for nobody besides. */
static void a_passive_server_runs_on_what_it_is_lent(void)
{
	struct actor server = actor_server(), client = actor_client(), other = actor_client();
	u64 handles = both(server.endpoint, server.reply);

	actor_receive(&server);
	actor_set_priority(&client, HIGH);
	actor_set_priority(&server, 0);
	EXPECT_EQ(server.user.thread->own->priority, 0);
	actor_call(&client, &server);
	EXPECT_EQ(actor_priority(&server), HIGH);
	EXPECT(!actor_is_home(&server));
	/* Whoever waits besides is served in its turn, on its own activity. */
	actor_call(&other, &server);
	EXPECT(!user_message(&server.user, SYSCALL_REPLY_RECEIVE, handles, 0, FOR_EVER).waits);
	EXPECT_EQ(actor_priority(&server), BEST);
	/* Its caller gives up: what it has left to do is done with what it has, below everybody. */
	user_end(&other.user);
	EXPECT(actor_is_home(&server) || actor_priority(&server) == BEST);
	EXPECT(user_message(&server.user, SYSCALL_REPLY_RECEIVE, handles, 0, FOR_EVER).waits);
	EXPECT(actor_is_home(&server));
	EXPECT_EQ(actor_priority(&server), 0);
}

void inherit_tests(void)
{
	RUN(a_busy_server_is_as_important_as_who_waits);
	RUN(answering_and_receiving_at_once_does_the_same);
	RUN(the_raise_ends_with_the_wait);
	RUN(the_raise_ends_when_the_capability_is_revoked);
	RUN(the_raise_ends_with_the_server);
	RUN(the_raise_ends_with_the_endpoint);
	RUN(a_server_that_puts_answers_off_is_raised_where_it_runs);
	RUN(all_servers_of_an_endpoint_are_raised);
	RUN(who_receives_elsewhere_serves_there);
	RUN(a_forwarded_call_raises_the_next_server);
	RUN(a_server_takes_its_raise_to_another_activity);
	RUN(a_raise_goes_along_a_chain);
	RUN(a_raise_reaches_who_works_for_the_server);
	RUN(a_circle_does_not_keep_a_raise);
	RUN(calling_oneself_is_no_reason);
	RUN(senders_are_served_by_priority_then_as_they_came);
	RUN(deadlines_are_inherited);
	RUN(shares_are_not_inherited);
	RUN(a_passive_server_runs_on_what_it_is_lent);
}
