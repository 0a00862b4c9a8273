/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting programs. The loader makes the process and maps the program into it; this library
 * then gives it exactly the handles asked for, writes its start block and starts its first
 * thread. So the loader never holds the caller's capabilities, and the caller needs no
 * authority over code.
 *
 *	static struct spawn child;               (too large for a stack)
 *	spawn_begin(&child, span_text("bin/sh"));
 *	spawn_add_arg(&child, span_text("-v"));
 *	spawn_inherit_files(&child);
 *	status = spawn_start(&child, &process);
 */
#ifndef LIB_SPAWN_SPAWN_H
#define LIB_SPAWN_SPAWN_H

#include "lib/9p/file.h"
#include "lib/rt/start_block.h"
#include "lib/rt/memory.h"

enum : u32 { SPAWN_PROGRAM_BYTES = 64, SPAWN_REASON_BYTES = 128 };

/* The loader's protocol: one operation.
 * in: struct load_request; words: [0] enum load_caps, which capabilities follow in this order.
 * answer: words entry, stack pointer, address of the start block; capabilities process (all
 * rights) and the memory of the start block. On failure: word 0 is the length of the reason in
 * the out buffer. */
enum : u32 { LOADER_LOAD = 0x100, LOADER_WHERE = 0x101 };
/* LOADER_WHERE, for crash records: word 0 is the id of a process; the answer's word 0 is where its
 * image lies, the out buffer gets its program's name (SPAWN_PROGRAM_BYTES). NOT_FOUND if the loader
 * did not load it or has forgotten. */
/* LOADER_INJECT, in a machine that was booted with the word `inject` only: changes text or data of a process while it runs, as
 * a broken machine or a mistake would. Word 0 is its id, word 1 enum inject_kind, word 2 a random number: its lower half says
 * where to look for a place, modulo what there is. The answer's word 0 is the place, an offset in text or data. NOT_FOUND if the
 * loader did not load it lately, or there is nothing of that kind. */
enum : u32 { LOADER_INJECT = 0x102 };
/* LOADER_TEXT, in such a machine: word 0 is a process, the answer's word 0 where it has its text. */
enum : u32 { LOADER_TEXT = 0x103 };
/* LOADER_HANG, in such a machine: the loader does not come back, and is to be found by its heartbeat. */
enum : u32 { LOADER_HANG = 0x104 };
enum inject_kind : u32 {
	INJECT_TEXT_BIT,  /* one bit of text is another */
	INJECT_DATA_BIT,  /* of a byte that is not zero */
	INJECT_BRANCH,    /* a branch or call goes elsewhere */
	INJECT_POINTER,   /* what looks like an address in data is another */
	INJECT_LOOP,      /* the last: a branch or call goes to itself */
	INJECT_KIND_COUNT,
};
enum load_caps : u32 { LOAD_CAP_GROUP = 1, LOAD_CAP_NAMES = 2, LOAD_CAP_FAULTS = 4 };

struct load_request {
	char program[SPAWN_PROGRAM_BYTES]; /* "bin/NAME", or a path below /image */
	char name[32];                     /* of the process */
	u32 stack_pages;
	u32 reserved;
};
static_assert(sizeof(struct load_request) == 104, "layout of a request to the loader");

struct STABLE spawn {
	struct load_request request;
	handle_t loader;     /* all of these are preset by spawn_begin from the own process */
	handle_t group;      /* what the process is charged to; needs CREATE */
	handle_t names;      /* its namespace; none: it gets none. Preset: a clone of the own */
	bool drop_names;     /* the clone is given up after the start */
	handle_t faults;     /* where its faults go; none: a fault just ends it */
	u32 names_rights;    /* rights of "names" in the child */
	u32 group_rights;    /* rights of "group" in the child; 0: it gets no group */
	u32 self_rights;
	u32 priority;        /* of its first activity; 64 is best effort */
	struct start_block block;
	handle_t source[START_HANDLES_MAX];  /* what block.handle[i] is granted from; 0: path only */
	u32 rights[START_HANDLES_MAX];
	char reason[SPAWN_REASON_BYTES];     /* after a failure: why, in words */
	bool overflow;       /* something did not fit: spawn_start will refuse */
};

/* A program with its own group, names, faults and standard handles as preset. */
void spawn_begin(struct spawn *s, struct span program);

void spawn_add_arg(struct spawn *s, struct span arg);
/* Grants a capability under a name; a later one of the same name replaces the former. */
void spawn_add_handle(struct spawn *s, struct span name, handle_t handle, u32 rights);
/* Grants an open file, with its path so that the child can open it again. */
void spawn_add_file(struct spawn *s, struct span name, const struct file *file);
/* A file that the child opens itself, in its own namespace, on first use. */
void spawn_add_path(struct spawn *s, struct span name, struct span path, u32 flags);
/* stdin, stdout, stderr as the own process has them, and the working directory. */
void spawn_inherit_files(struct spawn *s);

/* Starts it. The process handle carries all rights: watch, kill, drop it. On failure nothing
 * is left behind, and spawn_reason says why. */
[[nodiscard]] enum status spawn_start(struct spawn *s, handle_t *process);

struct span spawn_reason(const struct spawn *s);

/* The half after the loader: grants, start block, first thread. For init, which loads itself. */
struct loaded {
	handle_t process;
	handle_t start_memory; /* the page of the start block, to be mapped and written */
	u64 entry, stack, start_address;
	u64 base;              /* where the image lies; known to the loader only */
};
[[nodiscard]] enum status spawn_finish(struct spawn *s, const struct loaded *loaded);

/* Waits until the process has ended; its exit status and reason. */
[[nodiscard]] enum status spawn_wait(handle_t process, u64 deadline_ns, u64 *exit_status, u32 *exit_reason);

#endif
