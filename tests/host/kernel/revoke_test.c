/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocation: what was made under a capability is gone when the call returns, and nothing else.
 */
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/process/process.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE };

static u64 child_of(const struct user *user, u64 parent)
{
	return HANDLE(user, SYSCALL_CAP_DERIVE, parent, COPY_ALL, 0, 0);
}

static void revoke(const struct user *user, u64 handle)
{
	EXPECT_STATUS(CALL(user, SYSCALL_CAP_REVOKE, handle).status, STATUS_OK);
}

/* ---- mappings ---- */

static u64 self_of(const struct user *user) { return give_to(user, user->process_handle, COPY_ALL); }

static u64 map(const struct user *user, u64 self, u64 memory, u64 pages)
{
	return CALL(user, SYSCALL_MAP, self, memory, 0, 0, pages << PAGE_SHIFT, READ_WRITE).value;
}

static enum status peek(const struct user *user, u64 at)
{
	u64 value;

	return user_copy_in(user->process, MSPAN_OF_STRUCT(value), (uaddr_t){ at });
}

static void mappings_go_everywhere(void)
{
	struct user owner = user_new(), other = user_new();
	u64 group = give_to(&owner, world_group(), COPY_ALL);
	u64 memory = HANDLE(&owner, SYSCALL_MEMORY_CREATE, group, 4 * PAGE_BYTES);
	u64 child = child_of(&owner, memory);
	u64 self = self_of(&owner), own = map(&owner, self, memory, 4), lent = map(&owner, self, child, 4);
	u64 far_self = self_of(&other), far = map(&other, far_self, give_from(&owner, &other, child), 2);

	EXPECT_STATUS(peek(&owner, own), STATUS_OK);
	EXPECT_STATUS(peek(&owner, lent), STATUS_OK);
	EXPECT_STATUS(peek(&other, far), STATUS_OK);
	revoke(&owner, memory);
	EXPECT_STATUS(peek(&owner, own), STATUS_OK);
	EXPECT_STATUS(peek(&owner, lent), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(peek(&other, far), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(CALL(&other, SYSCALL_UNMAP, far_self, far, 2 * PAGE_BYTES).status, STATUS_NOT_FOUND);
	EXPECT_STATUS(CALL(&owner, SYSCALL_UNMAP, self, own, 4 * PAGE_BYTES).status, STATUS_OK);
}

/* Large ones are undone in parts, between which the kernel is left. */
static void large_mappings_go_in_parts(void)
{
	struct user owner = user_new();
	u64 pages = 3 * SPACE_STEP_PAGES + 1, bytes = pages << PAGE_SHIFT;
	u64 group = give_to(&owner, world_group(), COPY_ALL), self = self_of(&owner);
	u64 memory = HANDLE(&owner, SYSCALL_MEMORY_CREATE, group, bytes);
	u64 child = child_of(&owner, memory), first = map(&owner, self, child, pages), second = map(&owner, self, child, pages);

	for (u64 at = 0; at < bytes; at += bytes / 7 & ~(PAGE_BYTES - 1)) {
		EXPECT_STATUS(peek(&owner, first + at), STATUS_OK);
		EXPECT_STATUS(peek(&owner, second + at), STATUS_OK);
	}
	revoke(&owner, memory);
	for (u64 at = 0; at < bytes; at += PAGE_BYTES) {
		EXPECT_STATUS(peek(&owner, first + at), STATUS_BAD_ADDRESS);
		EXPECT_STATUS(peek(&owner, second + at), STATUS_BAD_ADDRESS);
	}
	u64 third = map(&owner, self, memory, pages);

	EXPECT_STATUS(peek(&owner, third + bytes - PAGE_BYTES), STATUS_OK);
	EXPECT_STATUS(CALL(&owner, SYSCALL_PROTECT, self, third, bytes, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(CALL(&owner, SYSCALL_UNMAP, self, third, bytes).status, STATUS_OK);
	EXPECT_STATUS(peek(&owner, third), STATUS_BAD_ADDRESS);
}

/* ---- waits ---- */

/* A second client of the pair's server, with a capability that was not derived from the first one's. */
static struct user second_client(const struct pair *p, u64 *send)
{
	struct user user = user_new();

	*send = give_from(&p->server, &user, p->endpoint);
	return user;
}

static struct answer begin_call(const struct user *user, u64 send)
{
	return user_message(user, SYSCALL_CALL, send, msg_info_make(0, 0, 0, 0, 0), FOR_EVER);
}

static void senders_that_wait_learn_of_it(void)
{
	struct pair p = pair_make();
	u64 send;
	struct user other = second_client(&p, &send);

	EXPECT(begin_call(&p.client, p.send).waits);
	EXPECT(begin_call(&other, send).waits);
	revoke(&p.server, p.endpoint);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_REVOKED);
	EXPECT(user_waits(&other)); /* a plain copy is the same capability */
	pair_serve(&p);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&other).status, STATUS_OK);
}

static void callers_that_are_served_learn_of_it(void)
{
	struct pair p = pair_make();

	for (u32 round = 0; round < 2; round++) { /* by the slow path, then by the fast one */
		if (round == 1) {
			p = pair_make();
			pair_serve(&p);
		}
		EXPECT(begin_call(&p.client, p.send).waits);
		if (round == 0)
			pair_serve(&p);
		EXPECT(!user_waits(&p.server));
		revoke(&p.server, p.endpoint);
		EXPECT_STATUS(user_answer(&p.client).status, STATUS_REVOKED);
		EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
		EXPECT(p.server.thread->activity == p.server.thread->own);
	}
}

static void receivers_learn_of_it(void)
{
	struct pair p = pair_make();
	struct user heir = user_new();
	u64 group = give_to(&heir, world_group(), COPY_ALL);
	u64 reply = HANDLE(&heir, SYSCALL_REPLY_CREATE, group);
	u64 lent = give_from(&p.server, &heir, child_of(&p.server, p.endpoint));

	EXPECT(user_message(&heir, SYSCALL_RECEIVE, both(lent, reply), 0, FOR_EVER).waits);
	revoke(&p.server, p.endpoint);
	EXPECT_STATUS(user_answer(&heir).status, STATUS_REVOKED);
	EXPECT_STATUS(user_message(&heir, SYSCALL_RECEIVE, both(lent, reply), 0, FOR_EVER).status, STATUS_REVOKED);
	pair_serve(&p);
	EXPECT(user_waits(&p.server));
}

static void a_receive_ends_with_its_reply_object(void)
{
	struct pair p = pair_make();
	u64 child = child_of(&p.server, p.reply);

	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, child), 0, FOR_EVER).waits);
	struct user second = user_thread(&p.server);

	revoke(&second, p.reply);
	EXPECT_STATUS(user_answer(&p.server).status, STATUS_REVOKED);
	pair_serve(&p);
	EXPECT(user_waits(&p.server)); /* the object is free again */
}

static const struct endpoint *endpoint_of(const struct user *user, u64 handle)
{
	struct cap cap;

	EXPECT_STATUS(cap_read(user->process, (handle_t){ (u32)handle }, &cap), STATUS_OK);
	return object_as_endpoint(cap.object);
}

/* Who revoked them may not receive himself: so nobody may. */
static void senders_do_not_wait_for_revoked_receivers(void)
{
	struct user revoker = user_new(), server = user_new(), sender = user_new(), late = user_new();
	u64 endpoint = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0), child = child_of(world_init(), endpoint);
	u64 weak = give_to(&revoker, endpoint, RIGHT_REVOKE);
	u64 send = give_to(&sender, endpoint, ENDPOINT_RIGHT_SEND), later = give_to(&late, endpoint, ENDPOINT_RIGHT_SEND);

	(void)give_to(&server, child, COPY_ALL);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, child).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, endpoint).status, STATUS_OK);
	EXPECT(begin_call(&sender, send).waits);
	revoke(&revoker, weak);
	EXPECT_STATUS(user_answer(&sender).status, STATUS_DEAD);
	EXPECT_STATUS(begin_call(&late, later).status, STATUS_DEAD);
}

/* Each way for one to come or go counts once, whatever was revoked before, after or above. */
static void receivers_count_while_they_are_valid(void)
{
	struct pair p = pair_make();
	const struct endpoint *endpoint = endpoint_of(&p.server, p.endpoint);
	u64 child = child_of(&p.server, p.endpoint), grandchild = child_of(&p.server, child);
	u64 lowest = child_of(&p.server, grandchild);
	u64 there = give_from(&p.server, &p.client, lowest);

	EXPECT_EQ(endpoint->receivable, 5);
	revoke(&p.server, grandchild);
	EXPECT_EQ(endpoint->receivable, 3);
	EXPECT_STATUS(CALL(&p.client, SYSCALL_CAP_DROP, there).status, STATUS_OK);
	EXPECT_EQ(endpoint->receivable, 3);
	u64 anew = child_of(&p.server, grandchild);

	EXPECT_EQ(endpoint->receivable, 4);
	revoke(&p.server, p.endpoint);
	EXPECT_EQ(endpoint->receivable, 1);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_CAP_REVOKE, child).status, STATUS_REVOKED);
	for (u32 i = 0; i < 4; i++)
		EXPECT_STATUS(CALL(&p.server, SYSCALL_CAP_DROP, i == 0 ? child : i == 1 ? grandchild : i == 2 ? lowest : anew).status,
			STATUS_OK);
	EXPECT_EQ(endpoint->receivable, 1);
	(void)child_of(&p.server, p.endpoint);
	EXPECT_EQ(endpoint->receivable, 2);
}

static void waiters_at_a_signal_learn_of_it(void)
{
	struct user owner = user_new(), other = user_new();
	u64 group = give_to(&owner, world_group(), COPY_ALL);
	u64 signal = HANDLE(&owner, SYSCALL_SIGNAL_CREATE, group);
	u64 lent = give_from(&owner, &other, child_of(&owner, signal));
	struct user second = user_thread(&owner);

	EXPECT(CALL(&second, SYSCALL_SIGNAL_WAIT, signal, 1, FOR_EVER).waits);
	EXPECT(CALL(&other, SYSCALL_SIGNAL_WAIT, lent, 1, FOR_EVER).waits);
	revoke(&owner, signal);
	EXPECT_STATUS(user_answer(&other).status, STATUS_REVOKED);
	EXPECT(user_waits(&second));
}

/* More of them than one part of the call ends. */
static void many_waiters_go_in_parts(void)
{
	struct user owner = user_new(), other = user_new();
	u64 group = give_to(&owner, world_group(), COPY_ALL);
	u64 signal = HANDLE(&owner, SYSCALL_SIGNAL_CREATE, group);
	u64 lent = give_from(&owner, &other, child_of(&owner, signal));
	struct user waiter[100];

	for (u32 i = 0; i < ARRAY_LEN(waiter); i++) {
		*ELEM(waiter, i) = user_thread(&other);
		EXPECT(CALL(ELEM(waiter, i), SYSCALL_SIGNAL_WAIT, lent, 1, FOR_EVER).waits);
	}
	revoke(&owner, signal);
	for (u32 i = 0; i < ARRAY_LEN(waiter); i++)
		EXPECT_STATUS(user_answer(ELEM(waiter, i)).status, STATUS_REVOKED);
}

/* ---- bindings ---- */

static void bindings_to_a_signal_have_no_effect(void)
{
	struct user owner = user_new();
	u64 group = give_to(&owner, world_group(), COPY_ALL);
	u64 signal = HANDLE(&owner, SYSCALL_SIGNAL_CREATE, group), child = child_of(&owner, signal);
	u64 timer = HANDLE(&owner, SYSCALL_TIMER_CREATE, group, child, 1);
	struct user watched = user_new();
	u64 process = give_to(&owner, watched.process_handle, COPY_ALL);

	EXPECT_STATUS(CALL(&owner, SYSCALL_PROCESS_WATCH, process, child, 2).status, STATUS_OK);
	EXPECT_STATUS(CALL(&owner, SYSCALL_TIMER_SET, timer, fake_now() + 1000, 0).status, STATUS_OK);
	revoke(&owner, signal);
	user_end(&watched);
	fake_set_now(fake_now() + 2000);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		fake_timer(cpu);
	world_settle();
	EXPECT_STATUS(CALL(&owner, SYSCALL_SIGNAL_WAIT, signal, 3, 0).status, STATUS_WOULD_BLOCK);
}

static void a_line_is_unbound(void)
{
	struct user driver = user_new();
	u64 group = give_to(&driver, world_group(), COPY_ALL);
	u64 signal = HANDLE(&driver, SYSCALL_SIGNAL_CREATE, group);
	u64 lent = HANDLE(world_init(), SYSCALL_CAP_DERIVE, init_handle(INIT_HANDLE_IRQS), COPY_ALL, 11, 1);
	u64 line = HANDLE(&driver, SYSCALL_CAP_DERIVE, give_to(&driver, lent, COPY_ALL), COPY_ALL, 0, 1);

	EXPECT_STATUS(CALL(&driver, SYSCALL_IRQ_BIND, line, signal, 1).status, STATUS_OK);
	revoke(world_init(), lent);
	fake_irq(0, 11);
	EXPECT_STATUS(CALL(&driver, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(CALL(&driver, SYSCALL_IRQ_ACK, line).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_IRQ_ACK, lent).status, STATUS_NOT_FOUND);
}

static void the_log_loses_its_reader(void)
{
	struct user reader = user_new(), writer = user_new();
	u64 group = give_to(&reader, world_group(), COPY_ALL);
	u64 signal = HANDLE(&reader, SYSCALL_SIGNAL_CREATE, group);
	u64 lent = HANDLE(world_init(), SYSCALL_CAP_DERIVE, init_handle(INIT_HANDLE_KLOG), COPY_ALL, 0, 0);
	u64 log = HANDLE(&reader, SYSCALL_CAP_DERIVE, give_to(&reader, lent, COPY_ALL), COPY_ALL, 0, 0);
	u64 append = give_to(&writer, init_handle(INIT_HANDLE_KLOG), COPY_ALL);

	EXPECT_STATUS(CALL(&reader, SYSCALL_KLOG_BIND, log, signal, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&reader, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_OK); /* there was text before */
	EXPECT_STATUS(CALL(&writer, SYSCALL_KLOG_WRITE, append, writer.scratch, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&reader, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_OK);
	revoke(world_init(), lent);
	EXPECT_STATUS(CALL(&writer, SYSCALL_KLOG_WRITE, append, writer.scratch, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&reader, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(CALL(&reader, SYSCALL_KLOG_BIND, log, signal, 1).status, STATUS_REVOKED);
}

/* A fault that nobody may be told of ends the process, the one that waits already included. */
static void faults_find_no_handler(void)
{
	u64 endpoint = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0), child = child_of(world_init(), endpoint);
	struct user early = user_new_with_faults(child), late = user_new_with_faults(child);
	u32 cpu = user_bring(early.thread);

	fake_fault(cpu, FAULT_KIND_READ, 0);
	EXPECT(user_waits(&early));
	revoke(world_init(), endpoint);
	cpu = user_bring(early.thread);
	fake_fault(cpu, FAULT_KIND_READ, 0); /* it tries again */
	cpu = user_bring(late.thread);
	fake_fault(cpu, FAULT_KIND_READ, 0);
	EXPECT(user_ended(&early));
	EXPECT(user_ended(&late));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, child).status, STATUS_OK);
}

/* ---- handles ---- */

/* Whoever drops the handle under a wait is treated as revoked: nothing else is known of the capability. */
static void a_wait_through_a_dropped_handle_ends(void)
{
	struct pair p = pair_make();
	struct user second = user_thread(&p.client);

	EXPECT(begin_call(&p.client, p.send).waits);
	EXPECT_STATUS(CALL(&second, SYSCALL_CAP_DROP, p.send).status, STATUS_OK);
	EXPECT(user_waits(&p.client));
	revoke(&p.server, p.endpoint);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_REVOKED);
}

void revoke_tests(void)
{
	RUN(mappings_go_everywhere);
	RUN(large_mappings_go_in_parts);
	RUN(senders_that_wait_learn_of_it);
	RUN(callers_that_are_served_learn_of_it);
	RUN(receivers_learn_of_it);
	RUN(a_receive_ends_with_its_reply_object);
	RUN(senders_do_not_wait_for_revoked_receivers);
	RUN(receivers_count_while_they_are_valid);
	RUN(waiters_at_a_signal_learn_of_it);
	RUN(many_waiters_go_in_parts);
	RUN(bindings_to_a_signal_have_no_effect);
	RUN(a_line_is_unbound);
	RUN(the_log_loses_its_reader);
	RUN(faults_find_no_handler);
	RUN(a_wait_through_a_dropped_handle_ends);
}
