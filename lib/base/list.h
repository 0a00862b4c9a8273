/* SPDX-License-Identifier: Apache-2.0
 *
 * An intrusive doubly linked list without an order to keep: entries go in front and leave from
 * anywhere, both in constant time. The caller serialises changes. Whoever walks along while one
 * happens sees whole entries; one that has left still leads on to those behind it.
 */
#ifndef LIB_BASE_LIST_H
#define LIB_BASE_LIST_H

#include "lib/base/safe.h"

struct STABLE list_node {
	struct list_node *next, *prev; /* null at the ends */
};

struct STABLE list {
	struct list_node *first;
};

/* node is in no list; the list keeps a pointer to it until it is removed. */
static inline void list_push(struct list *list, struct list_node *node)
{
	node->next = list->first;
	node->prev = nullptr;
	if (node->next != nullptr)
		node->next->prev = node;
	__atomic_store_n(&list->first, node, __ATOMIC_RELEASE);
}

/* node is in this list. */
static inline void list_remove(struct list *list, struct list_node *node)
{
	if (node->prev != nullptr)
		node->prev->next = node->next;
	else
		list->first = node->next;
	if (node->next != nullptr)
		node->next->prev = node->prev;
}

/* The object that holds the node as `member`; null if node is. */
#define LIST_ENTRY(node, type, member) ((node) != nullptr ? HOLDER_OF(node, type, member) : nullptr)

/* Each object of the list in turn, as `at`. */
#define LIST_EACH(at, list, type, member) \
	for (type *at = LIST_ENTRY((list)->first, type, member); at != nullptr; \
	     at = LIST_ENTRY(at->member.next, type, member))

#endif
