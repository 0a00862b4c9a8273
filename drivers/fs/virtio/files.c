/* SPDX-License-Identifier: Apache-2.0
 *
 * Open files. See files.h.
 */
#include "drivers/fs/virtio/files.h"
#include "lib/keep/keep.h"

enum : u32 { FIDS = SERVICE_FILES_MAX + 128 };
enum fid_state : u8 { FREE, TAKEN, LEAVING };

struct path_record {
	char path[PATH_BYTES_MAX];
};
KEEP_RECORD(struct path_record, 256);

/* What of an open file ends with the instance. */
struct at_server {
	u32 fid;
	u64 next_index, next_cookie;
};

static struct path_record paths[SERVICE_FILES_MAX];
static struct keep_part kept_paths;
static struct at_server open_files[SERVICE_FILES_MAX];
static enum fid_state fids[FIDS];

void files_keep_paths(void) { keep_add(&kept_paths, MSPAN_OF_ARRAY(paths), sizeof(struct path_record)); }

struct span files_path(const struct service_file *file)
{
	if (file->index >= SERVICE_FILES_MAX)
		return span_empty();
	return span_until_zero(SPAN_OF_ARRAY(ELEM(paths, file->index)->path));
}

void files_opened(const struct service_file *file, const struct p9_task *task)
{
	struct path_record *record = ELEM(paths, file->index);

	mspan_fill(MSPAN_OF_ARRAY(record->path), 0);
	span_copy(MSPAN_OF_ARRAY(record->path), span_first(SPAN_OF_ARRAY(task->path), task->path_bytes));
	keep_changed(&kept_paths, file->index, SPAN_OF_STRUCT(*record));
	*ELEM(open_files, file->index) = (struct at_server){ .fid = task->own_fid };
}

/* ---- numbers at the server: from 1 on; 0 is the root's ---- */

u32 fids_take(void)
{
	for (u32 i = 0; i < FIDS; i++) {
		if (fids[i] != FREE)
			continue;
		fids[i] = TAKEN;
		return i + 1;
	}
	return 0;
}

void fids_free(u32 fid) { *ELEM(fids, fid - 1) = FREE; }
void fids_leave(u32 fid) { *ELEM(fids, fid - 1) = LEAVING; }

u32 fids_leaving(void)
{
	for (u32 i = 0; i < FIDS; i++) {
		if (fids[i] != LEAVING)
			continue;
		fids[i] = TAKEN;
		return i + 1;
	}
	return 0;
}

u32 files_fid(u32 index) { return ELEM(open_files, index)->fid; }

void files_set_fid(u32 index, u32 fid)
{
	struct at_server *file = ELEM(open_files, index);

	if (file->fid != 0)
		fids_leave(file->fid);
	*file = (struct at_server){ .fid = fid };
}

void files_place(u32 index, struct p9_task *task)
{
	task->next_index = ELEM(open_files, index)->next_index;
	task->next_cookie = ELEM(open_files, index)->next_cookie;
}

void files_remember_place(u32 index, const struct p9_task *task)
{
	ELEM(open_files, index)->next_index = task->next_index;
	ELEM(open_files, index)->next_cookie = task->next_cookie;
}
