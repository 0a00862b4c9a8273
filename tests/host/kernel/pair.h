/* SPDX-License-Identifier: Apache-2.0
 *
 * A client and a server with an endpoint between them. The client's capability has badge 7.
 */
#ifndef TESTS_HOST_KERNEL_PAIR_H
#define TESTS_HOST_KERNEL_PAIR_H

#include "tests/host/kernel/world.h"

struct pair {
	struct user client, server;
	u64 client_group, server_group;
	u64 endpoint;    /* in the server: all rights */
	u64 receive;     /* the same */
	u64 reply;       /* in the server */
	u64 send;        /* in the client */
};

struct pair pair_make(void);
struct pair pair_make_deep(u32 depth);

/* The server waits for a message, for ever. */
struct answer pair_serve(const struct pair *pair);

/* Copies a capability of one user to another; returns the handle there. */
u64 give_from(const struct user *from, const struct user *to, u64 handle);

#endif
