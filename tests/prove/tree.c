/* SPDX-License-Identifier: Apache-2.0
 *
 * The balanced tree of run queues, timers and address spaces. Every tree that can be made by inserting nodes
 * with any keys, and taking any one of them out again.
 */
#include "lib/base/tree.c"

enum { NODES = PROVE_NODES };

static struct tree tree;
static struct tree_node *node[NODES];

/* With `found` the last one goes where a search for its key told, or for a greater one if no other lies between. */
static void insert_all(bool found)
{
	tree = (struct tree){ };
	for (u32 i = 0; i < NODES; i++) {
		node[i] = NEW(struct tree_node);
		*node[i] = (struct tree_node){ .key = ANY(u64) };
		u64 key = ANY(u64);

		if (found && i == NODES - 1) {
			u64 searched = ANY(u64);
			struct tree_place place = tree_place(&tree, searched);

			ASSUME(key <= searched && (place.below == nullptr || place.below->key <= key));
			tree_insert_at(&tree, node[i], key, place.parent);
		} else
			tree_insert(&tree, node[i], key);
	}
}

static u32 low_height(const struct tree_node *at) { return at->child[0] != nullptr ? at->child[0]->height : 0; }
static u32 high_height(const struct tree_node *at) { return at->child[1] != nullptr ? at->child[1]->height : 0; }

/* As it is where none was taken out. */
static void check_balance(const struct tree_node *at)
{
	u32 low = low_height(at), high = high_height(at);

	PROVE(at->height == (low > high ? low : high) + 1, "a height is one above the higher child's");
	PROVE(low <= high + 1 && high <= low + 1, "the heights of two children differ by one at most");
}

/* A node agrees with those around it. */
static void check_node(const struct tree_node *at)
{
	PROVE(at->height > low_height(at) && at->height > high_height(at), "a height is above each child's");
	PROVE(at->child[0] == nullptr || at->child[0]->parent == at, "the smaller child knows its parent");
	PROVE(at->child[1] == nullptr || at->child[1]->parent == at, "the greater child knows its parent");
	PROVE(at->parent != nullptr || tree.root == at, "who has no parent is the root");
}

/* In order of the keys, equal ones in order of insertion; `count` of them. */
static void check_order(u32 count)
{
	const struct tree_node *before = nullptr;
	u32 seen = 0;

	for (const struct tree_node *at = tree_first(&tree); at != nullptr && seen <= NODES; at = tree_next(at)) {
		PROVE(before == nullptr || before->key <= at->key, "keys ascend");
		seen++;
		before = at;
	}
	PROVE(seen == count, "every node is found, once");
}

static void check_all(void)
{
	for (u32 i = 0; i < NODES; i++) {
		check_node(node[i]);
		check_balance(node[i]);
		for (u32 k = 0; k < i; k++)
			PROVE(node[i]->key != node[k]->key || tree.first != node[i], "of equal keys the first inserted comes first");
	}
	check_order(NODES);
}

void prove_insert(void)
{
	insert_all(false);
	check_all();
}

void prove_place(void)
{
	insert_all(true);
	check_all();
}

void prove_remove(void)
{
	u32 gone = ANY(u32);

	ASSUME(gone < NODES);
	insert_all(false);
	for (u32 i = 0; i < NODES; i++)
		if (i == gone)
			tree_remove(&tree, node[i]);
	for (u32 i = 0; i < NODES; i++) {
		PROVE(tree_contains(node[i]) == (i != gone), "exactly the one that was taken out is out");
		PROVE(i != gone || (node[i]->parent == nullptr && node[i]->child[0] == nullptr && node[i]->child[1] == nullptr),
			"and has no neighbours left");
		if (i != gone)
			check_node(node[i]);
	}
	check_order(NODES - 1);
}

/* Two are taken out and come back anywhere. */
void prove_again(void)
{
	u32 gone = ANY(u32), other = ANY(u32);

	ASSUME(gone < NODES && other < NODES && gone != other);
	insert_all(false);
	tree_remove(&tree, node[gone]);
	tree_remove(&tree, node[other]);
	tree_insert(&tree, node[other], ANY(u64));
	tree_insert(&tree, node[gone], ANY(u64));
	for (u32 i = 0; i < NODES; i++)
		check_node(node[i]);
	check_order(NODES);
}

void prove_find(void)
{
	u64 key = ANY(u64);

	insert_all(false);
	struct tree_node *below = tree_floor(&tree, key), *above = tree_ceiling(&tree, key);

	PROVE(below == nullptr || below->key <= key, "the floor is not above");
	PROVE(above == nullptr || above->key >= key, "the ceiling is not below");
	for (u32 i = 0; i < NODES; i++) {
		PROVE(IMPLIES(node[i]->key <= key, below != nullptr && below->key >= node[i]->key),
			"nothing lies between floor and key");
		PROVE(IMPLIES(node[i]->key >= key, above != nullptr && above->key <= node[i]->key),
			"nothing lies between key and ceiling");
	}
}
