/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocation across processes: chains and circles of what was given on, what is on its way in a message, what a fast call
 * goes through, and what was bound through what is revoked.
 */
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u32 { PROCESSES = 12 };

/* Each process derives from what it was given and gives that to the next. Revoking at any place ends what is behind it, in
 * all of them, and nothing before. */
static void a_chain_of_many_processes_ends_behind_who_revokes(void)
{
	struct user user[PROCESSES];
	u64 held[PROCESSES], child[PROCESSES] = {};

	for (u32 i = 0; i < PROCESSES; i++)
		user[i] = user_new();
	held[0] = HANDLE(&user[0], SYSCALL_SIGNAL_CREATE, give_to(&user[0], world_group(), COPY_ALL));
	for (u32 i = 0; i + 1 < PROCESSES; i++) {
		child[i] = HANDLE(&user[i], SYSCALL_CAP_DERIVE, held[i], COPY_ALL, 0, 0);
		held[i + 1] = give_from(&user[i], &user[i + 1], child[i]);
	}
	for (u32 revoker = PROCESSES - 1; revoker-- > 0;) {
		EXPECT_STATUS(CALL(&user[revoker], SYSCALL_CAP_REVOKE, held[revoker]).status, STATUS_OK);
		for (u32 i = 0; i < PROCESSES; i++)
			EXPECT_STATUS(CALL(&user[i], SYSCALL_SIGNAL_RAISE, held[i], 1).status, i > revoker ? STATUS_REVOKED : STATUS_OK);
	}
}

/* A gives to B, who derives and gives back, and so on round: what comes back is a descendant like any other. Who has it cannot
 * revoke what it came from. */
static void grants_in_a_circle_end_where_they_began(void)
{
	struct user a = user_new(), b = user_new();
	u64 whole = HANDLE(&a, SYSCALL_SIGNAL_CREATE, give_to(&a, world_group(), COPY_ALL)), at_a = whole, at_b = 0;
	u64 last_a = 0;

	for (u32 round = 0; round < 4; round++) {
		at_b = give_from(&a, &b, HANDLE(&a, SYSCALL_CAP_DERIVE, at_a, COPY_ALL, 0, 0));
		at_a = give_from(&b, &a, HANDLE(&b, SYSCALL_CAP_DERIVE, at_b, COPY_ALL, 0, 0));
		last_a = at_a;
	}
	EXPECT_STATUS(CALL(&a, SYSCALL_CAP_REVOKE, last_a).status, STATUS_OK);
	EXPECT_STATUS(CALL(&b, SYSCALL_SIGNAL_RAISE, at_b, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&a, SYSCALL_CAP_REVOKE, whole).status, STATUS_OK);
	EXPECT_STATUS(CALL(&b, SYSCALL_SIGNAL_RAISE, at_b, 1).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&a, SYSCALL_SIGNAL_RAISE, last_a, 1).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&a, SYSCALL_SIGNAL_RAISE, whole, 1).status, STATUS_OK);
}

/* A sender waits with a capability in its message: it is revoked on its way. Copied or moved, nobody has it. */
static void what_is_revoked_in_a_message_does_not_arrive(void)
{
	for (u32 moved = 0; moved < 2; moved++) {
		struct pair p = pair_make();
		u64 whole = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group);
		u64 child = HANDLE(&p.client, SYSCALL_CAP_DERIVE, whole, COPY_ALL, 0, 0);
		struct user other = user_thread(&p.client);

		user_cap(&p.client, 0, child, moved != 0 ? 0x8000ffffu : COPY_ALL);
		EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(0, 0, 1, 0, 0), FOR_EVER).waits);
		EXPECT_STATUS(CALL(&other, SYSCALL_CAP_REVOKE, whole).status, STATUS_OK);
		pair_serve(&p);
		EXPECT(user_waits(&p.server));
		EXPECT_STATUS(user_answer(&p.client).status, STATUS_REVOKED);
	}
}

/* ---- by the fast path ---- */

static void nobody_is_called_through_what_is_revoked(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(user_waits(&p.server));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_NULL).status, STATUS_OK);
	struct user other = user_thread(&p.server);

	EXPECT_STATUS(CALL(&other, SYSCALL_CAP_REVOKE, p.endpoint).status, STATUS_OK);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER).status, STATUS_REVOKED);
	EXPECT(user_waits(&p.server));
}

/* Who answers and would receive through a revoked capability, to the endpoint or to the reply object, does neither. */
static void nobody_receives_anew_through_what_is_revoked(void)
{
	for (u32 which = 0; which < 2; which++) {
		struct pair p = pair_make();
		u64 from = which == 0 ? p.endpoint : p.reply;
		u64 above = HANDLE(&p.server, SYSCALL_CAP_DERIVE, from, COPY_ALL, 0, 0);
		u64 used = HANDLE(&p.server, SYSCALL_CAP_DERIVE, above, COPY_ALL, 0, 0);
		u64 handles = which == 0 ? both(used, p.reply) : both(p.endpoint, used);

		EXPECT(user_message(&p.server, SYSCALL_RECEIVE, handles, 0, FOR_EVER).waits);
		EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, 0, FOR_EVER).waits);
		EXPECT(!user_waits(&p.server));
		EXPECT_STATUS(CALL(&p.server, SYSCALL_CAP_REVOKE, above).status, STATUS_OK);
		/* The other one is known to be good, and so no reason to look closer. */
		EXPECT_STATUS(CALL(&p.server, SYSCALL_CAP_INSPECT, which == 0 ? p.reply : p.endpoint, p.server.scratch).status,
			STATUS_OK);
		EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY_RECEIVE, handles, 0, FOR_EVER).status, STATUS_REVOKED);
		EXPECT(!user_waits(&p.server) && user_waits(&p.client));
		EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_OK);
	}
}

/* ---- what was bound ---- */

/* Who may watch a process no longer is not told of its end, and does not keep others from watching it. */
static void a_watch_goes_with_the_process_capability(void)
{
	struct user watched = user_new(), watcher = user_new(), next = user_new();
	u64 group = give_to(&watcher, world_group(), COPY_ALL), signal = HANDLE(&watcher, SYSCALL_SIGNAL_CREATE, group);
	u64 next_group = give_to(&next, world_group(), COPY_ALL), next_signal = HANDLE(&next, SYSCALL_SIGNAL_CREATE, next_group);
	u64 lent = HANDLE(world_init(), SYSCALL_CAP_DERIVE, watched.process_handle, COPY_ALL, 0, 0);
	u64 process = give_to(&watcher, lent, COPY_ALL);

	EXPECT_STATUS(CALL(&watcher, SYSCALL_PROCESS_WATCH, process, signal, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, watched.process_handle).status, STATUS_OK);
	EXPECT_STATUS(CALL(&watcher, SYSCALL_PROCESS_WATCH, process, signal, 1).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(&next, SYSCALL_PROCESS_WATCH, give_to(&next, watched.process_handle, COPY_ALL), next_signal, 1).status,
		STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, lent).status, STATUS_OK);
	user_end(&watched);
	world_settle();
	EXPECT_STATUS(CALL(&watcher, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_WOULD_BLOCK);
}

/* A server that may receive no longer has left nothing bound: the next instance binds its own signal. */
static void a_bound_signal_goes_with_the_right_to_receive(void)
{
	struct user owner = user_new(), first = user_new(), second = user_new();
	u64 group = give_to(&owner, world_group(), COPY_ALL);
	u64 endpoint = HANDLE(&owner, SYSCALL_ENDPOINT_CREATE, group, 0);
	u64 lent = HANDLE(&owner, SYSCALL_CAP_DERIVE, endpoint, COPY_ALL, 0, 0);
	u64 signal = HANDLE(&first, SYSCALL_SIGNAL_CREATE, give_to(&first, world_group(), COPY_ALL));
	u64 own = HANDLE(&second, SYSCALL_SIGNAL_CREATE, give_to(&second, world_group(), COPY_ALL));

	EXPECT_STATUS(CALL(&first, SYSCALL_ENDPOINT_BIND, give_from(&owner, &first, lent), signal, 1).status, STATUS_OK);
	EXPECT_STATUS(CALL(&owner, SYSCALL_CAP_REVOKE, endpoint).status, STATUS_OK);
	user_end(&first);
	world_settle();
	EXPECT_STATUS(CALL(&second, SYSCALL_ENDPOINT_BIND, give_from(&owner, &second, endpoint), own, 1).status, STATUS_OK);
}

void revoke_given_tests(void)
{
	RUN(a_chain_of_many_processes_ends_behind_who_revokes);
	RUN(grants_in_a_circle_end_where_they_began);
	RUN(what_is_revoked_in_a_message_does_not_arrive);
	RUN(nobody_is_called_through_what_is_revoked);
	RUN(nobody_receives_anew_through_what_is_revoked);
	RUN(a_watch_goes_with_the_process_capability);
	RUN(a_bound_signal_goes_with_the_right_to_receive);
}
