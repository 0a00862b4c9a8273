/* SPDX-License-Identifier: Apache-2.0
 *
 * imgfs: the system image as a read-only file tree, at /image. Directories exist only as prefixes
 * of the entries' names.
 *
 * A node is an entry and a number of leading components of its name: depth << 32 | entry + 1.
 * Depth 0 is the root.
 */
#include "lib/image/image.h"
#include "lib/load/source.h"
#include "lib/service/service.h"

static pages_t pages;

static struct span image(void) { return rt_pages_span(pages); }

static u64 node_of(u32 entry, u32 depth) { return (u64)depth << 32 | (entry + 1); }

/* The first `depth` components of the name of a node's entry. */
static struct span node_prefix(u64 node, struct image_entry *entry)
{
	u32 depth = (u32)(node >> 32);
	usize at = 0;

	if (depth == 0 || !image_entry_at(image(), (u32)node - 1, entry))
		return span_empty();
	struct span name = image_entry_name(entry);

	for (u32 i = 0; i < depth; i++)
		at = span_find(name, at, '/') + (i + 1 < depth ? 1 : 0);
	return span_first(name, at);
}

/* What follows the directory's prefix in a name: empty if the name is not below it. */
static struct span below(struct span prefix, struct span name)
{
	if (span_len(prefix) == 0)
		return name;
	if (span_len(name) <= span_len(prefix) + 1 || !path_is_below(name, prefix))
		return span_empty();
	return span_from(name, span_len(prefix) + 1);
}

static u32 node_depth(u64 node) { return (u32)(node >> 32); }

/* The first entry that has the component below the prefix; the node of that component. */
static u64 child(u64 directory, struct span component)
{
	struct image_entry own;
	struct image_entry entry;
	struct span prefix = node_prefix(directory, &own);

	for (u32 i = 0; image_entry_at(image(), i, &entry); i++) {
		struct span rest = below(prefix, image_entry_name(&entry));

		if (span_len(rest) > 0 && span_equal(path_next(&rest), component))
			return node_of(i, node_depth(directory) + 1);
	}
	return U64_MAX;
}

/* True if the node is a whole entry, not a directory on the way to it. */
static bool node_is_file(u64 node, struct image_entry *entry)
{
	struct span prefix = node_prefix(node, entry);

	return span_len(prefix) > 0 && span_equal(prefix, image_entry_name(entry));
}

static enum status imgfs_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	u64 node = from->node;
	struct image_entry entry;

	(void)call;
	while (span_len(path) > 0) {
		if (node_is_file(node, &entry))
			return STATUS_NOT_DIRECTORY;
		node = child(node, path_next(&path));
		if (node == U64_MAX)
			return STATUS_NOT_FOUND;
	}
	bool is_file = node_is_file(node, &entry);

	if ((file->flags & (OPEN_WRITE | OPEN_TRUNCATE | OPEN_APPEND)) != 0)
		return is_file ? STATUS_DENIED : STATUS_IS_DIRECTORY;
	file->node = node;
	file->qid_type = is_file ? QID_FILE : QID_DIRECTORY;
	file->bytes = is_file ? entry.bytes : 0;
	return STATUS_OK;
}

static enum status imgfs_read(struct service_call *call, struct service_file *file)
{
	struct image_entry entry;

	if (!node_is_file(file->node, &entry))
		return STATUS_IS_DIRECTORY;
	return service_put_at(call, image_content(image(), &entry));
}

/* A component is listed at the first entry that has it. */
static enum status imgfs_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	struct image_entry own;
	struct image_entry entry;
	struct span prefix = node_prefix(directory->node, &own);

	for (u32 i = 0; image_entry_at(image(), i, &entry); i++) {
		struct span rest = below(prefix, image_entry_name(&entry));

		if (span_len(rest) == 0)
			continue;
		struct span component = path_next(&rest);
		u64 node = node_of(i, node_depth(directory->node) + 1);

		if (child(directory->node, component) != node || index-- != 0)
			continue;
		bool is_file = span_len(rest) == 0;

		service_set_entry(out, component, is_file ? QID_FILE : QID_DIRECTORY, node, is_file ? entry.bytes : 0);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

static enum status imgfs_stat(struct service_call *call, struct service_file *file, struct file_stat *out)
{
	struct image_entry entry;

	(void)call;
	mspan_set_text(MSPAN_OF_ARRAY(out->name), path_name(node_prefix(file->node, &entry)));
	return STATUS_OK;
}

static const struct service_ops ops = {
	.open = imgfs_open, .read = imgfs_read, .entry = imgfs_entry, .stat = imgfs_stat,
	.keeps = 1, /* only what is open: the image does not change */
};

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	text_add(&why, "the system image ");
	if (image_map(rt_handle(span_text("image")), &pages, &why) != STATUS_OK) {
		rt_log(text_span(&why));
		return 1;
	}
	service_run(&ops);
}
