/* SPDX-License-Identifier: Apache-2.0
 *
 * An intrusive balanced search tree ordered by a 64-bit key. Equal keys keep the order
 * of insertion. No allocation, no recursion; every operation is O(log n), where n counts insertions since it was empty:
 * taking nodes out balances nothing and leaves heights as they were, so that a node that comes back finds its place
 * prepared. Without that it is an AVL tree. The caller serialises access. Used by run queues, timers and address spaces.
 *
 * SPEC: Sen and Tarjan, Deletion Without Rebalancing in Balanced Binary Trees, 2010: for n insertions a height of at
 * most 1.44 log2 n, an insertion changes O(1) heights on average.
 */
#ifndef LIB_BASE_TREE_H
#define LIB_BASE_TREE_H

#include "lib/base/safe.h"

struct STABLE tree_node {
	struct tree_node *child[2]; /* 0 smaller, 1 greater or equal; these and the parent are null in no tree */
	struct tree_node *parent;
	u64 key;
	u32 height;  /* at least one above each child's; 0: in no tree */
};

struct STABLE tree {
	struct tree_node *root;
	struct tree_node *first; /* smallest key; kept so that the minimum costs one load */
};

/* node is in no tree: removed, or zeroed. The tree keeps a pointer to it until it is removed. */
void tree_insert(struct tree *tree, struct tree_node *node, u64 key);

/* What a search for a key finds, and where it ends: there a node belongs with that key, or with a smaller one that is not
 * before `below`. */
struct tree_place {
	struct tree_node *below;  /* the last node with a key of at most that, or null */
	struct tree_node *parent; /* of whom belongs there; null: the tree is empty */
};
struct tree_place tree_place(const struct tree *tree, u64 key);

/* The same as tree_insert without another search: the parent is from that place. */
void tree_insert_at(struct tree *tree, struct tree_node *node, u64 key, struct tree_node *parent);

/* node is in this tree. */
void tree_remove(struct tree *tree, struct tree_node *node);

/* Whether it is in a tree. If not, tree_remove has done with it, whoever serialises access to that tree. */
static inline bool tree_contains(const struct tree_node *node) { return __atomic_load_n(&node->height, __ATOMIC_ACQUIRE) != 0; }
static inline struct tree_node *tree_first(const struct tree *tree) { return tree->first; }

/* Whether the node is the tree's only one. */
static FORCE_INLINE bool tree_is_alone(const struct tree *tree, const struct tree_node *node)
{
	return tree->root == node && tree->first == node && node->child[1] == nullptr;
}

/* The same as tree_insert, for a tree that is empty. */
static FORCE_INLINE void tree_insert_only(struct tree *tree, struct tree_node *node, u64 key)
{
	node->key = key;
	node->height = 1;
	tree->root = node;
	tree->first = node;
}

/* Takes the first node out and puts another in: where there is only one, without a search. */
static FORCE_INLINE struct tree_node *tree_swap_first(struct tree *tree, struct tree_node *node, u64 key)
{
	struct tree_node *first = tree->first;

	if (LIKELY(tree_is_alone(tree, first))) {
		first->height = 0;
		tree_insert_only(tree, node, key);
	} else {
		tree_remove(tree, first);
		tree_insert(tree, node, key);
	}
	return first;
}

/* The node after this one in key order, or null. */
struct tree_node *tree_next(const struct tree_node *node);

/* The last node with key at most `key`, or null. */
struct tree_node *tree_floor(const struct tree *tree, u64 key);

/* The first node with key at least `key`, or null. */
struct tree_node *tree_ceiling(const struct tree *tree, u64 key);

/* The object that holds the node as `member`; node is not null. */
#define TREE_ENTRY(node, type, member) HOLDER_OF(node, type, member)

#endif
