/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces: names bound to capabilities, cloned in constant time.
 *
 * A namespace is the head of a persistent list: binding puts a node in front and never changes
 * the others, so a clone shares the whole list by pointing to its head. What a name means is
 * read off the list from its newest node; an unbind is a node too. INV-NS: a node never changes
 * once it is in a list. Depth is bounded; a list that gets too long is rebuilt without what is
 * hidden.
 */
#ifndef KERNEL_CORE_NS_NAMESPACE_H
#define KERNEL_CORE_NS_NAMESPACE_H

#include "abi/structs.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/span.h"

enum : u32 { NS_PATH_BYTES = 64, NS_NODES_MAX = 128 };

struct STABLE ns_node {
	struct pooled pooled;
	struct ns_node *older;   /* counted */
	u32 refs;                /* atomic: newer nodes and namespaces */
	u32 length;              /* of the path */
	u32 order;               /* enum ns_order */
	bool removed;            /* hides what is older */
	struct cap cap;          /* held; object null: it only removes */
	char path[NS_PATH_BYTES];
};

struct STABLE namespace {
	struct object object;
	struct lock lock;
	/* under lock */
	struct ns_node *head;    /* counted */
	u32 nodes;
	struct ns_node *leaving; /* counted: what is left to be given up at its end; touched by that only */
};

/* Binds a capability; order and errors as the system call. */
[[nodiscard]] enum status namespace_bind(struct namespace *names, struct span path, const struct cap *cap, u32 order);

/* A step of its end: 16 names. False: there is more. */
bool namespace_close(struct namespace *names);

#endif
