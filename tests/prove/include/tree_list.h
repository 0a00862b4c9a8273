/* SPDX-License-Identifier: Apache-2.0
 *
 * The balanced tree as a list in order, for harnesses of what is kept in trees: tree.c proves the real one.
 * The next node of the list is child[1].
 */
#ifndef TESTS_PROVE_INCLUDE_TREE_LIST_H
#define TESTS_PROVE_INCLUDE_TREE_LIST_H

#include "lib/base/tree.h"

/* As in the real tree, the first one is the root if it is alone; else nobody asks for the root. */
static void note_whether_alone(struct tree *tree)
{
	tree->root = tree->first != nullptr && tree->first->child[1] == nullptr ? tree->first : nullptr;
}

void tree_insert(struct tree *tree, struct tree_node *node, u64 key)
{
	struct tree_node *before = nullptr, *at = tree->first;

	PROVE(node->height == 0, "a node is put into one tree at a time");
	while (at != nullptr && at->key <= key) {
		before = at;
		at = at->child[1];
	}
	node->key = key;
	node->height = 1;
	node->child[1] = at;
	if (before != nullptr)
		before->child[1] = node;
	else
		tree->first = node;
	note_whether_alone(tree);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *before = nullptr, *at = tree->first;

	while (at != nullptr && at != node) {
		before = at;
		at = at->child[1];
	}
	PROVE(at == node, "a node is taken out of the tree that it is in");
	if (before != nullptr)
		before->child[1] = node->child[1];
	else
		tree->first = node->child[1];
	node->child[1] = nullptr;
	node->height = 0;
	note_whether_alone(tree);
}

struct tree_node *tree_next(const struct tree_node *node) { return node->child[1]; }

#endif
