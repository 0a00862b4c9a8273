/* SPDX-License-Identifier: Apache-2.0
 *
 * Describing a program to be started, and asking the loader for it.
 */
#include "lib/spawn/spawn.h"
#include "lib/limits/limits.h"
#include "lib/rt/message.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { DEFAULT_STACK_PAGES = 16, DEFAULT_PRIORITY = 64 };
/* What a program may do with itself: not end up with rights over others. */
enum : u32 {
	SELF_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | PROCESS_RIGHT_MAP | PROCESS_RIGHT_THREAD,
	NAMES_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | NAMESPACE_RIGHT_LOOKUP | NAMESPACE_RIGHT_BIND |
		       NAMESPACE_RIGHT_CLONE,
	GROUP_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | GROUP_RIGHT_CREATE,
};

struct span spawn_reason(const struct spawn *s)
{
	return span_until_zero(SPAN_OF_ARRAY(s->reason));
}

static enum status fail(struct spawn *s, struct span what, enum status status)
{
	struct text reason = text_on(MSPAN_OF_ARRAY(s->reason));

	text_add_span(&reason, what);
	text_add(&reason, ": ");
	limits_add_status(&reason, (struct limits_of){ s->group, rt_self() }, status);
	mspan_put_u8(MSPAN_OF_ARRAY(s->reason), min_u64(reason.used, SPAWN_REASON_BYTES - 1), 0);
	return status;
}

void spawn_begin(struct spawn *s, struct span program)
{
	*s = (struct spawn){
		.loader = rt_handle(span_text("loader")), .group = rt_group(), .names = rt_names(),
		.faults = rt_handle(span_text("faults")), .names_rights = NAMES_RIGHTS, .group_rights = GROUP_RIGHTS,
		.self_rights = SELF_RIGHTS, .priority = DEFAULT_PRIORITY,
	};
	s->block.magic = START_MAGIC;
	s->block.version = START_VERSION;
	s->block.bytes = sizeof(struct start_block);
	s->request.stack_pages = DEFAULT_STACK_PAGES;
	if (!mspan_set_text(MSPAN_OF_ARRAY(s->request.program), program))
		s->overflow = true;
	mspan_set_text(MSPAN_OF_ARRAY(s->request.name), path_name(program));
	mspan_set_text(MSPAN_OF_ARRAY(s->block.program), path_name(program));
	if (!handle_is_none(s->names) && sys_ns_clone(s->names, s->group, &s->names) == STATUS_OK)
		s->drop_names = true;
}

void spawn_add_arg(struct spawn *s, struct span arg)
{
	struct mspan room = mspan_from(MSPAN_OF_ARRAY(s->block.args), s->block.args_bytes);

	if (s->block.arg_count == START_ARGS_MAX || span_len(arg) + 1 > mspan_len(room) ||
	    span_find(arg, 0, 0) != span_len(arg)) {
		s->overflow = true;
		return;
	}
	span_copy(room, arg);
	mspan_put_u8(room, span_len(arg), 0);
	s->block.args_bytes += (u32)span_len(arg) + 1;
	s->block.arg_count++;
}

/* The entry of that name, made if there is none; START_HANDLES_MAX if there is no room. */
static u32 handle_slot(struct spawn *s, struct span name)
{
	u32 at = 0;

	while (at < s->block.handle_count &&
	       !span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(s->block.handle, at)->name)), name))
		at++;
	if (at == START_HANDLES_MAX || span_len(name) >= START_NAME_BYTES) {
		s->overflow = true;
		return START_HANDLES_MAX;
	}
	*ELEM(s->block.handle, at) = (struct start_handle){};
	mspan_set_text(MSPAN_OF_ARRAY(ELEM(s->block.handle, at)->name), name);
	s->source[at] = handle_none();
	if (at == s->block.handle_count)
		s->block.handle_count++;
	return at;
}

void spawn_add_handle(struct spawn *s, struct span name, handle_t handle, u32 rights)
{
	if (handle_is_none(handle))
		return;
	u32 at = handle_slot(s, name);

	if (at == START_HANDLES_MAX)
		return;
	s->source[at] = handle;
	s->rights[at] = rights;
}

void spawn_add_path(struct spawn *s, struct span name, struct span path, u32 flags)
{
	u32 at = handle_slot(s, name);

	if (at == START_HANDLES_MAX)
		return;
	struct start_handle *handle = ELEM(s->block.handle, at);

	handle->flags = flags & ~(u32)(OPEN_TRUNCATE | OPEN_EXCLUSIVE);
	if (!mspan_set_text(MSPAN_OF_ARRAY(handle->path), path))
		s->overflow = true;
}

/* Grants what a file that was just added by path is open as. */
static void add_open_cap(struct spawn *s, struct span name, handle_t cap)
{
	for (u32 at = 0; at < s->block.handle_count && !handle_is_none(cap); at++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(s->block.handle, at)->name)), name)) {
			s->source[at] = cap;
			s->rights[at] = MSG_ALL_RIGHTS;
		}
	}
}

void spawn_add_file(struct spawn *s, struct span name, const struct file *file)
{
	struct span path = span_first(SPAN_OF_ARRAY(file->path), file->path_bytes);

	/* A path that is too long only means that the child cannot open the file again. */
	spawn_add_path(s, name, span_len(path) < START_PATH_BYTES ? path : span_empty(), file->flags);
	add_open_cap(s, name, file->cap);
}

static void inherit_one(struct spawn *s, struct span name)
{
	struct rt_start_file given;
	char path[START_PATH_BYTES];

	if (!rt_start_file(name, &given, MSPAN_OF_ARRAY(path)))
		return;
	spawn_add_path(s, name, span_until_zero(SPAN_OF_ARRAY(path)), given.flags);
	add_open_cap(s, name, given.handle);
}

void spawn_inherit_files(struct spawn *s)
{
	inherit_one(s, span_text("stdin"));
	inherit_one(s, span_text("stdout"));
	inherit_one(s, span_text("stderr"));
	mspan_set_text(MSPAN_OF_ARRAY(s->block.cwd), file_cwd());
}

/* Asks the loader to make the process. */
static enum status load(struct spawn *s, struct loaded *loaded)
{
	struct message m = msg_make(LOADER_LOAD, 1);

	msg_add_cap(&m, s->group, MSG_ALL_RIGHTS);
	m.word[0] = LOAD_CAP_GROUP;
	if (!handle_is_none(s->names)) {
		msg_add_cap(&m, s->names, MSG_ALL_RIGHTS);
		m.word[0] |= LOAD_CAP_NAMES;
	}
	if (!handle_is_none(s->faults)) {
		msg_add_cap(&m, s->faults, MSG_ALL_RIGHTS);
		m.word[0] |= LOAD_CAP_FAULTS;
	}
	msg_set_buffers(&m, SPAN_OF_STRUCT(s->request), MSPAN_OF_ARRAY(s->reason));
	enum status status = msg_call_status(s->loader, &m, RT_FOREVER);

	loaded->process = msg_cap(&m, 0);
	loaded->start_memory = msg_cap(&m, 1);
	if (status != STATUS_OK) {
		msg_drop_caps(&m, 0);
		s->reason[SPAWN_REASON_BYTES - 1] = 0;
		return span_len(spawn_reason(s)) > 0 ? status : fail(s, span_text("the loader"), status);
	}
	msg_drop_caps(&m, 2);
	loaded->entry = m.word[0];
	loaded->stack = m.word[1];
	loaded->start_address = m.word[2];
	return STATUS_OK;
}

enum status spawn_start(struct spawn *s, handle_t *process)
{
	struct loaded loaded = {};
	enum status status;

	if (s->overflow) {
		status = fail(s, span_text("arguments or handles do not fit the start block"), STATUS_TOO_LONG);
	} else if (handle_is_none(s->loader)) {
		status = fail(s, span_text("this process was not given the right to start programs"), STATUS_DENIED);
	} else {
		status = load(s, &loaded);
		if (status == STATUS_OK)
			status = spawn_finish(s, &loaded);
	}
	if (s->drop_names) {
		sys_cap_drop(s->names);
		s->drop_names = false;
	}
	*process = status == STATUS_OK ? loaded.process : handle_none();
	return status;
}
