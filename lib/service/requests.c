/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations of the service protocol: what every service would do the same way, around the
 * callbacks. SPEC: abi/ninep.toml.
 */
#include "lib/service/state.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { FILE_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND };

/* A path from a caller: no zero bytes, no component that leaves the tree. */
static bool path_allowed(struct span path)
{
	if (span_find(path, 0, 0) != span_len(path))
		return false;
	while (span_len(path) > 0) {
		struct span name = path_next(&path);

		if (span_equal(name, span_text(".")) || span_equal(name, span_text("..")) ||
		    span_len(name) > PATH_NAME_MAX)
			return false;
	}
	return true;
}

static enum status take_path(struct service_call *call, struct mspan to, struct span *path)
{
	u64 got = 0;
	enum status status = sys_buffer_read(call->reply, 0, to, &got);

	if (status != STATUS_OK)
		return status;
	if (got == mspan_len(to))
		return STATUS_TOO_LONG;
	*path = span_first(span_of(to), got);
	while (span_len(*path) > 0 && span_u8(*path, 0) == '/')
		*path = span_from(*path, 1);
	return path_allowed(*path) ? STATUS_OK : STATUS_INVALID;
}

/* Gives the opened file a capability of its own and puts it into the answer, without the right BADGE
 * that watching it takes. */
enum status requests_answer_file(struct service_call *call, struct service_file *file)
{
	handle_t badged;
	enum status status = sys_cap_derive(service_endpoint(), FILE_RIGHTS | ENDPOINT_RIGHT_BADGE, files_badge(file), 0, &badged);

	if (status != STATUS_OK)
		return status;
	status = sys_endpoint_watch_badge(badged);
	if (status != STATUS_OK) {
		sys_cap_drop(badged);
		return status;
	}
	service_answer_cap(call, badged, FILE_RIGHTS, true);
	return STATUS_OK;
}

static void forget(const struct service_ops *ops, struct service_file *file)
{
	/* WHY first: closed may commit a part of what it changes, and must not be called again then. */
	files_release(file);
	if (ops->closed != nullptr)
		ops->closed(file);
}

/* What holds for any file, whatever the service says. */
static enum status opened_check(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	if ((file->flags & OPEN_DIRECTORY) != 0 && file->qid_type != QID_DIRECTORY)
		return STATUS_NOT_DIRECTORY;
	if ((file->flags & OPEN_WRITE) != 0 && file->qid_type == QID_DIRECTORY)
		return STATUS_IS_DIRECTORY;
	if ((file->flags & OPEN_TRUNCATE) != 0 && (file->flags & OPEN_WRITE) != 0 && ops->resize != nullptr)
		return ops->resize(call, file, 0);
	return STATUS_OK;
}

static enum status serve_open(const struct service_ops *ops, struct service_call *call, const struct service_file *from)
{
	enum status (*callback)(struct service_call *, const struct service_file *, struct span, struct service_file *) =
		call->op == NINEP_OPEN ? ops->open : ops->create;
	u8 bytes[SERVICE_PATH_MAX + 1];
	struct span path;
	u64 flags = call->word[NINEP_OPEN_REQUEST_FLAGS];

	if (callback == nullptr)
		return STATUS_NOT_SUPPORTED;
	if (call->words < 1 || (flags & ~(u64)OPEN_FLAGS_ALL) != 0)
		return STATUS_INVALID;
	enum status status = take_path(call, MSPAN_OF_ARRAY(bytes), &path);

	if (status != STATUS_OK)
		return status;
	struct service_file *file = files_take((u32)flags);

	if (file == nullptr)
		return STATUS_OUT_OF_OBJECTS;
	status = callback(call, from, path, file);
	if (status != STATUS_OK || call->answer_caps > 0 || call->deferred) {
		call->value[0] = file->qid_type;
		call->file = U32_MAX;
		file->used = false; /* nobody was told of it */
		return status;
	}
	call->file = file->index;
	status = opened_check(ops, call, file);
	if (status == STATUS_OK)
		status = requests_answer_file(call, file);
	if (status == STATUS_OK)
		service_file_changed(file);
	else
		forget(ops, file);
	return status;
}

static enum status serve_directory(const struct service_ops *ops, struct service_call *call,
	const struct service_file *directory)
{
	u64 index = call->offset / sizeof(struct dir_entry);
	enum status status = STATUS_OK;

	if (ops->entry == nullptr)
		return STATUS_NOT_SUPPORTED;
	while (status == STATUS_OK && call->count - call->done >= sizeof(struct dir_entry)) {
		struct dir_entry entry = {};

		status = ops->entry(directory, index++, &entry);
		if (status == STATUS_OK)
			status = service_put(call, SPAN_OF_STRUCT(entry));
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status serve_read(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	call->offset = call->word[NINEP_READ_REQUEST_OFFSET];
	call->count = call->word[NINEP_READ_REQUEST_COUNT];
	if (call->words < 2)
		return STATUS_INVALID;
	if ((file->flags & OPEN_READ) == 0)
		return STATUS_DENIED;
	if (file->qid_type == QID_DIRECTORY && call->offset % sizeof(struct dir_entry) != 0)
		return STATUS_INVALID;
	if (file->qid_type == QID_DIRECTORY)
		return ops->list != nullptr ? ops->list(call, file) : serve_directory(ops, call, file);
	return ops->read == nullptr ? STATUS_NOT_SUPPORTED : ops->read(call, file);
}

static enum status serve_write(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	call->offset = call->word[NINEP_WRITE_REQUEST_OFFSET];
	call->count = call->word[NINEP_WRITE_REQUEST_COUNT];
	if (call->words < 2)
		return STATUS_INVALID;
	if ((file->flags & OPEN_WRITE) == 0)
		return STATUS_DENIED;
	return ops->write == nullptr ? STATUS_NOT_SUPPORTED : ops->write(call, file);
}

static enum status serve_stat(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	struct file_stat stat = {
		.qid_type = file->qid_type, .qid_version = file->qid_version, .qid_path = file->node, .bytes = file->bytes,
	};

	call->count = sizeof(stat);
	enum status status = ops->stat == nullptr ? STATUS_OK : ops->stat(call, file, &stat);

	return status == STATUS_OK && !call->deferred ? service_put(call, SPAN_OF_STRUCT(stat)) : status;
}

static enum status serve_remove(const struct service_ops *ops, struct service_call *call, const struct service_file *from)
{
	u8 bytes[SERVICE_PATH_MAX + 1];
	struct span path;

	if (ops->remove == nullptr)
		return STATUS_NOT_SUPPORTED;
	enum status status = take_path(call, MSPAN_OF_ARRAY(bytes), &path);

	return status == STATUS_OK ? ops->remove(call, from, path) : status;
}

static enum status serve_control(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	u64 result = 0;

	if (ops->control == nullptr)
		return STATUS_NOT_SUPPORTED;
	enum status status = ops->control(call, file, call->word[NINEP_CONTROL_REQUEST_CODE],
		call->word[NINEP_CONTROL_REQUEST_VALUE], &result);

	call->value[0] = result;
	return status;
}

static enum status serve_resize(const struct service_ops *ops, struct service_call *call, struct service_file *file)
{
	if (ops->resize == nullptr)
		return STATUS_NOT_SUPPORTED;
	if ((file->flags & OPEN_WRITE) == 0)
		return STATUS_DENIED;
	return ops->resize(call, file, call->word[NINEP_RESIZE_REQUEST_BYTES]);
}

enum status requests_serve(const struct service_ops *ops, struct service_call *call)
{
	struct service_file *file = files_find(call->badge);

	call->file = file == nullptr ? U32_MAX : file->index;
	if (call->op >= SERVICE_LABEL_OWN)
		return ops->other == nullptr ? STATUS_UNKNOWN_CALL : ops->other(call);
	if (file == nullptr)
		return STATUS_STALE;
	switch (call->op) {
	case NINEP_OPEN:
	case NINEP_CREATE: return serve_open(ops, call, file);
	case NINEP_READ: return serve_read(ops, call, file);
	case NINEP_WRITE: return serve_write(ops, call, file);
	case NINEP_STAT: return serve_stat(ops, call, file);
	case NINEP_REMOVE: return serve_remove(ops, call, file);
	case NINEP_RESIZE: return serve_resize(ops, call, file);
	case NINEP_CONTROL: return serve_control(ops, call, file);
	case NINEP_PING: return STATUS_OK;
	default: return STATUS_UNKNOWN_CALL;
	}
}

void requests_answer_words(const struct service_call *call, enum status status, struct message *m)
{
	const struct service_file *file = nullptr;

	*m = msg_make(status, 1);
	switch (call->op) {
	case NINEP_OPEN:
	case NINEP_CREATE:
		*m = msg_make(status, 4);
		/* Of another service's file only the type is known. */
		m->word[NINEP_OPEN_REPLY_QID_TYPE] = call->value[0];
		file = status == STATUS_OK ? service_file_from(call->file) : nullptr;
		if (file == nullptr)
			break;
		m->word[NINEP_OPEN_REPLY_QID_TYPE] = file->qid_type;
		m->word[NINEP_OPEN_REPLY_QID_VERSION] = file->qid_version;
		m->word[NINEP_OPEN_REPLY_QID_PATH] = file->node;
		m->word[NINEP_OPEN_REPLY_BYTES] = file->bytes;
		break;
	case NINEP_READ:
	case NINEP_STAT: m->word[0] = call->done; break;
	case NINEP_WRITE: m->word[0] = call->count; break;
	default:
		*m = msg_make(status, 3);
		for (u32 i = 0; i < ARRAY_LEN(call->value); i++)
			m->word[i] = call->value[i];
		break;
	}
}

void requests_close(const struct service_ops *ops, u64 badge)
{
	struct service_file *file = files_find(badge);

	if (file == nullptr || badge == 0)
		return;
	slots_cancel_file(file->index);
	forget(ops, file);
}
