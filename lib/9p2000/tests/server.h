/* SPDX-License-Identifier: Apache-2.0
 *
 * A server of a shared folder for tests: a few nodes in memory. It answers one request at a time, and notices who uses a fid that
 * it does not know.
 */
#ifndef LIB_9P2000_TESTS_SERVER_H
#define LIB_9P2000_TESTS_SERVER_H

#include "lib/base/span.h"

enum : u32 { SERVER_NODES = 8, SERVER_FIDS = 16, SERVER_BYTES = 64 };

struct server_node {
	char name[16];     /* empty: there is none */
	u32 parent;
	u64 path;          /* its number */
	bool directory, link;
	u32 bytes;
	u8 content[SERVER_BYTES];
};

struct server {
	struct server_node node[SERVER_NODES];  /* 0 is the root */
	u32 fid[SERVER_FIDS];                   /* node and one more; 0: not known */
	u64 next_path;
	u32 requests, strange;                  /* those that a client should not make */
};

void server_begin(struct server *s);
/* A node, in the root if `parent' is 0. */
u32 server_add(struct server *s, u32 parent, struct span name, bool directory);
void server_remove(struct server *s, u32 node);
/* The node of that name in `parent'; SERVER_NODES: none. */
u32 server_find(const struct server *s, u32 parent, struct span name);
/* Forgets who was connected. */
void server_reset(struct server *s);

/* Answers; how long the answer is. */
u32 server_answer(struct server *s, struct span request, struct mspan answer);

#endif
