/* SPDX-License-Identifier: Apache-2.0
 *
 * tmpfs: files in memory, at /tmp. The quota is the limit of the service's resource group. Files and
 * what is open are kept: the next instance goes on with them.
 */
#include "lib/keep/keep.h"
#include "lib/service/service.h"
#include "userspace/services/tmpfs/blocks.h"
#include "userspace/services/tmpfs/node.h"

/* RECORDS_OF_WRITE: what one block more may change, and what the end of a request does. */
enum : u32 { STATE_VERSION = 1, RECORDS_OF_WRITE = 8 };

/* Something may be given back that was not yet when its end was decided. */
static bool untidy = true;

static void tidy(void)
{
	if (!untidy)
		return;
	untidy = false;
	nodes_tidy();
}

static struct node *node_of(const struct service_file *file)
{
	return node_at((u32)file->node);
}

static void fill_file(struct service_file *file, u32 number)
{
	const struct node *node = node_at(number);

	file->node = number;
	file->qid_type = node->directory ? QID_DIRECTORY : QID_FILE;
	file->qid_version = node->version;
	file->bytes = node->bytes;
	node_at(number)->opens++;
	node_changed(number);
}

static enum status tmpfs_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	tidy();
	u32 number = node_walk((u32)from->node, path);

	(void)call;
	if (number == NODE_NONE)
		return STATUS_NOT_FOUND;
	untidy = (file->flags & OPEN_TRUNCATE) != 0;
	fill_file(file, number);
	return STATUS_OK;
}

/* The directory part of a relative path; empty if it has none. */
static struct span directory_part(struct span path)
{
	usize name = span_len(path_name(path));
	usize at = span_len(path);

	while (at > 0 && span_u8(path, at - 1) == '/')
		at--;
	return span_first(path, at - name);
}

static enum status tmpfs_create(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	tidy();
	u32 directory = node_walk((u32)from->node, directory_part(path));
	u32 number = 0;

	(void)call;
	if (directory == NODE_NONE)
		return STATUS_NOT_FOUND;
	enum status status = node_make(directory, path_name(path), (file->flags & OPEN_DIRECTORY) != 0, &number);

	if (status == STATUS_OK)
		fill_file(file, number);
	return status;
}

static enum status put_zeros(struct service_call *call, u64 bytes)
{
	static const u8 zeros[BLOCK_BYTES];

	return service_put(call, span_first(SPAN_OF_ARRAY(zeros), bytes));
}

static enum status tmpfs_read(struct service_call *call, struct service_file *file)
{
	u64 end = node_of(file)->bytes;
	u64 at = call->offset;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && at < end && call->done < call->count) {
		u64 in_block = at % BLOCK_BYTES;
		u64 part = min_u64(min_u64(BLOCK_BYTES - in_block, end - at), call->count - call->done);
		u32 block = block_find((u32)file->node, (u32)(at / BLOCK_BYTES));

		status = block == BLOCK_NONE ? put_zeros(call, part) :
			service_put(call, span_part(span_of(block_bytes(block)), in_block, part));
		at += part;
	}
	return status;
}

/* Takes what lies in one block. */
static enum status write_block(struct service_call *call, u32 number, u64 at, u64 done, u64 *got)
{
	u64 in_block = at % BLOCK_BYTES;
	u32 block = block_find(number, (u32)(at / BLOCK_BYTES));
	enum status status = at >= FILE_BYTES_MAX ? STATUS_NO_SPACE : STATUS_OK;
	bool fresh = block == BLOCK_NONE;

	*got = 0;
	if (status == STATUS_OK && fresh)
		status = block_take(number, (u32)(at / BLOCK_BYTES), &block);
	if (status != STATUS_OK)
		return status;
	status = service_take(call, done, mspan_part(block_bytes(block), in_block, BLOCK_BYTES - in_block), got);
	if (fresh && *got == 0)
		block_release(block);
	return status;
}

/* WHY data goes into its place at once: until the answer, whoever writes may find old or new bytes there, and if this
 * instance ends before, he is asked again and writes the same. */
static enum status tmpfs_write(struct service_call *call, struct service_file *file)
{
	struct node *node = node_of(file);
	u64 at = (file->flags & OPEN_APPEND) != 0 ? node->bytes : call->offset;
	u64 done = 0;
	enum status status = STATUS_OK;

	while (done < call->count && keep_room(RECORDS_OF_WRITE, sizeof(struct node))) {
		u64 got = 0;

		status = write_block(call, (u32)file->node, at, done, &got);
		if (status != STATUS_OK || got == 0)
			break;
		at += got;
		done += got;
		node->bytes = max_u64(node->bytes, at);
	}
	node->version++;
	node->modified_ns = rt_now_ns();
	node_changed((u32)file->node);
	call->count = done;
	return done > 0 ? STATUS_OK : status;
}

static enum status tmpfs_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	u32 number = node_child((u32)directory->node, index);

	if (number == NODE_NONE)
		return STATUS_NOT_FOUND;
	const struct node *node = node_at(number);

	service_set_entry(out, node_name(node), node->directory ? QID_DIRECTORY : QID_FILE, number, node->bytes);
	return STATUS_OK;
}

static enum status tmpfs_stat(struct service_call *call, struct service_file *file, struct file_stat *out)
{
	const struct node *node = node_of(file);

	(void)call;
	out->bytes = node->bytes;
	out->qid_version = node->version;
	out->modified_ns = node->modified_ns;
	mspan_set_text(MSPAN_OF_ARRAY(out->name), node_name(node));
	return STATUS_OK;
}

static enum status tmpfs_remove(struct service_call *call, const struct service_file *from, struct span path)
{
	tidy();
	u32 number = node_walk((u32)from->node, path);

	(void)call;
	untidy = true;
	return number == NODE_NONE ? STATUS_NOT_FOUND : node_remove(number);
}

static enum status tmpfs_resize(struct service_call *call, struct service_file *file, u64 bytes)
{
	(void)call;
	untidy = true;
	return node_of(file)->directory ? STATUS_IS_DIRECTORY : node_resize((u32)file->node, bytes);
}

static void tmpfs_closed(struct service_file *file)
{
	node_of(file)->opens--;
	node_changed((u32)file->node);
	untidy = true;
}

static void tmpfs_keep(void)
{
	nodes_keep();
	blocks_keep();
}

static const struct service_ops ops = {
	.open = tmpfs_open, .create = tmpfs_create, .read = tmpfs_read, .write = tmpfs_write, .entry = tmpfs_entry,
	.stat = tmpfs_stat, .remove = tmpfs_remove, .resize = tmpfs_resize, .closed = tmpfs_closed,
	.keeps = STATE_VERSION, .keeps_bytes = sizeof(struct node) * NODES_MAX + sizeof(struct block) * BLOCKS_MAX,
	.keep = tmpfs_keep, .kept = blocks_kept,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	nodes_init();
	service_run(&ops);
}
