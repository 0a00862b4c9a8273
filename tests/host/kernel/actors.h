/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads with priorities that a test gives. Everybody takes his place as best effort, so that anybody can be made to
 * run; then init gives out priorities.
 */
#ifndef TESTS_HOST_KERNEL_ACTORS_H
#define TESTS_HOST_KERNEL_ACTORS_H

#include "tests/host/kernel/world.h"

enum : u32 { LOW = 20, MIDDLE = 40, BEST = 64, HIGH = 90, HIGHER = 110 };

struct actor {
	struct user user;
	u64 activity;        /* in init */
	u64 at;              /* in init: the endpoint of a server */
	u64 endpoint, reply; /* of a server, in its process */
};

struct actor actor_client(void);
struct actor actor_server(void);

/* Another thread that receives at the same endpoint. */
struct actor actor_beside(const struct actor *server);

/* A handle in init. */
u64 actor_activity(u32 priority);
void actor_set(const struct actor *actor, const struct activity_params *params);
void actor_set_priority(const struct actor *actor, u32 priority);

/* Of what it runs on. */
u32 actor_priority(const struct actor *actor);
bool actor_is_home(const struct actor *actor);

/* A handle in the client. */
u64 actor_may_call(const struct actor *client, const struct actor *server);
/* It waits. */
void actor_call(const struct actor *client, const struct actor *server);
void actor_call_until(const struct actor *client, const struct actor *server, u64 deadline);
void actor_receive(const struct actor *server);
void actor_answer(const struct actor *server);

/* Handles of init. */
void actor_drop(u64 handle);
void actor_drop_activity(const struct actor *actor);

#endif
