/* SPDX-License-Identifier: Apache-2.0
 *
 * Open files: their paths, which are kept, and what the server knows of them, which is gone with each instance.
 */
#ifndef DRIVERS_FS_VIRTIO_FILES_H
#define DRIVERS_FS_VIRTIO_FILES_H

#include "lib/9p2000/task.h"
#include "lib/service/service.h"

enum : u64 { FILES_KEEP_BYTES = (u64)SERVICE_FILES_MAX * PATH_BYTES_MAX };

void files_keep_paths(void);

/* The path that the file was opened by, without a slash at its beginning. */
struct span files_path(const struct service_file *file);

/* A file has been opened: by the task's path, as its own_fid. */
void files_opened(const struct service_file *file, const struct p9_task *task);

/* A number for a file at the server; 0: all are taken. */
u32 fids_take(void);
/* The server never heard of it, or has forgotten it. */
void fids_free(u32 fid);
/* The server is to forget it, when there is time. */
void fids_leave(u32 fid);
/* One of those, which is not among them any more; 0: there is none. */
u32 fids_leaving(void);

/* Of an open file; 0: the server does not know it. Setting: the former is left. */
u32 files_fid(u32 index);
void files_set_fid(u32 index, u32 fid);

/* The task reads the folder from what is known of it; what it found out is remembered. */
void files_place(u32 index, struct p9_task *task);
void files_remember_place(u32 index, const struct p9_task *task);

#endif
