/* SPDX-License-Identifier: Apache-2.0
 *
 * Conversations with the server of a shared folder: what is asked. See task.h; heard.c has what follows from answers.
 *
 *	OPEN     walk, look what it is, open
 *	CREATE   walk (nothing is there), COMMIT, walk to the folder, make it; a folder is then walked to and opened
 *	REMOVE   walk, COMMIT, remove
 *	others   (walk, look, open: if it has no fid,) act; APPEND looks where the end is, and commits that, before it writes;
 *	         LIST looks how long the file is that it found
 */
#include "lib/9p2000/parts.h"

enum : u32 { ROOT_FID = 0 };

static struct span path_of(const struct p9_task *t) { return span_first(SPAN_OF_ARRAY(t->path), t->path_bytes); }

bool p9_work_alone(enum p9_work work, u32 flags)
{
	return work == P9_DO_CREATE || work == P9_DO_REMOVE || work == P9_DO_APPEND || work == P9_DO_RESIZE ||
	       (work == P9_DO_OPEN && (flags & OPEN_TRUNCATE) != 0);
}

static enum p9_stage first_stage(const struct p9_task *t)
{
	if (t->work == P9_DO_BEGIN)
		return P9_AT_VERSION;
	if (t->work == P9_DO_CLUNK)
		return P9_AT_CLUNK;
	if (!task_of_file(t) || t->fid == 0)
		return P9_AT_WALK;
	return t->work == P9_DO_APPEND && !t->resumed ? P9_AT_SIZE : P9_AT_ACT;
}

void p9_task_begin(struct p9_task *t)
{
	t->own_held = t->made = t->found = false;
	t->asks = 0;
	if (t->index < t->next_index)
		t->next_index = t->next_cookie = 0;
	t->stage = first_stage(t);
}

static u32 names_of(struct span path)
{
	u32 names = 0;

	while (span_len(path) > 0) {
		(void)path_next(&path);
		names++;
	}
	return names;
}

bool p9_path_fits(struct span path) { return names_of(path) <= P9_WALK_NAMES && span_len(path) < PATH_BYTES_MAX; }

static struct p9_request walk(const struct p9_task *t, u32 from, struct span path)
{
	return (struct p9_request){ .type = P9_WALK, .fid = from, .new_fid = t->own_fid, .count = names_of(path), .names = path };
}

static struct span parent_of(struct span path) { return span_first(path, span_len(path) - span_len(path_name(path))); }

static u32 linux_flags(const struct p9_task *t)
{
	bool write = (t->flags & OPEN_WRITE) != 0, read = (t->flags & (OPEN_READ | OPEN_EXECUTE)) != 0 || !write;
	/* What is opened again was cut the first time. */
	bool cut = write && (t->flags & OPEN_TRUNCATE) != 0 && !task_of_file(t);

	return P9_NO_LINK | (write ? (read ? P9_BOTH : P9_WRITE_ONLY) : P9_READ_ONLY) | (cut ? P9_TRUNCATE : 0) |
	       ((t->flags & OPEN_DIRECTORY) != 0 ? P9_DIRECTORY : 0);
}

static struct p9_request make(const struct p9_task *t)
{
	bool folder = (t->flags & OPEN_DIRECTORY) != 0;

	return (struct p9_request){ .type = folder ? P9_MKDIR : P9_CREATE, .fid = t->own_fid, .flags = linux_flags(t) | P9_EXCLUSIVE,
		.names = path_name(path_of(t)) };
}

static struct p9_request act(const struct p9_task *t)
{
	struct p9_request r = { .type = P9_GET, .fid = t->fid, .offset = t->offset, .count = t->count };

	if (t->work == P9_DO_READ)
		r.type = P9_READ;
	if (t->work == P9_DO_WRITE || t->work == P9_DO_APPEND)
		r.type = P9_WRITE;
	if (t->work == P9_DO_RESIZE)
		r.type = P9_SET;
	if (t->work == P9_DO_REMOVE)
		r = (struct p9_request){ .type = P9_REMOVE, .fid = t->own_fid };
	if (t->work == P9_DO_LIST)
		r = (struct p9_request){ .type = P9_LIST, .fid = t->fid, .offset = t->next_cookie, .count = P9_LIST_BYTES };
	return r;
}

static struct p9_request request_of(const struct p9_task *t)
{
	struct span path = path_of(t);

	switch (t->stage) {
	case P9_AT_VERSION: return (struct p9_request){ .type = P9_VERSION };
	case P9_AT_ATTACH: return (struct p9_request){ .type = P9_ATTACH, .fid = ROOT_FID };
	/* The fid of a folder in which another was made goes on to that one. */
	case P9_AT_WALK: return t->made ? walk(t, t->own_fid, path_name(path)) : walk(t, ROOT_FID, path);
	case P9_AT_PARENT: return walk(t, ROOT_FID, parent_of(path));
	case P9_AT_ENTRY: return walk(t, t->fid, span_until_zero(SPAN_OF_ARRAY(t->entry.name)));
	case P9_AT_KIND:
	case P9_AT_ENTRY_SIZE: return (struct p9_request){ .type = P9_GET, .fid = t->own_fid };
	case P9_AT_SIZE: return (struct p9_request){ .type = P9_GET, .fid = t->fid };
	case P9_AT_OPEN: return (struct p9_request){ .type = P9_OPEN, .fid = t->own_fid, .flags = linux_flags(t) };
	case P9_AT_MAKE: return make(t);
	case P9_AT_CLUNK: return (struct p9_request){ .type = P9_CLUNK, .fid = t->own_fid };
	case P9_AT_ACT: break;
	}
	return act(t);
}

u32 p9_task_ask(struct p9_task *t, u16 tag, struct mspan to, u32 *room, bool *data)
{
	struct p9_request r = request_of(t);

	/* SPEC: Plan 9, version(5): the one message without a tag. */
	r.tag = r.type == P9_VERSION ? P9_NO_TAG : tag;
	t->asked = (struct p9_asked){ .type = r.type, .tag = r.tag, .count = r.count };
	*room = p9_answer_room(&t->asked);
	*data = r.type == P9_WRITE;
	return p9_put(to, &r);
}
