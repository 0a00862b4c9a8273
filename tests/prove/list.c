/* SPDX-License-Identifier: Apache-2.0
 *
 * The intrusive list: any list of distinct nodes, one node more or one less.
 */
#include "lib/base/list.h"

enum { NODES = 4 };

struct STABLE item {
	u64 before;
	struct list_node node;
};

static struct list list;
static struct item *item[NODES];
static u32 count;

/* The nodes below `count` are in the list, the last one first. */
static void any_list(void)
{
	list = (struct list){};
	count = ANY(u32);
	ASSUME(count < NODES);
	for (u32 i = 0; i < NODES; i++)
		item[i] = NEW(struct item);
	for (u32 i = 0; i < count; i++) {
		item[i]->node.next = i > 0 ? &item[i - 1]->node : nullptr;
		item[i]->node.prev = i + 1 < count ? &item[i + 1]->node : nullptr;
		list.first = &item[i]->node;
	}
}

/* From node `newest` down all are there, without `gone`; each knows the one before it. */
static void check(u32 newest, u32 gone)
{
	const struct item *before = nullptr;
	u32 next = newest;

	LIST_EACH (at, &list, struct item, node) {
		if (next - 1 == gone)
			next--;
		PROVE(next > 0, "nothing else is in it");
		next--;
		PROVE(at == item[next], "every node is in it, at its place");
		PROVE(at->node.prev == (before != nullptr ? &before->node : nullptr), "the list goes both ways");
		before = at;
	}
	PROVE(next == 0 || (next == 1 && gone == 0), "none is missing");
}

void prove_push(void)
{
	any_list();
	for (u32 i = 0; i < NODES; i++)
		if (i == count)
			list_push(&list, &item[i]->node);
	check(count + 1, NODES);
}

void prove_remove(void)
{
	u32 gone = ANY(u32);

	any_list();
	ASSUME(gone < count);
	struct list_node *next = nullptr;

	for (u32 i = 0; i < NODES; i++)
		if (i == gone) {
			next = item[i]->node.next;
			list_remove(&list, &item[i]->node);
			PROVE(item[i]->node.next == next, "who stands at one that has left finds those behind it");
		}
	check(count, gone);
}
