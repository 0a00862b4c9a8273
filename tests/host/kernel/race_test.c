/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of messages: whoever sends, receives, answers or faults stands still at each of its switch points, and
 * meanwhile somebody suspends it, drops or revokes what it uses, or its time passes.
 */
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/race.h"

enum : u32 { MOVE = 0x8000ffffu };
enum : u64 { LATER = 1ull << 40 };

/* ---- capabilities on their way ---- */

enum meddling : u32 { SUSPENDED, TIMED_OUT, REPLY_DROPPED, REVOKED, MEDDLINGS };

struct transfer_race {
	struct pair p;
	struct user helper;    /* of the server */
	u64 copied, moved;     /* in the client */
	u64 deadline;
	u32 before;            /* capabilities of the server */
};

static struct transfer_race transfer_begin(void)
{
	struct transfer_race race = { .p = pair_make(), .deadline = fake_now() + LATER };

	race.helper = user_thread(&race.p.server);
	race.copied = HANDLE(&race.p.client, SYSCALL_SIGNAL_CREATE, race.p.client_group);
	race.moved = HANDLE(&race.p.client, SYSCALL_SIGNAL_CREATE, race.p.client_group);
	user_cap(&race.p.client, 0, race.copied, COPY_ALL);
	user_cap(&race.p.client, 1, race.moved, MOVE);
	race.before = race.p.server.process->caps.used;
	return race;
}

static void client_calls_with_two(const struct transfer_race *race)
{
	(void)user_message(&race->p.client, SYSCALL_CALL, race->p.send, msg_info_make(0, 0, 2, 0, 0), race->deadline);
}

static void meddle(struct transfer_race *race, enum meddling how)
{
	switch (how) {
	case SUSPENDED:
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, race->p.client.thread_handle).status, STATUS_OK);
		break;
	case TIMED_OUT:
		fake_set_now(race->deadline);
		fake_settle();
		break;
	case REPLY_DROPPED:
		EXPECT_STATUS(CALL(&race->helper, SYSCALL_CAP_DROP, race->p.reply).status, STATUS_OK);
		race->before--;
		break;
	case REVOKED:
		EXPECT_STATUS(CALL(&race->helper, SYSCALL_CAP_REVOKE, race->p.endpoint).status, STATUS_OK);
		break;
	case MEDDLINGS:
		break;
	}
}

static bool delivered(const struct transfer_race *race)
{
	return !user_waits(&race->p.server) && race->p.server.thread->frame.status == STATUS_OK;
}

/* All of the message has arrived, or nothing. */
static void check_transfer(const struct transfer_race *race)
{
	EXPECT_EQ(race->p.server.process->caps.used, race->before + (delivered(race) ? 2 : 0));
	EXPECT(object_id(&race->p.client, race->copied) != 0);
	EXPECT((object_id(&race->p.client, race->moved) == 0) == delivered(race));
}

/* What the caller learns of it. Revoked: that, or that its handle is no longer good. */
static void check_caller(const struct transfer_race *race, enum meddling how)
{
	struct answer answer = user_answer(&race->p.client);

	if (how == TIMED_OUT)
		EXPECT_STATUS(answer.status, STATUS_TIMED_OUT);
	if (how == REVOKED)
		EXPECT_STATUS(answer.status, STATUS_REVOKED);
	if (how == REPLY_DROPPED && delivered(race))
		EXPECT_STATUS(answer.status, STATUS_PEER_DIED);
	if (how == SUSPENDED) {
		EXPECT_EQ(race->p.client.thread->state, THREAD_STATE_SUSPENDED);
		(void)CALL(world_init(), SYSCALL_THREAD_RESUME, race->p.client.thread_handle);
		EXPECT_STATUS(user_answer(&race->p.client).status, STATUS_CANCELLED);
	}
}

/* The server waits; the client's call is held. */
static void capabilities_go_with_the_call_or_stay(void)
{
	static const enum meddling ways[] = { SUSPENDED, REPLY_DROPPED, REVOKED };

	for (u32 i = 0; i < ARRAY_LEN(ways) && !report_failing(); i++)
		EACH_POINT() {
			struct transfer_race race = transfer_begin();

			(void)pair_serve(&race.p);
			race_hold(cpu_of(&race.p.client));
			client_calls_with_two(&race);
			meddle(&race, *ELEM(ways, i));
			race_go_on();
			check_transfer(&race);
			check_caller(&race, *ELEM(ways, i));
		}
}

/* The client waits; the server's receive is held. */
static void capabilities_are_received_with_the_call_or_stay(void)
{
	for (enum meddling how = SUSPENDED; how < MEDDLINGS && !report_failing(); how++)
		EACH_POINT() {
			struct transfer_race race = transfer_begin();

			client_calls_with_two(&race);
			race_hold(cpu_of(&race.p.server));
			(void)pair_serve(&race.p);
			meddle(&race, how);
			race_go_on();
			check_transfer(&race);
			check_caller(&race, how);
		}
}

/* The last capability to receive is moved: nobody comes to a moment at which there is none. */
static void who_may_receive_is_never_missing_on_the_way(void)
{
	EACH_POINT() {
		struct pair p = pair_make(), q = pair_make();
		u64 send = give_from(&q.client, &p.server, q.send);

		(void)pair_serve(&q);
		user_cap(&p.server, 0, p.receive, MOVE);
		race_hold(cpu_of(&p.server));
		(void)user_message(&p.server, SYSCALL_CALL, send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER);
		(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
		race_go_on();
		world_settle();
		EXPECT(user_waits(&p.client));
		EXPECT(object_id(&q.server, user_cap_at(&q.server, 0)) != 0);
	}
}

/* ---- senders that fail ---- */

/* If it runs again, it calls once more with a capability that it does not have. */
static void fail_again(const struct user *user, u64 send)
{
	fake_settle();
	if (user->thread->state != THREAD_STATE_RUNNING)
		return;
	user_cap(user, 0, 0xdead, COPY_ALL);
	(void)user_message(user, SYSCALL_CALL, send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER);
}

/* For each that a receiver could not serve another one comes: it leaves the kernel nevertheless, and receives
 * again. The reply object is free then, and stays so if the receiver does not come back. */
static void failing_senders_do_not_keep_a_receiver(void)
{
	struct pair p = pair_make();
	struct user other = user_new();
	u64 send = give_from(&p.client, &other, p.send), ip = p.server.thread->frame.ip;
	u32 rounds = 0;

	(void)cpu_of(&p.client);
	fail_again(&p.client, p.send);
	(void)cpu_of(&other);
	fail_again(&other, send);
	race_hold_every(cpu_of(&p.server), 16);
	(void)pair_serve(&p);
	do {
		fail_again(&p.client, p.send);
		fail_again(&other, send);
	} while (race_step() && rounds++ < 1000);
	EXPECT(rounds < 1000);
	race_go_on();
	EXPECT(p.server.thread->frame.ip != ip || user_waits(&p.server));
	p.server.thread->frame.ip = ip;
	struct user second = user_thread(&p.server);

	EXPECT(user_message(&second, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER).status != STATUS_BUSY);
}

/* ---- faults ---- */

struct fault_race {
	struct user handler, faulty;
	u64 endpoint, reply;
};

static struct fault_race fault_begin(bool handler_waits)
{
	struct fault_race race = { .handler = user_new() };
	u64 here = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);

	race.faulty = user_new_with_faults(here);
	race.endpoint = give_to(&race.handler, here, COPY_ALL);
	race.reply = HANDLE(&race.handler, SYSCALL_REPLY_CREATE, give_to(&race.handler, world_group(), COPY_ALL));
	if (handler_waits)
		(void)user_message(&race.handler, SYSCALL_RECEIVE, both(race.endpoint, race.reply), 0, FOR_EVER);
	return race;
}

static void fault_is_held(const struct fault_race *race)
{
	u32 cpu = cpu_of(&race->faulty);

	race->faulty.thread->frame.status = 0xabc;
	race_hold(cpu);
	fake_fault(cpu, FAULT_KIND_WRITE, 0x20000);
}

static struct answer faulty(const struct fault_race *race, enum syscall_number number)
{
	return CALL(world_init(), number, race->faulty.thread_handle);
}

/* Its process lives, and it tries again with the registers of the fault. */
static void a_thread_suspended_in_its_fault_goes_on(void)
{
	for (u32 waits = 0; waits < 2; waits++)
		EACH_POINT() {
			struct fault_race race = fault_begin(waits != 0);

			fault_is_held(&race);
			EXPECT_STATUS(faulty(&race, SYSCALL_THREAD_SUSPEND).status, STATUS_OK);
			race_go_on();
			EXPECT_EQ(race.faulty.process->state, PROCESS_STATE_RUNNING);
			EXPECT_EQ(race.faulty.thread->state, THREAD_STATE_SUSPENDED);
			EXPECT_STATUS(faulty(&race, SYSCALL_THREAD_RESUME).status, STATUS_OK);
			EXPECT_EQ(race.faulty.thread->frame.status, 0xabc);
		}
}

/* Told to stop just before its fault, and to go on before that is over. */
static void a_thread_resumed_in_its_fault_goes_on(void)
{
	EACH_POINT() {
		struct fault_race race = fault_begin(true);

		(void)cpu_of(&race.faulty);
		atomic_or(&race.faulty.thread->flags, THREAD_STOP); /* the interrupt is on its way */
		fault_is_held(&race);
		EXPECT_STATUS(faulty(&race, SYSCALL_THREAD_RESUME).status, STATUS_OK);
		race_go_on();
		EXPECT_EQ(race.faulty.process->state, PROCESS_STATE_RUNNING);
	}
}

/* A server's thread forwards a call that another one answers meanwhile, and a fault comes in its place: it is not handed
 * on, and its registers are left alone. */
static void a_fault_that_comes_meanwhile_is_not_forwarded(void)
{
	EACH_POINT() {
		struct fault_race race = fault_begin(false);
		struct user client = user_new(), other = user_thread(&race.handler);
		u64 behind = HANDLE(&race.handler, SYSCALL_ENDPOINT_CREATE, give_to(&race.handler, world_group(), COPY_ALL), 0);
		u64 pair = both(race.endpoint, race.reply), send = give_from(&race.handler, &client, race.endpoint);

		(void)user_message(&race.handler, SYSCALL_RECEIVE, pair, 0, FOR_EVER);
		(void)user_message(&client, SYSCALL_CALL, send, 0, FOR_EVER);
		race.faulty.thread->frame.status = 0xabc;
		race_hold(cpu_of(&race.handler));
		(void)user_message(&race.handler, SYSCALL_FORWARD, both(behind, race.reply), msg_info_make(5, 8, 0, 0, 0), 0);
		if (user_message(&other, SYSCALL_REPLY_RECEIVE, pair, 0, FOR_EVER).waits)
			fake_fault(cpu_of(&race.faulty), FAULT_KIND_WRITE, 0x20000);
		race_go_on();
		if (thread_faulted(race.faulty.thread))
			EXPECT_EQ(race.faulty.thread->traits, THREAD_FAULTED);
		EXPECT_EQ(race.faulty.thread->frame.status, 0xabc);
	}
}

/* ---- waits that end by mistake ---- */

/* The server gets a message in the instant of its deadline and waits anew, for ever. */
static void a_late_deadline_ends_no_other_wait(void)
{
	EACH_POINT() {
		struct pair p = pair_make();
		u64 at = fake_now() + LATER;

		EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, at).waits);
		u32 cpu = p.server.thread->alarm.cpu;

		fake_set_now(at);
		race_hold(cpu);
		fake_timer(cpu);
		bool taken = user_message(&p.client, SYSCALL_SEND, p.send, 0, 0).status == STATUS_OK;

		if (taken)
			EXPECT(pair_serve(&p).waits);
		race_go_on();
		EXPECT_EQ(user_waits(&p.server), taken);
		if (!taken)
			EXPECT_STATUS(p.server.thread->frame.status, STATUS_TIMED_OUT);
	}
}

/* The server leaves its wait as the reply object goes, and waits anew with another one. */
static void a_reply_object_that_goes_ends_no_other_wait(void)
{
	EACH_POINT() {
		struct pair p = pair_make();
		struct user dropper = user_thread(&p.server);
		u64 other = HANDLE(&p.server, SYSCALL_REPLY_CREATE, p.server_group);

		(void)pair_serve(&p);
		race_hold(cpu_of(&dropper));
		(void)CALL(&dropper, SYSCALL_CAP_DROP, p.reply);
		bool taken = user_message(&p.client, SYSCALL_SEND, p.send, 0, 0).status == STATUS_OK;

		if (taken)
			EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, other), 0, FOR_EVER).waits);
		race_go_on();
		EXPECT_EQ(user_waits(&p.server), taken);
		if (!taken)
			EXPECT_STATUS(p.server.thread->frame.status, STATUS_DEAD);
	}
}

/* INV-REPLY-RECEIVER, from both sides. */
static void nobody_waits_with_a_reply_object_that_is_gone(void)
{
	EACH_POINT() {
		struct pair p = pair_make();
		struct user dropper = user_thread(&p.server);

		race_hold(cpu_of(&p.server));
		(void)pair_serve(&p);
		EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, p.reply).status, STATUS_OK);
		race_go_on();
		EXPECT(!user_waits(&p.server));
	}
	EACH_POINT() {
		struct pair p = pair_make();
		struct user dropper = user_thread(&p.server);

		(void)cpu_of(&p.server);
		race_hold(cpu_of(&dropper));
		(void)CALL(&dropper, SYSCALL_CAP_DROP, p.reply);
		(void)pair_serve(&p);
		race_go_on();
		EXPECT(!user_waits(&p.server));
	}
}

/* The same on the short way: the server answers and receives in one call. */
static void nobody_waits_anew_with_a_reply_object_that_is_gone(void)
{
	EACH_POINT() {
		struct pair p = pair_make();
		struct user dropper = user_thread(&p.server);

		(void)pair_serve(&p);
		(void)user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER);
		race_hold(cpu_of(&p.server));
		(void)user_message(&p.server, SYSCALL_REPLY_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER);
		EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, p.reply).status, STATUS_OK);
		race_go_on();
		EXPECT(!user_waits(&p.server));
		EXPECT(!user_waits(&p.client));
	}
}

/* ---- an endpoint that goes ---- */

/* The server stands still in its receive, with a sender in its hands and the endpoint's lock free. */
static void hold_in_accept(const struct pair *p, const struct endpoint *endpoint)
{
	bool inside = true;

	race_hold_every(cpu_of(&p->server), 1);
	(void)pair_serve(p);
	while (inside && (p->client.thread->endpoint != nullptr || endpoint->lock.taken != 0))
		inside = race_step();
	EXPECT(inside);
	race_keep();
}

/* What waits at a dying endpoint is given back by whoever closes it, and is taken by nobody else: not by a
 * receiver either that came before. */
static void a_dying_endpoint_gives_nothing_to_a_receiver(void)
{
	EACH_POINT() {
		struct pair p = pair_make_deep(1);
		struct user helper = user_thread(&p.server);
		struct cap cap;

		EXPECT_STATUS(cap_read(p.server.process, (handle_t){ (u32)p.endpoint }, &cap), STATUS_OK);
		const struct endpoint *endpoint = object_as_endpoint(cap.object);

		(void)cpu_of(&helper);
		user_cap(&p.client, 0, 0xdead, COPY_ALL);
		EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER).waits);
		hold_in_accept(&p, endpoint);
		EXPECT_STATUS(user_message(&helper, SYSCALL_SEND, p.endpoint, 0, 0).status, STATUS_OK); /* is kept */
		EXPECT_STATUS(cap_drop(p.client.process, (handle_t){ (u32)p.send }), STATUS_OK);
		race_hold(cpu_of(&helper));
		(void)CALL(&helper, SYSCALL_CAP_DROP, p.endpoint);
		bool dead = endpoint->object.dead;

		race_finish_kept();
		if (dead)
			EXPECT_STATUS(p.server.thread->frame.status, STATUS_DEAD);
		race_go_on();
		EXPECT(!user_waits(&p.server));
	}
}

/* ---- binding ---- */

/* What is going is not busy. */
static void binding_what_goes_finds_it_dead(void)
{
	for (u32 which = 0; which < 2; which++)
		EACH_POINT() {
			struct pair p = pair_make();
			struct user dropper = user_thread(&p.server);
			u64 signal = HANDLE(&p.server, SYSCALL_SIGNAL_CREATE, p.server_group);

			EXPECT_STATUS(cap_drop(p.client.process, (handle_t){ (u32)p.send }), STATUS_OK);
			race_hold(cpu_of(&p.server));
			(void)CALL(&p.server, SYSCALL_ENDPOINT_BIND, p.endpoint, signal, 1);
			EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, which == 0 ? p.endpoint : signal).status, STATUS_OK);
			race_go_on();
			EXPECT(user_answer(&p.server).status != STATUS_BUSY);
		}
}

/* ---- threads ---- */

static void a_thread_being_made_can_be_looked_at(void)
{
	EACH_POINT() {
		struct user user = user_new(), looker = user_new();
		u64 process = give_to(&looker, user.process_handle, COPY_ALL), after = 0;
		struct thread_start start = { .entry = 0x1000, .stack = user.scratch + SCRATCH_BYTES };

		user_put(world_init(), 0, SPAN_OF_STRUCT(start));
		race_hold(cpu_of(world_init()));
		(void)CALL(world_init(), SYSCALL_THREAD_CREATE, user.process_handle, world_init()->scratch, 0);
		while (CALL(&looker, SYSCALL_PROCESS_NEXT_THREAD, process, after, looker.scratch).status == STATUS_OK)
			after = user_get_u64(&looker, __builtin_offsetof(struct thread_info, id));
		EXPECT(after >= user.thread->object.id);
		race_go_on();
		EXPECT_STATUS(user_answer(world_init()).status, STATUS_OK);
	}
}

void race_tests(void)
{
	RUN(capabilities_go_with_the_call_or_stay);
	RUN(capabilities_are_received_with_the_call_or_stay);
	RUN(who_may_receive_is_never_missing_on_the_way);
	RUN(failing_senders_do_not_keep_a_receiver);
	RUN(a_thread_suspended_in_its_fault_goes_on);
	RUN(a_thread_resumed_in_its_fault_goes_on);
	RUN(a_fault_that_comes_meanwhile_is_not_forwarded);
	RUN(a_late_deadline_ends_no_other_wait);
	RUN(a_reply_object_that_goes_ends_no_other_wait);
	RUN(nobody_waits_with_a_reply_object_that_is_gone);
	RUN(nobody_waits_anew_with_a_reply_object_that_is_gone);
	RUN(a_dying_endpoint_gives_nothing_to_a_receiver);
	RUN(binding_what_goes_finds_it_dead);
	RUN(a_thread_being_made_can_be_looked_at);
}
