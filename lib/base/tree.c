/* SPDX-License-Identifier: Apache-2.0
 *
 * The balanced tree, with parent links. See tree.h.
 */
#include "lib/base/tree.h"

static u32 height_of(const struct tree_node *node) { return node != nullptr ? node->height : 0; }

static u32 side_of(const struct tree_node *parent, const struct tree_node *node)
{
	return parent->child[1] == node ? 1 : 0;
}

/* Puts `with` (may be null) where `node` is in the eyes of node's parent. */
static void replace(struct tree *tree, struct tree_node *node, struct tree_node *with)
{
	struct tree_node *parent = node->parent;

	if (parent == nullptr)
		tree->root = with;
	else
		parent->child[side_of(parent, node)] = with;
	if (with != nullptr)
		with->parent = parent;
}

/* `below` (may be null) becomes node's child on that side. */
static FORCE_INLINE void adopt(struct tree_node *node, u32 side, struct tree_node *below)
{
	node->child[side] = below;
	if (below != nullptr)
		below->parent = node;
}

/* Restores the balance of node: its child on a side has become as high. Exactly one child of that is one lower
 * than it. Out of line: most often nothing is to be rotated. */
static __attribute__((noinline)) void balance(struct tree *tree, struct tree_node *node, u32 side)
{
	const u32 heavy = side & 1, light = heavy ^ 1; /* for the checks of bounds */
	struct tree_node *up = node->child[heavy], *inner = up->child[light];

	if (height_of(inner) + 1 == up->height) {
		adopt(up, light, inner->child[heavy]);
		adopt(inner, heavy, up);
		up->height--;
		inner->height++;
		up = inner;
	}
	replace(tree, node, up);
	adopt(node, heavy, up->child[light]);
	adopt(up, light, node);
	node->height--;
}

/* A subtree has become one higher: up to where that changes nothing any more. Most often that is at once,
 * and the heights on the way need only be counted up. */
static void grow_upwards(struct tree *tree, struct tree_node *grown)
{
	for (struct tree_node *node = grown->parent; node != nullptr && node->height == grown->height; node = grown->parent) {
		u32 side = side_of(node, grown);

		if (height_of(node->child[1 - side]) + 1 < grown->height) {
			balance(tree, node, side);
			return;
		}
		node->height++;
		grown = node;
	}
}

static FORCE_INLINE struct tree_place search(const struct tree *tree, u64 key)
{
	struct tree_place place = { nullptr, nullptr };
	struct tree_node *at = tree->root;

	while (at != nullptr) {
		place.parent = at;
		if (at->key <= key) {
			place.below = at;
			at = at->child[1];
		} else {
			at = at->child[0];
		}
	}
	return place;
}

struct tree_place tree_place(const struct tree *tree, u64 key) { return search(tree, key); }

void tree_insert_at(struct tree *tree, struct tree_node *node, u64 key, struct tree_node *parent)
{
	if (parent == nullptr) {
		tree_insert_only(tree, node, key);
		return;
	}
	node->parent = parent;
	node->key = key;
	node->height = 1;
	parent->child[key < parent->key ? 0 : 1] = node;
	if (key < tree->first->key)
		tree->first = node;
	grow_upwards(tree, node);
}

void tree_insert(struct tree *tree, struct tree_node *node, u64 key)
{
	tree_insert_at(tree, node, key, search(tree, key).parent);
}

static struct tree_node *leftmost(struct tree_node *node)
{
	while (node->child[0] != nullptr)
		node = node->child[0];
	return node;
}

struct tree_node *tree_next(const struct tree_node *node)
{
	if (node->child[1] != nullptr)
		return leftmost(node->child[1]);
	struct tree_node *parent = node->parent;

	while (parent != nullptr && side_of(parent, node) == 1) {
		node = parent;
		parent = node->parent;
	}
	return parent;
}

/* WHY with release: who sees it, without what serialises access here, may put it into another tree. */
static void leave(struct tree_node *node) { __atomic_store_n(&node->height, 0, __ATOMIC_RELEASE); }

void tree_remove(struct tree *tree, struct tree_node *node)
{
	if (tree_is_alone(tree, node)) {
		leave(node);
		tree->root = nullptr;
		tree->first = nullptr;
		return;
	}
	if (tree->first == node)
		tree->first = tree_next(node);
	if (node->child[0] == nullptr || node->child[1] == nullptr) {
		replace(tree, node, node->child[0] != nullptr ? node->child[0] : node->child[1]);
	} else {
		struct tree_node *heir = leftmost(node->child[1]);

		replace(tree, heir, heir->child[1]);
		replace(tree, node, heir);
		heir->height = node->height;
		heir->child[0] = node->child[0];
		heir->child[0]->parent = heir;
		heir->child[1] = node->child[1];
		if (heir->child[1] != nullptr)
			heir->child[1]->parent = heir;
	}
	node->child[0] = nullptr;
	node->child[1] = nullptr;
	node->parent = nullptr;
	leave(node);
}

struct tree_node *tree_floor(const struct tree *tree, u64 key) { return search(tree, key).below; }

struct tree_node *tree_ceiling(const struct tree *tree, u64 key)
{
	struct tree_node *best = nullptr, *at = tree->root;

	while (at != nullptr) {
		if (at->key >= key) {
			best = at;
			at = at->child[0];
		} else {
			at = at->child[1];
		}
	}
	return best;
}
