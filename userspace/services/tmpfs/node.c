/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and directories in memory.
 */
#include "userspace/services/tmpfs/node.h"
#include "userspace/services/tmpfs/blocks.h"
#include "lib/keep/keep.h"
#include "lib/rt/rt.h"

/* What a request changes beside the blocks it frees. */
enum : u32 { RECORDS_SPARE = 8 };

static struct node nodes[NODES_MAX];
KEEP_RECORD(struct node, 96);
static struct keep_part kept_nodes;

void nodes_init(void)
{
	nodes[NODE_ROOT] = (struct node){ .used = true, .directory = true };
}

void nodes_keep(void) { keep_add(&kept_nodes, MSPAN_OF_ARRAY(nodes), sizeof(struct node)); }

struct node *node_at(u32 number) { return ELEM(nodes, number); }
void node_changed(u32 number) { keep_changed(&kept_nodes, number, SPAN_OF_STRUCT(*ELEM(nodes, number))); }

struct span node_name(const struct node *node)
{
	return span_until_zero(SPAN_OF_ARRAY(node->name));
}

static bool is_child(u32 number, u32 directory)
{
	const struct node *node = ELEM(nodes, number);

	return number != NODE_ROOT && node->used && !node->removed && node->parent == directory;
}

u32 node_child(u32 directory, u64 index)
{
	for (u32 i = 1; i < NODES_MAX; i++) {
		if (is_child(i, directory) && index-- == 0)
			return i;
	}
	return NODE_NONE;
}

static u32 child_named(u32 directory, struct span name)
{
	for (u32 i = 1; i < NODES_MAX; i++) {
		if (is_child(i, directory) && span_equal(node_name(ELEM(nodes, i)), name))
			return i;
	}
	return NODE_NONE;
}

u32 node_walk(u32 from, struct span path)
{
	while (span_len(path) > 0 && from != NODE_NONE)
		from = child_named(from, path_next(&path));
	return from;
}

enum status node_make(u32 directory, struct span name, bool is_directory, u32 *out)
{
	u32 number = 1;

	if (!node_at(directory)->directory || node_at(directory)->removed)
		return STATUS_NOT_DIRECTORY;
	if (span_len(name) == 0 || child_named(directory, name) != NODE_NONE)
		return STATUS_EXISTS;
	while (number < NODES_MAX && nodes[number].used)
		number++;
	if (number == NODES_MAX)
		return STATUS_NO_SPACE;
	struct node *node = ELEM(nodes, number);

	*node = (struct node){
		.used = true, .directory = is_directory, .parent = directory, .modified_ns = rt_now_ns(),
	};
	if (!mspan_set_text(MSPAN_OF_ARRAY(node->name), name)) {
		node->used = false;
		return STATUS_TOO_LONG;
	}
	node_changed(number);
	*out = number;
	return STATUS_OK;
}

enum status node_remove(u32 number)
{
	if (number == NODE_ROOT)
		return STATUS_DENIED;
	if (node_child(number, 0) != NODE_NONE)
		return STATUS_BUSY;
	node_at(number)->removed = true;
	node_changed(number);
	return STATUS_OK;
}

void nodes_tidy(void)
{
	for (u32 i = 1; i < NODES_MAX; i++) {
		struct node *node = ELEM(nodes, i);

		if (!node->used || !node->removed || node->opens != 0)
			continue;
		enum status status = node_resize(i, 0);

		INVARIANT(status == STATUS_OK, "a file can always be cut to nothing");
		node->used = false;
		node_changed(i);
		keep_commit();
	}
}

/* Releases blocks from the end of the file on down to `pages`. WHY from the end, with the length: whatever has
 * been committed is a file that is only shorter. */
static void cut(u32 number, u32 pages)
{
	struct node *node = ELEM(nodes, number);
	u32 page = (u32)((node->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);

	while (page > pages) {
		u32 block = block_find(number, --page);

		if (block == BLOCK_NONE)
			continue;
		block_release(block);
		if (keep_room(RECORDS_SPARE, sizeof(struct node)))
			continue;
		node->bytes = (u64)page * BLOCK_BYTES;
		node_changed(number);
		keep_commit();
	}
}

/* What is added again later must read as zeros. Written as new contents are: not before the cut is decided, but
 * whoever asked for it would see only what he gave up. */
static void clear_end(u32 number, u64 bytes)
{
	u32 block = block_find(number, (u32)(bytes / BLOCK_BYTES));

	if (bytes % BLOCK_BYTES != 0 && block != BLOCK_NONE)
		mspan_fill(mspan_from(block_bytes(block), bytes % BLOCK_BYTES), 0);
}

enum status node_resize(u32 number, u64 bytes)
{
	struct node *node = ELEM(nodes, number);

	if (bytes > FILE_BYTES_MAX)
		return STATUS_NO_SPACE;
	if (bytes < node->bytes) {
		cut(number, (u32)((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES));
		clear_end(number, bytes);
	}
	node->bytes = bytes;
	node->version++;
	node->modified_ns = rt_now_ns();
	node_changed(number);
	return STATUS_OK;
}
