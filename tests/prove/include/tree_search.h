/* SPDX-License-Identifier: Apache-2.0
 *
 * Searches in the list that tree_list.h makes of a tree: tree.c proves the real ones.
 */
#ifndef TESTS_PROVE_INCLUDE_TREE_SEARCH_H
#define TESTS_PROVE_INCLUDE_TREE_SEARCH_H

#include "tests/prove/include/tree_list.h"

struct tree_node *tree_floor(const struct tree *tree, u64 key)
{
	struct tree_node *found = nullptr;

	for (struct tree_node *at = tree->first; at != nullptr && at->key <= key; at = at->child[1])
		found = at;
	return found;
}

/* In a list who belongs somewhere has the one below it there. */
struct tree_place tree_place(const struct tree *tree, u64 key)
{
	struct tree_node *below = tree_floor(tree, key);

	return (struct tree_place){ below, below };
}

struct tree_node *tree_ceiling(const struct tree *tree, u64 key)
{
	struct tree_node *at = tree->first;

	while (at != nullptr && at->key < key)
		at = at->child[1];
	return at;
}

#endif
