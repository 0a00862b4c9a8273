/* SPDX-License-Identifier: Apache-2.0
 *
 * Listing what is bound below a path and what the servers at it have.
 */
#include "lib/9p/directory.h"
#include "lib/9p/resolve.h"
#include "lib/rt/message.h"
#include "abi/stubs.h"

static struct span directory_path(const struct directory *dir)
{
	return span_first(SPAN_OF_ARRAY(dir->path), dir->path_bytes);
}

/* The component of a bound path that follows the directory's path; empty if it is not below. */
static struct span component_below(struct span directory, struct span bound)
{
	if (span_equal(directory, bound) || !path_is_below(bound, directory))
		return span_empty();
	struct span rest = span_from(bound, span_len(directory));

	return path_next(&rest);
}

/* Does a binding before `limit` show the same name below the directory? */
static bool bound_before(const struct directory *dir, struct span name, u32 limit)
{
	struct ns_entry entry;

	for (u32 i = 0; i < limit && sys_ns_entry(rt_names(), i, &entry) == STATUS_OK; i++) {
		struct span bound = span_until_zero(SPAN_OF_ARRAY(entry.path));

		if (span_equal(component_below(directory_path(dir), bound), name))
			return true;
	}
	return false;
}

static void set_name(struct dir_entry *out, struct span name)
{
	*out = (struct dir_entry){ .qid_type = QID_DIRECTORY };
	mspan_set_text(MSPAN_OF_ARRAY(out->name), name);
}

/* What a binding's server says it is: a directory, a file or a stream. */
static u32 type_of(const struct directory *dir, struct span name)
{
	TEXT_BUFFER(path, PATH_BYTES_MAX);
	struct file file;

	text_add_span(&path, directory_path(dir));
	if (path.used > 1)
		text_add(&path, "/");
	text_add_span(&path, name);
	struct opened opened = {};
	/* WHY a short deadline: a listing must not hang on a server that is down. */
	enum status status = resolve(NINEP_OPEN, text_span(&path), 0, rt_deadline_in(100000000), &opened);

	if (status != STATUS_OK)
		return QID_DIRECTORY;
	file = file_from_cap(opened.cap, 0);
	file_close(&file);
	return opened.qid_type;
}

static enum status next_binding(struct directory *dir, struct dir_entry *out)
{
	struct ns_entry entry;

	while (sys_ns_entry(rt_names(), dir->binding, &entry) == STATUS_OK) {
		struct span bound = span_until_zero(SPAN_OF_ARRAY(entry.path));
		struct span name = component_below(directory_path(dir), bound);
		u32 index = dir->binding++;

		if (span_len(name) == 0 || bound_before(dir, name, index))
			continue;
		set_name(out, name);
		/* Only the end of a bound path is a server's; what lies before is a directory. */
		if (span_ends_with(bound, name) && span_equal(path_parent(bound), directory_path(dir)))
			out->qid_type = type_of(dir, name);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

/* Opens the next server of the union that has the path as a directory. NOT_FOUND: none has it; otherwise what the first said that
 * could not open it. */
static enum status next_layer(struct directory *dir)
{
	enum status said = STATUS_NOT_FOUND;
	bool end = false;

	file_close(&dir->file);
	while (!end) {
		struct opened opened = {};
		enum status status = resolve_layer(NINEP_OPEN, directory_path(dir), dir->layer, OPEN_READ | OPEN_DIRECTORY,
			RT_FOREVER, &opened, &end);

		dir->layer++;
		if (status == STATUS_OK) {
			dir->file = file_from_cap(opened.cap, OPEN_READ | OPEN_DIRECTORY);
			dir->file.qid_type = opened.qid_type;
			return STATUS_OK;
		}
		if (said == STATUS_NOT_FOUND)
			said = status;
	}
	return said;
}

enum status directory_open(struct directory *dir, struct span path)
{
	struct dir_entry entry;

	*dir = (struct directory){};
	struct text to = text_on(MSPAN_OF_ARRAY(dir->path));
	enum status status = path_resolve(file_cwd(), path, &to);

	if (status != STATUS_OK)
		return status;
	dir->path_bytes = (u32)to.used;
	status = next_layer(dir);
	if (status == STATUS_OK) {
		if (dir->file.qid_type == QID_DIRECTORY)
			return STATUS_OK;
		file_close(&dir->file);
		return STATUS_NOT_DIRECTORY;
	}
	bool bound = next_binding(dir, &entry) == STATUS_OK;

	dir->binding = 0;
	return bound || dir->path_bytes == 1 ? STATUS_OK : status;
}

enum status directory_next(struct directory *dir, struct dir_entry *out)
{
	if (!dir->bindings_done) {
		if (next_binding(dir, out) == STATUS_OK)
			return STATUS_OK;
		dir->bindings_done = true;
	}
	while (file_is_open(&dir->file)) {
		usize count;
		enum status status = file_read(&dir->file, MSPAN_OF_STRUCT(*out), &count);

		if (status != STATUS_OK)
			return status;
		if (count != sizeof(*out)) {
			status = next_layer(dir);
			if (status != STATUS_OK) /* another server may have a file of that name */
				return status == STATUS_NOT_DIRECTORY ? STATUS_NOT_FOUND : status;
			continue;
		}
		out->name[sizeof(out->name) - 1] = 0;
		if (!bound_before(dir, dir_entry_name(out), U32_MAX))
			return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

void directory_close(struct directory *dir)
{
	file_close(&dir->file);
}
