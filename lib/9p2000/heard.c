/* SPDX-License-Identifier: Apache-2.0
 *
 * Conversations with the server of a shared folder: what follows from its answers, which may be anything. See task.h.
 */
#include "lib/9p2000/parts.h"

/* A folder is not read for ever. */
enum : u32 { LIST_ASKS_MAX = 4096 };

static enum p9_then end(struct p9_task *t, enum status status)
{
	t->status = status;
	return P9_DONE;
}

static enum p9_then wrong(struct p9_task *t)
{
	t->status = STATUS_IO;
	return P9_WRONG;
}

static enum p9_then go(struct p9_task *t, enum p9_stage stage)
{
	t->stage = stage;
	return P9_ASK;
}

static enum p9_then commit(struct p9_task *t, enum p9_stage stage)
{
	t->stage = stage;
	return t->resumed ? P9_ASK : P9_COMMIT;
}

static bool folder(const struct p9_task *t) { return (t->flags & OPEN_DIRECTORY) != 0; }

/* ---- walking ---- */

/* Nothing is at the path. */
static enum p9_then missing(struct p9_task *t, enum status status)
{
	if (t->work == P9_DO_CREATE && !t->made && status == STATUS_NOT_FOUND)
		return commit(t, P9_AT_PARENT);
	/* It was removed, and only the answer was missing. */
	if (t->work == P9_DO_REMOVE && t->resumed)
		return end(t, STATUS_OK);
	return end(t, task_of_file(t) ? STATUS_STALE : status);
}

static enum p9_then arrived(struct p9_task *t, const struct p9_qid *qid)
{
	t->own_held = true;
	if (t->work == P9_DO_CREATE && !t->made && !t->resumed)
		return end(t, STATUS_EXISTS);
	if (t->work != P9_DO_REMOVE)
		return go(t, P9_AT_KIND);
	if (t->resumed && qid->path != t->node)
		return end(t, STATUS_OK);
	t->node = qid->path;
	return commit(t, P9_AT_ACT);
}

/* NOT_FOUND, too, if the server came a part of the way only. */
static enum status walked(struct p9_task *t, struct span body, enum status status, struct p9_qid *qid)
{
	u32 names = 0;

	if (status == STATUS_OK && !p9_body_walked(body, t->asked.count, &names, qid))
		return STATUS_BAD_FORMAT;
	return status == STATUS_OK && names < t->asked.count ? STATUS_NOT_FOUND : status;
}

static enum p9_then heard_walk(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid = {};

	status = walked(t, body, status, &qid);
	if (status == STATUS_BAD_FORMAT)
		return wrong(t);
	if (status == STATUS_NOT_FOUND || status == STATUS_NOT_DIRECTORY)
		return missing(t, status);
	return status == STATUS_OK ? arrived(t, &qid) : end(t, status);
}

static enum p9_then heard_parent(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid = {};

	status = walked(t, body, status, &qid);
	if (status == STATUS_BAD_FORMAT)
		return wrong(t);
	t->own_held = status == STATUS_OK;
	return t->own_held ? go(t, P9_AT_MAKE) : end(t, status);
}

/* ---- opening and making ---- */

static enum p9_then heard_kind(struct p9_task *t, struct span body, enum status status)
{
	if (status != STATUS_OK)
		return end(t, status);
	if (!p9_body_attributes(body, &t->about))
		return wrong(t);
	bool directory = t->about.qid.directory;

	if (task_of_file(t) && t->about.qid.path != t->node)
		return end(t, STATUS_STALE);
	/* It came from elsewhere. */
	if (t->work == P9_DO_CREATE && directory != folder(t))
		return end(t, STATUS_EXISTS);
	if (!t->about.regular)
		return end(t, STATUS_NOT_SUPPORTED);
	if (folder(t) && !directory)
		return end(t, STATUS_NOT_DIRECTORY);
	if (directory && (t->flags & OPEN_WRITE) != 0 && t->work == P9_DO_OPEN)
		return end(t, STATUS_IS_DIRECTORY);
	t->node = t->about.qid.path;
	return go(t, P9_AT_OPEN);
}

static enum p9_then heard_open(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid;

	if (status != STATUS_OK)
		return end(t, status);
	if (!p9_body_opened(body, &qid))
		return wrong(t);
	/* It was replaced between two requests: as if it had been before them. */
	if (qid.path != t->node)
		return end(t, task_of_file(t) ? STATUS_STALE : STATUS_BUSY);
	if (qid.directory != t->about.qid.directory)
		return wrong(t);
	if (task_of_file(t))
		return P9_OPENED;
	if ((t->flags & OPEN_WRITE) != 0 && (t->flags & OPEN_TRUNCATE) != 0)
		t->about.bytes = 0;
	return end(t, STATUS_OK);
}

static enum p9_then heard_make(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid = {};

	if (status != STATUS_OK)
		return end(t, status);
	if (!(folder(t) ? p9_body_qid(body, &qid) : p9_body_opened(body, &qid)) || qid.directory != folder(t))
		return wrong(t);
	t->made = true;
	if (folder(t))
		return go(t, P9_AT_WALK);
	t->node = qid.path;
	t->about = (struct p9_attributes){ .qid = qid, .regular = true };
	return end(t, STATUS_OK);
}

/* ---- folders ---- */

static bool can_be_named(struct span name)
{
	return span_len(name) <= PATH_NAME_MAX && !span_equal(name, span_text(".")) && !span_equal(name, span_text(".."));
}

static void take_entry(struct p9_task *t, const struct p9_entry *e)
{
	t->found = true;
	t->entry = (struct dir_entry){ .qid_type = e->qid.directory ? QID_DIRECTORY : QID_FILE, .qid_version = e->qid.version,
		.qid_path = e->qid.path };
	mspan_set_text(MSPAN_OF_ARRAY(t->entry.name), e->name);
}

static enum p9_then heard_list(struct p9_task *t, struct span body)
{
	struct span rest;

	if (!p9_body_list(body, &rest))
		return wrong(t);
	if (span_len(rest) == 0)
		return end(t, STATUS_OK);
	while (span_len(rest) > 0 && !t->found) {
		struct p9_entry e;

		if (!p9_entry_next(&rest, &e))
			return wrong(t);
		t->next_cookie = e.cookie;
		if (!can_be_named(e.name))
			continue;
		if (t->next_index == t->index)
			take_entry(t, &e);
		t->next_index++;
	}
	if (t->found)
		return t->entry.qid_type == QID_FILE ? go(t, P9_AT_ENTRY) : end(t, STATUS_OK);
	return ++t->asks < LIST_ASKS_MAX ? go(t, P9_AT_ACT) : wrong(t);
}

/* Whatever has gone meanwhile has no length; it was there when the folder was read. */
static enum p9_then heard_entry(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid = {};

	status = walked(t, body, status, &qid);
	if (status == STATUS_BAD_FORMAT)
		return wrong(t);
	t->own_held = status == STATUS_OK;
	return t->own_held ? go(t, P9_AT_ENTRY_SIZE) : end(t, STATUS_OK);
}

static enum p9_then heard_entry_size(struct p9_task *t, struct span body, enum status status)
{
	struct p9_attributes about;

	if (status == STATUS_OK && !p9_body_attributes(body, &about))
		return wrong(t);
	t->entry.bytes = status == STATUS_OK ? about.bytes : 0;
	return end(t, STATUS_OK);
}

/* ---- the rest ---- */

static enum p9_then heard_size(struct p9_task *t, struct span body, enum status status)
{
	struct p9_attributes about;

	if (status != STATUS_OK)
		return end(t, status);
	if (!p9_body_attributes(body, &about))
		return wrong(t);
	t->offset = about.bytes;
	return commit(t, P9_AT_ACT);
}

static enum p9_then heard_act(struct p9_task *t, struct span body, enum status status)
{
	/* The server knows that fid no longer, whatever it answers; and who asks again may find it removed. */
	if (t->work == P9_DO_REMOVE) {
		t->own_held = false;
		return end(t, status == STATUS_NOT_FOUND && t->resumed ? STATUS_OK : status);
	}
	if (status != STATUS_OK)
		return end(t, status);
	if (t->work == P9_DO_LIST)
		return heard_list(t, body);
	if (t->work == P9_DO_STAT && !p9_body_attributes(body, &t->about))
		return wrong(t);
	if (t->work != P9_DO_STAT && t->work != P9_DO_RESIZE && !p9_body_count(body, t->asked.count, &t->count))
		return wrong(t);
	return end(t, STATUS_OK);
}

static enum p9_then heard_session(struct p9_task *t, struct span body, enum status status)
{
	struct p9_qid qid;

	if (status != STATUS_OK)
		return end(t, status);
	if (t->stage == P9_AT_VERSION)
		return p9_body_version(body) ? go(t, P9_AT_ATTACH) : wrong(t);
	return p9_body_qid(body, &qid) && qid.directory ? end(t, STATUS_OK) : wrong(t);
}

enum p9_then p9_task_heard(struct p9_task *t, struct span head, u32 written)
{
	struct span body;
	enum status status = p9_take(&t->asked, head, written, &body);

	if (status == STATUS_BAD_FORMAT)
		return wrong(t);
	switch (t->stage) {
	case P9_AT_VERSION:
	case P9_AT_ATTACH: return heard_session(t, body, status);
	case P9_AT_WALK: return heard_walk(t, body, status);
	case P9_AT_PARENT: return heard_parent(t, body, status);
	case P9_AT_KIND: return heard_kind(t, body, status);
	case P9_AT_OPEN: return heard_open(t, body, status);
	case P9_AT_MAKE: return heard_make(t, body, status);
	case P9_AT_SIZE: return heard_size(t, body, status);
	case P9_AT_ENTRY: return heard_entry(t, body, status);
	case P9_AT_ENTRY_SIZE: return heard_entry_size(t, body, status);
	case P9_AT_ACT: return heard_act(t, body, status);
	case P9_AT_CLUNK: return end(t, STATUS_OK);
	}
	return wrong(t);
}
