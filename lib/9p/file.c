/* SPDX-License-Identifier: Apache-2.0
 *
 * Files from the client's side: opening, and the requests that may have to be repeated.
 */
#include "lib/9p/file.h"
#include "lib/9p/resolve.h"
#include "lib/rt/message.h"
#include "abi/stubs.h"

enum : u64 { REQUEST_BYTES_MAX = 64 * 1024 };

static char cwd[PATH_BYTES_MAX];

struct span file_cwd(void)
{
	struct span set = span_until_zero(SPAN_OF_ARRAY(cwd));

	return span_len(set) == 0 ? rt_start_cwd() : set;
}

static struct span file_path(const struct file *file)
{
	return span_first(SPAN_OF_ARRAY(file->path), file->path_bytes);
}

/* Starts `file` anew with the absolute path. */
static enum status set_path(struct file *file, struct span path, u32 flags)
{
	*file = (struct file){ .flags = flags, .deadline_ns = RT_FOREVER };
	struct text to = text_on(MSPAN_OF_ARRAY(file->path));
	enum status status = path_resolve(file_cwd(), path, &to);

	if (status == STATUS_OK)
		file->path_bytes = (u32)to.used;
	return status;
}

static enum status open_with(struct file *file, u32 op, u32 flags)
{
	struct opened opened = {};
	enum status status = resolve(op, file_path(file), flags, file->deadline_ns, &opened);

	if (status == STATUS_OK) {
		file->cap = opened.cap;
		file->qid_type = opened.qid_type;
	}
	return status;
}

enum status file_open(struct file *file, struct span path, u32 flags)
{
	return file_open_before(file, path, flags, RT_FOREVER);
}

enum status file_open_before(struct file *file, struct span path, u32 flags, u64 deadline_ns)
{
	enum status status = set_path(file, path, flags);

	file->deadline_ns = deadline_ns;
	if (status == STATUS_OK)
		status = open_with(file, NINEP_OPEN, flags);
	if (status != STATUS_OK)
		file->path_bytes = 0;
	return status;
}

enum status file_create(struct file *file, struct span path, u32 flags)
{
	enum status status = set_path(file, path, flags);

	if (status == STATUS_OK)
		status = open_with(file, NINEP_CREATE, flags);
	/* WHY not supported too: a server whose files are fixed may well have this one. */
	if ((status == STATUS_EXISTS || status == STATUS_NOT_SUPPORTED) && (flags & OPEN_EXCLUSIVE) == 0) {
		enum status opened = open_with(file, NINEP_OPEN, flags);

		if (status == STATUS_EXISTS || opened != STATUS_NOT_FOUND)
			status = opened;
	}
	if (status != STATUS_OK)
		file->path_bytes = 0;
	return status;
}

enum status file_open_at(struct file *file, handle_t directory, struct span path, u32 flags)
{
	struct opened opened = {};
	enum status status = resolve_at(NINEP_OPEN, directory, path, flags, RT_FOREVER, &opened);

	*file = (struct file){ .flags = flags, .deadline_ns = RT_FOREVER, .qid_type = opened.qid_type };
	if (status == STATUS_OK)
		file->cap = opened.cap;
	return status;
}

enum status file_open_pipe(struct file *reading, struct file *writing)
{
	enum status status = file_open(reading, span_text("/dev/pipe/new"), OPEN_READ);

	if (status != STATUS_OK)
		return status;
	/* WHY: to open the path again would make another pipe. */
	reading->path_bytes = 0;
	status = file_open_at(writing, reading->cap, span_empty(), OPEN_WRITE);
	if (status != STATUS_OK)
		file_close(reading);
	return status;
}

struct file file_from_cap(handle_t cap, u32 flags)
{
	return (struct file){ .cap = cap, .flags = flags, .deadline_ns = RT_FOREVER, .qid_type = QID_STREAM };
}

enum status file_inherit(struct file *file, struct span name)
{
	struct rt_start_file given;

	*file = (struct file){ .deadline_ns = RT_FOREVER, .qid_type = QID_STREAM };
	if (!rt_start_file(name, &given, MSPAN_OF_ARRAY(file->path)))
		return STATUS_NOT_FOUND;
	file->cap = given.handle;
	file->flags = given.flags;
	file->path_bytes = (u32)span_len(span_until_zero(SPAN_OF_ARRAY(file->path)));
	return file_is_open(file) ? STATUS_OK : STATUS_NOT_FOUND;
}

void file_close(struct file *file)
{
	if (!handle_is_none(file->cap))
		sys_cap_drop(file->cap);
	*file = (struct file){};
}

/* Opens again what was opened before: nothing is made or emptied by that. */
static enum status reopen(struct file *file)
{
	return open_with(file, NINEP_OPEN, file->flags & ~(u32)(OPEN_TRUNCATE | OPEN_EXCLUSIVE));
}

/* One request. `m` is the question and becomes the answer. */
static enum status request(struct file *file, struct message *m, struct span in, struct mspan out)
{
	struct message question = *m;
	enum status status = STATUS_STALE;

	/* A service that dies again and again in the midst of the same request is not asked for ever. To be STALE is an answer of
	 * its own. */
	for (u32 deaths = 0, repeats = 0, opens = 0; deaths < DEATHS_MAX && repeats < REPEATS_MAX && opens <= DEATHS_MAX;) {
		if (handle_is_none(file->cap)) {
			if (file->path_bytes == 0)
				return STATUS_BAD_HANDLE;
			status = reopen(file);
			if (status != STATUS_OK)
				return status;
		}
		*m = question;
		msg_set_buffers(m, in, out);
		status = answer_note(msg_call_status(file->cap, m, file->deadline_ns), m);
		msg_drop_caps(m, 0);
		if (status == STATUS_PEER_DIED && !ninep_op_idempotent(msg_label(&question)))
			return status;
		if (status == STATUS_STALE && file->path_bytes == 0)
			return status;
		if (status != STATUS_STALE && status != STATUS_PEER_DIED && status != STATUS_REPEAT)
			return status;
		deaths += status == STATUS_PEER_DIED;
		repeats += status == STATUS_REPEAT;
		if (status == STATUS_STALE) {
			sys_cap_drop(file->cap);
			file->cap = handle_none();
			opens++;
		}
	}
	return status;
}

/* WHY the check: a server is not trusted to count. */
static enum status take_count(u64 counted, usize most, usize *count)
{
	return counted <= most && usize_of(counted, count) ? STATUS_OK : STATUS_BAD_FORMAT;
}

enum status file_read_at(struct file *file, u64 offset, struct mspan to, usize *count)
{
	struct message m = msg_make(NINEP_READ, 2);
	struct mspan part = mspan_first(to, REQUEST_BYTES_MAX);

	*count = 0;
	m.word[NINEP_READ_REQUEST_OFFSET] = offset;
	m.word[NINEP_READ_REQUEST_COUNT] = mspan_len(part);
	enum status status = request(file, &m, span_empty(), part);

	if (status != STATUS_OK)
		return status;
	return take_count(m.word[NINEP_READ_REPLY_COUNT], mspan_len(part), count);
}

enum status file_read(struct file *file, struct mspan to, usize *count)
{
	enum status status = file_read_at(file, file->offset, to, count);

	if (status == STATUS_OK)
		file->offset += *count;
	return status;
}

enum status file_write_some(struct file *file, u64 offset, struct span from, usize *count)
{
	struct message m = msg_make(NINEP_WRITE, 2);
	struct span part = span_first(from, REQUEST_BYTES_MAX);

	*count = 0;
	m.word[NINEP_WRITE_REQUEST_OFFSET] = offset;
	m.word[NINEP_WRITE_REQUEST_COUNT] = span_len(part);
	answer_note_write(offset, span_len(part));
	enum status status = request(file, &m, part, (struct mspan){});

	if (status != STATUS_OK)
		return status;
	return take_count(m.word[NINEP_WRITE_REPLY_COUNT], span_len(part), count);
}

enum status file_write(struct file *file, struct span from)
{
	while (span_len(from) > 0) {
		usize count;
		enum status status = file_write_some(file, file->offset, from, &count);

		if (status != STATUS_OK)
			return status;
		if (count == 0)
			return STATUS_NO_SPACE;
		file->offset += count;
		from = span_from(from, count);
	}
	return STATUS_OK;
}

enum status file_stat(struct file *file, struct file_stat *out)
{
	struct message m = msg_make(NINEP_STAT, 0);

	*out = (struct file_stat){};
	enum status status = request(file, &m, span_empty(), MSPAN_OF_STRUCT(*out));

	if (status == STATUS_OK && m.word[NINEP_STAT_REPLY_COUNT] != sizeof(*out))
		return STATUS_BAD_FORMAT;
	return status;
}

enum status file_resize(struct file *file, u64 bytes)
{
	struct message m = msg_make(NINEP_RESIZE, 1);

	m.word[NINEP_RESIZE_REQUEST_BYTES] = bytes;
	return request(file, &m, span_empty(), (struct mspan){});
}

enum status file_control(struct file *file, u64 code, u64 value, u64 *result)
{
	struct message m = msg_make(NINEP_CONTROL, 2);

	m.word[NINEP_CONTROL_REQUEST_CODE] = code;
	m.word[NINEP_CONTROL_REQUEST_VALUE] = value;
	enum status status = request(file, &m, span_empty(), (struct mspan){});

	*result = status == STATUS_OK ? m.word[NINEP_CONTROL_REPLY_VALUE] : 0;
	return status;
}

enum status file_set_cwd(struct span path)
{
	TEXT_BUFFER(clean, PATH_BYTES_MAX);
	enum status status = path_resolve(file_cwd(), path, &clean);

	if (status == STATUS_OK && !mspan_set_text(MSPAN_OF_ARRAY(cwd), text_span(&clean)))
		status = STATUS_TOO_LONG;
	return status;
}
