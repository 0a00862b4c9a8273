/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and directories in memory.
 */
#include "userspace/services/tmpfs/node.h"
#include "userspace/services/tmpfs/blocks.h"
#include "lib/rt/rt.h"

static struct node nodes[NODES_MAX];

void nodes_init(void)
{
	nodes[NODE_ROOT] = (struct node){ .used = true, .directory = true };
}

struct node *node_at(u32 number) { return ELEM(nodes, number); }

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
	*out = number;
	return STATUS_OK;
}

void node_settle(u32 number)
{
	struct node *node = ELEM(nodes, number);

	if (!node->removed || node->opens != 0)
		return;
	enum status status = node_resize(node, 0);

	INVARIANT(status == STATUS_OK, "a file can always be cut to nothing");
	node->used = false;
}

enum status node_remove(u32 number)
{
	if (number == NODE_ROOT)
		return STATUS_DENIED;
	if (node_child(number, 0) != NODE_NONE)
		return STATUS_BUSY;
	node_at(number)->removed = true;
	node_settle(number);
	return STATUS_OK;
}

/* The place that holds the number of block `at`; index blocks are made if asked for. */
static enum status index_of(struct node *node, u64 at, bool make, u32 *index_block)
{
	u32 *slot = ELEM(node->index, (at - DIRECT) / INDEX_ENTRIES);
	enum status status = STATUS_OK;

	if (*slot == 0 && make)
		status = block_take(slot);
	*index_block = *slot;
	return status;
}

enum status node_block(struct node *node, u64 offset, bool make, u32 *block)
{
	u64 at = offset / BLOCK_BYTES;
	u32 index_block = 0;
	enum status status = STATUS_OK;

	*block = 0;
	if (at < DIRECT) {
		u32 *slot = ELEM(node->direct, at);

		if (*slot == 0 && make)
			status = block_take(slot);
		*block = *slot;
		return status;
	}
	if (offset >= FILE_BYTES_MAX)
		return STATUS_NO_SPACE;
	status = index_of(node, at, make, &index_block);
	if (status != STATUS_OK || index_block == 0)
		return status;
	usize place = ((at - DIRECT) % INDEX_ENTRIES) * 4;

	*block = span_le32(span_of(block_bytes(index_block)), place);
	if (*block == 0 && make) {
		status = block_take(block);
		if (status == STATUS_OK)
			mspan_put_le32(block_bytes(index_block), place, *block);
	}
	return status;
}

/* Releases the blocks of an index block from entry `from` on, and itself if that is all. */
static void cut_index(u32 *slot, u64 from)
{
	if (*slot == 0)
		return;
	for (u64 i = from; i < INDEX_ENTRIES; i++) {
		u32 block = span_le32(span_of(block_bytes(*slot)), i * 4);

		if (block != 0)
			block_release(block);
		mspan_put_le32(block_bytes(*slot), i * 4, 0);
	}
	if (from == 0) {
		block_release(*slot);
		*slot = 0;
	}
}

/* Releases all blocks from block `first` on. */
static void cut_blocks(struct node *node, u64 first)
{
	for (u64 i = first; i < DIRECT; i++) {
		u32 *slot = ELEM(node->direct, i);

		if (*slot != 0)
			block_release(*slot);
		*slot = 0;
	}
	for (u64 i = 0; i < INDEXES; i++) {
		u64 begin = DIRECT + i * INDEX_ENTRIES;

		if (begin + INDEX_ENTRIES > first)
			cut_index(ELEM(node->index, i), first > begin ? first - begin : 0);
	}
}

enum status node_resize(struct node *node, u64 bytes)
{
	u32 block;

	if (bytes > FILE_BYTES_MAX)
		return STATUS_NO_SPACE;
	if (bytes < node->bytes) {
		cut_blocks(node, (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
		/* What is added again later must read as zeros. */
		if (bytes % BLOCK_BYTES != 0 && node_block(node, bytes, false, &block) == STATUS_OK && block != 0)
			mspan_fill(mspan_from(block_bytes(block), bytes % BLOCK_BYTES), 0);
	}
	node->bytes = bytes;
	node->version++;
	node->modified_ns = rt_now_ns();
	return STATUS_OK;
}
