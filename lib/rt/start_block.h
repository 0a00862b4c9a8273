/* SPDX-License-Identifier: Apache-2.0
 *
 * The start block: what a new process is told by whoever started it. One page, mapped
 * read-only; its address is the first thread's argument. lib/spawn writes it, lib/rt reads it.
 *
 * A handle has a name; well-known names are listed below. A handle may also carry the path it
 * was opened with, so that the file can be opened again when its server restarts; an entry with
 * handle 0 and a path is a file that is opened on first use.
 */
#ifndef LIB_RT_START_BLOCK_H
#define LIB_RT_START_BLOCK_H

#include "lib/base/addr.h"

enum : u32 {
	START_MAGIC = 0x54525453u /* "STRT" in memory order */,
	START_VERSION = 1,
	START_NAME_BYTES = 24,
	START_PATH_BYTES = 64,
	START_HANDLES_MAX = 24,
	START_ARGS_BYTES = 1536,
	START_ARGS_MAX = 64,
};

/* Well-known names:
 *   self      the own process         group     its resource group
 *   names     its namespace           activity  the first thread's activity
 *   stdin stdout stderr   files       faults    endpoint for faults of processes it starts
 *   endpoint  a service's own endpoint, with RECEIVE, SEND and BADGE
 *   signal    a service's signal, bound to its endpoint already
 *   log       the kernel's text log, to append to
 *   loader    the loader's endpoint: the right to start programs
 * Services find the grants of their manifest under the names given there. */
struct start_handle {
	char name[START_NAME_BYTES];
	u32 handle;
	u32 flags;                    /* of a file: the abi's open_flags */
	char path[START_PATH_BYTES];  /* of a file: absolute, or empty */
};

struct STABLE start_block {
	u32 magic;
	u32 version;
	u32 bytes;        /* sizeof(struct start_block) */
	u32 instance;     /* of a service: counts its starts from 1; else 0 */
	u32 handle_count;
	u32 arg_count;
	u32 args_bytes;   /* used bytes of args */
	u32 reserved;
	char program[START_NAME_BYTES];  /* name of the process */
	u64 reserved2[6];
	struct start_handle handle[START_HANDLES_MAX];
	char args[START_ARGS_BYTES];     /* arg_count texts, each terminated by a zero */
	char cwd[START_PATH_BYTES];      /* working directory, absolute; empty: "/" */
	u8 padding[64];
};

static_assert(sizeof(struct start_handle) == 96, "layout of a start handle");
static_assert(sizeof(struct start_block) == 4072, "layout of the start block");
static_assert(sizeof(struct start_block) <= PAGE_BYTES, "the start block fits a page");

#endif
