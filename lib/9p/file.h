/* SPDX-License-Identifier: Apache-2.0
 *
 * Files, from the client's side. A file is a capability: opening walks the own namespace to a
 * server and gets a capability whose badge names the open file there.
 *
 * When a server restarts that keeps state (docs/services.md), nothing is lost: REPEAT means that the
 * request was not begun, and these functions make it again. Of any other server, calls in progress
 * fail with PEER_DIED and open files are STALE. A file that was opened by path is then opened again, and what the
 * protocol marks idempotent (abi/ninep.toml) is repeated; of the others the caller gets the clear status
 * PEER_DIED, and the file works again from then on. A write that was answered STALE was not
 * done, and is repeated too.
 *
 * Deadlines are absolute, in ns; files start with RT_FOREVER.
 * struct file holds no pointers; it may live anywhere. Not for several threads at once.
 */
#ifndef LIB_9P_FILE_H
#define LIB_9P_FILE_H

#include "lib/rt/rt.h"
#include "lib/path/path.h"
#include "abi/ninep.h"

struct file {
	handle_t cap;          /* the open file; 0: closed, or opened on first use if there is a path */
	u32 flags;             /* the abi's open_flags it was opened with */
	u32 qid_type;          /* enum qid_type, as the open told */
	u32 path_bytes;        /* 0: cannot be opened again */
	u64 offset;            /* where the next file_read or file_write goes on */
	u64 deadline_ns;       /* of every operation */
	char path[PATH_BYTES_MAX];
};

/* Opens an absolute path, or one relative to the working directory (rt_start_cwd or what
 * file_set_cwd set). flags: OPEN_READ, OPEN_WRITE, OPEN_TRUNCATE, OPEN_APPEND ... */
[[nodiscard]] enum status file_open(struct file *file, struct span path, u32 flags);

/* The same with a deadline, which the file keeps. */
[[nodiscard]] enum status file_open_before(struct file *file, struct span path, u32 flags, u64 deadline_ns);

/* Makes a file (or, with OPEN_DIRECTORY, a directory) and opens it. EXISTS if it is there and
 * OPEN_EXCLUSIVE was given; without that flag an existing file is opened. */
[[nodiscard]] enum status file_create(struct file *file, struct span path, u32 flags);

/* Opens relative to an open directory, by its capability, without the namespace. */
[[nodiscard]] enum status file_open_at(struct file *file, handle_t directory, struct span path, u32 flags);

/* Both ends of a new pipe, from the pipe service at /dev/pipe. */
[[nodiscard]] enum status file_open_pipe(struct file *reading, struct file *writing);

/* A file that the process was started with: "stdin", "stdout", "stderr". NOT_FOUND if it has
 * none of that name. */
[[nodiscard]] enum status file_inherit(struct file *file, struct span name);

/* A file around a capability that the caller has; closing the file drops it. */
struct file file_from_cap(handle_t cap, u32 flags);

void file_close(struct file *file);
static inline bool file_is_open(const struct file *file) { return file->cap.v != 0 || file->path_bytes != 0; }

/* Reads up to the length of `to` from the file's offset and moves the offset. *count 0 with OK is
 * the end. A stream may wait until there is data. */
[[nodiscard]] enum status file_read(struct file *file, struct mspan to, usize *count);
[[nodiscard]] enum status file_read_at(struct file *file, u64 offset, struct mspan to, usize *count);

/* Writes all of `from`, in as many requests as it takes. */
[[nodiscard]] enum status file_write(struct file *file, struct span from);
/* One request; *count may be less than asked. */
[[nodiscard]] enum status file_write_some(struct file *file, u64 offset, struct span from, usize *count);

[[nodiscard]] enum status file_stat(struct file *file, struct file_stat *out);
[[nodiscard]] enum status file_resize(struct file *file, u64 bytes);
[[nodiscard]] enum status file_control(struct file *file, u64 code, u64 value, u64 *result);

/* Without opening: */
[[nodiscard]] enum status file_remove(struct span path);
[[nodiscard]] enum status file_stat_path(struct span path, struct file_stat *out);
/* A whole small file at once; TOO_LONG if it does not fit. */
[[nodiscard]] enum status file_load(struct span path, struct mspan to, usize *count);

/* Adds what the status means; of GIVEN_UP also which service it was that was asked last. */
struct text;
void file_add_status(struct text *line, enum status status);

/* The working directory that relative paths start from. */
[[nodiscard]] enum status file_set_cwd(struct span path);
struct span file_cwd(void);

/* Asks the server behind the path whether it answers. */
[[nodiscard]] enum status file_ping(struct span path, u64 deadline_ns);

#endif
