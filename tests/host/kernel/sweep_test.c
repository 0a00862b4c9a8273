/* SPDX-License-Identifier: Apache-2.0
 *
 * Revoked capabilities that are in somebody's way: they are dropped before anybody is refused a slot, wherever they
 * are, in steps between which the kernel is left.
 */
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u32 { LIMIT = 40, MANY = 3000 };

/* A holder and a second process in groups of which the outer one is limited; what the holder holds is derived
 * from a signal of init, and so is what the other gets. */
struct crowd {
	struct user holder, other;
	u64 group, inner;      /* in init */
	u64 signal, child;     /* in init */
};

static u64 subgroup(u64 parent, u64 caps)
{
	struct group_limits limits = { .caps = caps };
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(limits));
	return HANDLE(init, SYSCALL_GROUP_CREATE, parent, init->scratch, init->scratch, 0);
}

static struct crowd crowd_make(u64 caps)
{
	struct crowd crowd = { .group = subgroup(world_group(), caps) };

	crowd.inner = subgroup(crowd.group, 0);
	crowd.holder = user_new_in(crowd.inner);
	crowd.other = user_new_in(crowd.group);
	crowd.signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());
	crowd.child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, crowd.signal, COPY_ALL, 0, 0);
	return crowd;
}

static void crowd_end(struct crowd *crowd)
{
	const u64 handles[] = { crowd->child, crowd->signal, crowd->inner, crowd->group };

	user_end(&crowd->holder);
	user_end(&crowd->other);
	for (u32 i = 0; i < ARRAY_LEN(handles); i++)
		EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, *ELEM(handles, i)).status, STATUS_OK);
}

/* Copies of a capability of init, until there are so many or no room is left. */
static enum status fill(const struct user *user, u64 source, u32 count)
{
	enum status status = STATUS_OK;

	for (u32 i = 0; i < count && status == STATUS_OK; i++) {
		struct cap cap;
		handle_t handle = {};

		EXPECT_STATUS(cap_acquire(world_init()->process, (handle_t){ (u32)source }, 0, &cap), STATUS_OK);
		status = cap_add(user->process, &cap, &handle);
	}
	return status;
}

static void revoke(const struct crowd *crowd)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, crowd->signal).status, STATUS_OK);
}

static struct answer grant(const struct crowd *crowd)
{
	return CALL(world_init(), SYSCALL_CAP_GRANT, crowd->other.process_handle, crowd->signal, COPY_ALL);
}

/* How often a call of init was made until it returned, and what it did; `meanwhile` comes in between. */
struct attempts {
	u64 count;
	enum status status;
};

static struct attempts grant_counted(const struct crowd *crowd, void (*meanwhile)(const struct crowd *crowd))
{
	struct attempts attempts = {};
	const struct user *init = world_init();
	struct hal_frame *frame = &init->thread->frame;
	u64 ip = frame->ip;

	do {
		u32 cpu = user_bring(init->thread);

		frame->ip = ip;
		frame->status = SYSCALL_CAP_GRANT;
		frame->arg0 = crowd->other.process_handle;
		frame->arg1 = crowd->signal;
		frame->word[0] = COPY_ALL;
		fake_syscall(cpu);
		bool again = frame->ip != ip;

		frame->ip = ip;
		if (!again) {
			attempts.status = (enum status)frame->status;
			attempts.count++;
			break;
		}
		if (meanwhile != nullptr)
			meanwhile(crowd);
	} while (++attempts.count < 100000);
	return attempts;
}

static void what_another_process_holds_makes_room(void)
{
	struct crowd crowd = crowd_make(LIMIT);

	EXPECT_STATUS(fill(&crowd.holder, crowd.child, LIMIT), STATUS_OK);
	EXPECT_STATUS(grant(&crowd).status, STATUS_OUT_OF_CAPS);
	revoke(&crowd);
	for (u32 i = 0; i < LIMIT; i++)
		EXPECT_STATUS(grant(&crowd).status, STATUS_OK);
	EXPECT_STATUS(grant(&crowd).status, STATUS_OUT_OF_CAPS);
	EXPECT_EQ(crowd.holder.process->caps.used, 0);
	crowd_end(&crowd);
}

/* The inner group is as full as the outer one, and the other process' revoked ones do not help it. */
static void each_group_that_is_full_is_swept(void)
{
	struct crowd crowd = crowd_make(LIMIT);
	struct group_limits limits = { .caps = LIMIT / 2 };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_SET_LIMITS, crowd.inner, world_init()->scratch).status, STATUS_OK);
	EXPECT_STATUS(fill(&crowd.other, crowd.child, LIMIT / 2), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.holder, crowd.child, LIMIT / 2), STATUS_OK);
	revoke(&crowd);
	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, LIMIT / 2), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, 1), STATUS_OUT_OF_CAPS);
	EXPECT_STATUS(fill(&crowd.other, crowd.signal, LIMIT / 2), STATUS_OK);
	crowd_end(&crowd);
}

/* Many slots are looked at for one; interrupts do not have to wait for that. */
static void a_sweep_gives_way(void)
{
	struct crowd crowd = crowd_make(MANY);

	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, MANY - 1), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.holder, crowd.child, 1), STATUS_OK);
	revoke(&crowd);
	fake_interrupt_every(1);
	struct attempts attempts = grant_counted(&crowd, nullptr);

	EXPECT_STATUS(attempts.status, STATUS_OK);
	EXPECT(attempts.count >= MANY / 64);
	attempts = grant_counted(&crowd, nullptr); /* only by now is it known that nothing else is there */
	EXPECT_STATUS(attempts.status, STATUS_OUT_OF_CAPS);
	EXPECT_EQ(grant_counted(&crowd, nullptr).count, 1);
	fake_interrupt_every(0);
	EXPECT_EQ(grant_counted(&crowd, nullptr).count, 1);
	crowd_end(&crowd);
}

/* Not even without interrupts is all of it gone through at once. */
static void a_sweep_is_bounded(void)
{
	struct crowd crowd = crowd_make(4 * MANY);

	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, 4 * MANY - 1), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.holder, crowd.child, 1), STATUS_OK);
	revoke(&crowd);
	EXPECT(grant_counted(&crowd, nullptr).count >= 4);
	crowd_end(&crowd);
}

static void revoke_more(const struct crowd *crowd)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, crowd->child).status, STATUS_OK);
}

static void who_revokes_for_ever_keeps_nobody_waiting(void)
{
	struct crowd crowd = crowd_make(MANY);

	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, MANY), STATUS_OK);
	fake_interrupt_every(1);
	struct attempts attempts = grant_counted(&crowd, revoke_more);

	fake_interrupt_every(0);
	EXPECT_STATUS(attempts.status, STATUS_OUT_OF_CAPS);
	EXPECT(attempts.count < 1000);
	crowd_end(&crowd);
}

/* Threads and processes are not made for a handle that has no place yet. */
static void what_is_made_is_made_once(void)
{
	struct crowd crowd = crowd_make(MANY);
	u64 group = give_to(&crowd.other, world_group(), COPY_ALL);
	u64 self = give_to(&crowd.other, crowd.other.process_handle, COPY_ALL);
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

	EXPECT_STATUS(fill(&crowd.holder, crowd.signal, MANY - 4), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.holder, crowd.child, 2), STATUS_OK);
	revoke(&crowd);
	user_put(&crowd.other, 0, SPAN_OF_STRUCT(start));
	u32 threads = crowd.other.process->thread_count;

	fake_interrupt_every(1);
	EXPECT_STATUS(CALL(&crowd.other, SYSCALL_THREAD_CREATE, self, crowd.other.scratch, 0).status, STATUS_OK);
	EXPECT_EQ(crowd.other.process->thread_count, threads + 1);
	EXPECT_STATUS(CALL(&crowd.other, SYSCALL_PROCESS_CREATE, group, 0, 0, crowd.other.scratch, 0).status, STATUS_OK);
	EXPECT_STATUS(CALL(&crowd.other, SYSCALL_THREAD_CREATE, self, crowd.other.scratch, 0).status, STATUS_OUT_OF_CAPS);
	EXPECT_EQ(crowd.other.process->thread_count, threads + 1);
	fake_interrupt_every(0);
	crowd_end(&crowd);
}

/* ---- a space that is full ---- */

static void a_full_space_is_swept_to_its_end(void)
{
	struct crowd crowd = crowd_make(0);

	EXPECT_STATUS(fill(&crowd.other, crowd.signal, CAP_SLOTS_MAX - 2), STATUS_OK);
	EXPECT_STATUS(fill(&crowd.other, crowd.child, 1), STATUS_OK);
	revoke(&crowd);
	struct attempts attempts = grant_counted(&crowd, nullptr);

	EXPECT_STATUS(attempts.status, STATUS_OK);
	EXPECT(attempts.count > 1);
	EXPECT_STATUS(grant_counted(&crowd, nullptr).status, STATUS_OUT_OF_CAPS);
	crowd_end(&crowd);
}

/* ---- messages ---- */

/* A server and a client, each in a group of its own that is full but for what a process beside it holds
 * and has been revoked. */
struct full_pair {
	struct crowd at_client, at_server;
	u64 receive, reply, send, gift, gift_back;
};

static u64 make_room_for(const struct crowd *crowd, u64 handle)
{
	return HANDLE(world_init(), SYSCALL_CAP_GRANT, crowd->other.process_handle, handle, COPY_ALL);
}

static struct full_pair full_pair_make(void)
{
	struct full_pair p = { .at_client = crowd_make(MANY), .at_server = crowd_make(MANY) };
	u64 endpoint = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);

	p.receive = make_room_for(&p.at_server, endpoint);
	p.send = make_room_for(&p.at_client, endpoint);
	p.reply = HANDLE(&p.at_server.other, SYSCALL_REPLY_CREATE, make_room_for(&p.at_server, world_group()));
	p.gift = make_room_for(&p.at_client, p.at_client.signal);
	p.gift_back = make_room_for(&p.at_server, p.at_server.signal);
	EXPECT_STATUS(fill(&p.at_client.holder, p.at_client.signal, MANY - 3), STATUS_OK);
	EXPECT_STATUS(fill(&p.at_client.holder, p.at_client.child, 1), STATUS_OK);
	EXPECT_STATUS(fill(&p.at_server.holder, p.at_server.signal, MANY - 5), STATUS_OK);
	EXPECT_STATUS(fill(&p.at_server.holder, p.at_server.child, 1), STATUS_OK);
	user_cap(&p.at_client.other, 0, p.gift, COPY_ALL);
	return p;
}

/* Calls that are made again, by whoever has come to run. */
static void go_on(const struct user *user, u64 *ip)
{
	struct hal_frame *frame = &user->thread->frame;

	fake_settle();
	while (frame->ip != *ip) {
		frame->ip = *ip;
		fake_syscall(user_bring(user->thread));
	}
}

static void both_go_on(const struct full_pair *p, u64 client_ip, u64 server_ip)
{
	for (u32 round = 0; round < 200; round++) {
		go_on(&p->at_server.other, &server_ip);
		go_on(&p->at_client.other, &client_ip);
	}
}

static void capabilities_in_messages_find_room(void)
{
	for (u32 server_first = 0; server_first < 2; server_first++) {
		struct full_pair p = full_pair_make();
		const struct user *client = &p.at_client.other, *server = &p.at_server.other;
		u64 client_ip = client->thread->frame.ip, server_ip = server->thread->frame.ip;

		revoke(&p.at_client);
		revoke(&p.at_server);
		fake_interrupt_every(1);
		if (server_first != 0)
			(void)user_message(server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER);
		(void)user_message(client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER);
		if (server_first == 0)
			(void)user_message(server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER);
		both_go_on(&p, client_ip, server_ip);
		EXPECT_STATUS(user_answer(server).status, STATUS_OK);
		EXPECT(object_id(server, user_cap_at(server, 0)) == object_id(client, p.gift));
		user_cap(server, 0, p.gift_back, COPY_ALL);
		(void)user_message(server, SYSCALL_REPLY, both(0, p.reply), msg_info_make(0, 0, 1, 0, 0), 0);
		go_on(server, &server_ip);
		EXPECT_STATUS(user_answer(server).status, STATUS_OK);
		EXPECT_STATUS(user_answer(client).status, STATUS_OK);
		EXPECT(object_id(client, user_cap_at(client, 0)) == object_id(server, p.gift_back));
		fake_interrupt_every(0);
		crowd_end(&p.at_client);
		crowd_end(&p.at_server);
	}
}

void sweep_tests(void)
{
	RUN(what_another_process_holds_makes_room);
	RUN(each_group_that_is_full_is_swept);
	RUN(a_sweep_gives_way);
	RUN(a_sweep_is_bounded);
	RUN(who_revokes_for_ever_keeps_nobody_waiting);
	RUN(what_is_made_is_made_once);
	RUN(a_full_space_is_swept_to_its_end);
	RUN(capabilities_in_messages_find_room);
}
