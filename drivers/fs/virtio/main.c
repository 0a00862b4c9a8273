/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of the host as files, through a virtio device that speaks 9P2000.L (docs/adr/0042). Each callback says what is
 * wanted; jobs.c has it done and answers.
 */
#include "drivers/fs/virtio/files.h"
#include "drivers/fs/virtio/jobs.h"
#include "lib/driver/end.h"
#include "lib/virtio/virtio.h"

enum : u32 { STATE_VERSION = 1, DEVICE_BIT = 0, TIMER_BIT = 1, NO_FILE = U32_MAX };

/* The path from the folder that is shared. TOO_LONG if it does not fit. */
static enum status set_path(struct p9_task *task, const struct service_file *from, struct span path)
{
	struct text to = text_on(MSPAN_OF_ARRAY(task->path));

	text_add_span(&to, files_path(from));
	if (to.used != 0 && span_len(path) != 0)
		text_add(&to, "/");
	text_add_span(&to, path);
	task->path_bytes = (u32)to.used;
	return !to.cut && p9_path_fits(text_span(&to)) ? STATUS_OK : STATUS_TOO_LONG;
}

static enum status by_path(struct service_call *call, enum p9_work work, const struct service_file *from, struct span path,
	u32 flags)
{
	struct p9_task task = { .work = work, .flags = flags };
	enum status status = set_path(&task, from, path);

	if (status == STATUS_OK && task.path_bytes == 0 && work != P9_DO_OPEN)
		return work == P9_DO_CREATE ? STATUS_EXISTS : STATUS_DENIED;
	return status == STATUS_OK ? jobs_add(call, &task, NO_FILE) : status;
}

static enum status share_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	return by_path(call, P9_DO_OPEN, from, path, file->flags);
}

static enum status share_create(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	return by_path(call, P9_DO_CREATE, from, path, file->flags);
}

static enum status share_remove(struct service_call *call, const struct service_file *from, struct span path)
{
	return by_path(call, P9_DO_REMOVE, from, path, 0);
}

/* Of an open file. */
static enum status of_file(struct service_call *call, enum p9_work work, const struct service_file *file, u64 offset, u64 count)
{
	struct p9_task task = { .work = work, .flags = file->flags, .node = file->node, .offset = offset, .count = (u32)count,
		.index = work == P9_DO_LIST ? offset / sizeof(struct dir_entry) : 0 };
	u64 end;

	if (file->index >= SERVICE_FILES_MAX)
		return STATUS_NOT_SUPPORTED;
	if (ckd_add(&end, offset, count) || end > U64_MAX >> 1)
		return STATUS_INVALID;
	enum status status = set_path(&task, file, span_empty());

	return status == STATUS_OK ? jobs_add(call, &task, file->index) : status;
}

static enum status share_read(struct service_call *call, struct service_file *file)
{
	if (call->count == 0)
		return STATUS_OK;
	return of_file(call, P9_DO_READ, file, call->offset, min_u64(call->count, P9_DATA_BYTES));
}

static enum status share_write(struct service_call *call, struct service_file *file)
{
	bool append = (file->flags & OPEN_APPEND) != 0;

	if (call->count == 0)
		return STATUS_OK;
	u64 count = min_u64(call->count, P9_DATA_BYTES);

	return append ? of_file(call, P9_DO_APPEND, file, 0, count) : of_file(call, P9_DO_WRITE, file, call->offset, count);
}

static enum status share_list(struct service_call *call, struct service_file *directory)
{
	if (call->count < sizeof(struct dir_entry))
		return STATUS_OK;
	return of_file(call, P9_DO_LIST, directory, call->offset, 0);
}

static enum status share_stat(struct service_call *call, struct service_file *file, struct file_stat *out)
{
	(void)out;
	return of_file(call, P9_DO_STAT, file, 0, 0);
}

static enum status share_resize(struct service_call *call, struct service_file *file, u64 bytes)
{
	return of_file(call, P9_DO_RESIZE, file, bytes, 0);
}

static void share_closed(struct service_file *file)
{
	files_set_fid(file->index, 0);
	jobs_forget();
}

static void share_signal(u64 bits)
{
	if ((bits & 1ull << DEVICE_BIT) != 0)
		jobs_interrupt();
	if ((bits & 1ull << TIMER_BIT) != 0)
		jobs_tick();
}

static void share_keep(void)
{
	files_keep_paths();
	jobs_keep();
}

static const struct service_ops ops = {
	.open = share_open, .create = share_create, .read = share_read, .write = share_write, .list = share_list, .stat = share_stat,
	.remove = share_remove, .resize = share_resize, .closed = share_closed, .signal = share_signal,
	.keeps = STATE_VERSION, .keeps_bytes = FILES_KEEP_BYTES + JOBS_KEEP_BYTES, .keep = share_keep, .kept = jobs_kept,
};

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = jobs_open(DEVICE_BIT, TIMER_BIT, &why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	service_run(&ops);
}
