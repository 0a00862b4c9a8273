/* SPDX-License-Identifier: Apache-2.0
 *
 * Static trees: tables of named nodes.
 */
#include "lib/service/service.h"

static struct span node_name(const struct service_tree_node *node)
{
	return span_until_zero(SPAN_OF_ARRAY(node->name));
}

static u32 child_named(const struct service_tree *tree, u32 parent, struct span name)
{
	for (u32 i = 1; i < tree->count; i++) {
		const struct service_tree_node *node = ELEM(tree->node, i);

		if (node->parent == parent && span_equal(node_name(node), name))
			return i;
	}
	return SERVICE_TREE_NONE;
}

u32 service_tree_walk(const struct service_tree *tree, u32 from, struct span path)
{
	u32 at = from < tree->count ? from : SERVICE_TREE_NONE;

	while (at != SERVICE_TREE_NONE && span_len(path) > 0)
		at = child_named(tree, at, path_next(&path));
	return at;
}

enum status service_tree_open(const struct service_tree *tree, const struct service_file *from, struct span path,
	struct service_file *file)
{
	u32 node = from->node < tree->count ? service_tree_walk(tree, (u32)from->node, path) : SERVICE_TREE_NONE;

	if (node == SERVICE_TREE_NONE)
		return STATUS_NOT_FOUND;
	file->node = node;
	file->qid_type = ELEM(tree->node, node)->qid_type;
	return STATUS_OK;
}

void service_set_entry(struct dir_entry *out, struct span name, u32 qid_type, u64 qid_path, u64 bytes)
{
	*out = (struct dir_entry){ .qid_type = qid_type, .qid_path = qid_path, .bytes = bytes };
	mspan_set_text(MSPAN_OF_ARRAY(out->name), name);
}

enum status service_tree_entry(const struct service_tree *tree, const struct service_file *directory, u64 index,
	struct dir_entry *out)
{
	for (u32 i = 1; i < tree->count; i++) {
		const struct service_tree_node *node = ELEM(tree->node, i);

		if (node->parent != directory->node)
			continue;
		if (index == 0) {
			service_set_entry(out, node_name(node), node->qid_type, i, 0);
			return STATUS_OK;
		}
		index--;
	}
	return STATUS_NOT_FOUND;
}
