/* SPDX-License-Identifier: Apache-2.0
 *
 * What a client of a shared folder wants, as the few requests in a row that it takes: a conversation with the server that goes on
 * by p9_task_ask and p9_task_heard. Pure logic: it neither waits nor keeps anything outside of the task, and several tasks
 * go on at once.
 *
 * Files are named by path and by `node', the server's number for them. A file that was opened once and has no fid any more,
 * because the server was reset, is walked to again; if something else is there by now, that is STALE. Paths have P9_WALK_NAMES
 * components at most.
 *
 * What would not be right a second time (to make, to remove, to append) says P9_COMMIT before the request that does it. If that
 * is kept, the task can be resumed from there: it then finds out whether it was done.
 */
#ifndef LIB_9P2000_TASK_H
#define LIB_9P2000_TASK_H

#include "abi/ninep.h"
#include "lib/9p2000/message.h"
#include "lib/path/path.h"

enum p9_work : u32 {
	P9_DO_BEGIN,   /* the session, before all others */
	P9_DO_OPEN, P9_DO_CREATE, P9_DO_REMOVE,                    /* by path */
	P9_DO_READ, P9_DO_WRITE, P9_DO_APPEND, P9_DO_STAT, P9_DO_RESIZE, P9_DO_LIST,  /* of an open file */
	P9_DO_CLUNK,   /* own_fid is not needed any more */
	P9_WORKS,
};

enum p9_stage : u32 {
	P9_AT_VERSION, P9_AT_ATTACH, P9_AT_WALK, P9_AT_KIND, P9_AT_OPEN, P9_AT_PARENT, P9_AT_MAKE, P9_AT_SIZE, P9_AT_ACT,
	P9_AT_ENTRY, P9_AT_ENTRY_SIZE, P9_AT_CLUNK,
};

struct p9_task {
	/* Given, by whoever begins it: */
	enum p9_work work;
	u32 flags;        /* the abi's open_flags, of OPEN and CREATE or of the open file */
	u32 fid;          /* of the open file; 0: it has to be opened again */
	u32 own_fid;      /* a number that nobody else uses meanwhile */
	u64 node;         /* of the open file; and found out by OPEN and CREATE */
	u64 offset;       /* of READ, WRITE; the length for RESIZE; found out by APPEND */
	u32 count;        /* of READ, WRITE, APPEND: asked for, then done */
	u64 index;        /* of LIST: which entry */
	u64 next_index, next_cookie;  /* of LIST: a place in the folder that is known, 0 its beginning; then the one behind */
	bool resumed;     /* it was kept by an instance that is gone, and may have been done */
	u32 path_bytes;
	char path[PATH_BYTES_MAX];

	/* What is under way: */
	enum p9_stage stage;
	bool own_held;    /* the server knows own_fid */
	bool made;
	u32 asks;
	struct p9_asked asked;

	/* Found out: */
	enum status status;
	struct p9_attributes about;   /* of OPEN, CREATE, STAT */
	bool found;                   /* of LIST: there is such an entry */
	struct dir_entry entry;
};

void p9_task_begin(struct p9_task *task);

/* Whether a path is short enough. */
bool p9_path_fits(struct span path);

/* Writes its next request; how long it is. `room': bytes for the answer. For WRITE and APPEND the data, task->count bytes, goes
 * to P9_WRITE_AT of it if `data' says so. */
u32 p9_task_ask(struct p9_task *task, u16 tag, struct mspan to, u32 *room, bool *data);

enum p9_then : u32 {
	P9_ASK,      /* go on with p9_task_ask */
	P9_COMMIT,   /* the same, after what was found out is kept */
	P9_OPENED,   /* own_fid is the open file's now: begin again, with that as fid and another own_fid */
	P9_DONE,     /* task->status says how; what data a read brought lies at P9_READ_AT of the answer */
	P9_WRONG,    /* the same, and the server answered what cannot be */
};
/* Hears the answer, of which `head' are the first bytes (all, but of READ). */
enum p9_then p9_task_heard(struct p9_task *task, struct span head, u32 written);

/* Whether it may only be done when no other of its kind is: what it finds out must stay so until it is done. */
bool p9_work_alone(enum p9_work work, u32 flags);

#endif
