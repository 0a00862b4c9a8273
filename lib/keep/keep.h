/* SPDX-License-Identifier: Apache-2.0
 *
 * State that outlives its process: docs/adr/0035. The keeper holds a memory object for the service
 * and hands it to each instance under the name "state". A service goes on working on its own static
 * tables; this library has a copy of each of their records in that memory, and changes the copy in
 * transactions: what was said to have changed since the last keep_commit is in the copy as a whole or
 * not at all, at whatever instruction the process is ended.
 *
 *	static struct node nodes[NODES_MAX];
 *	static struct keep_part kept_nodes;
 *
 *	keep_open(VERSION);
 *	keep_add(&kept_nodes, MSPAN_OF_ARRAY(nodes), sizeof(struct node));   (fills nodes in, if there is a copy)
 *	keep_ready();
 *	...
 *	node->bytes = 5;
 *	keep_changed(&kept_nodes, number, SPAN_OF_STRUCT(*node));
 *	keep_commit();
 *
 * The copies have a checksum, which each commit brings up to date. What was found damaged or of another
 * version is not used: the service begins anew, and says so. Without "state" all of this does nothing.
 *
 * Bulk is memory beside that, for data whose place a record names: it is written at once, has no
 * checksum, and a service writes only where no committed record refers to, or what it will write again.
 *
 * One thread only. Records must not hold handles or pointers that another process would use.
 */
#ifndef LIB_KEEP_KEEP_H
#define LIB_KEEP_KEEP_H

#include "lib/base/span.h"

/* Where the copies of a table lie. */
struct keep_part {
	u64 at;
	u32 record_bytes;
	u32 count;
};

enum keep_found : u32 {
	KEEP_NONE,     /* the process was not given any state */
	KEEP_FRESH,    /* nothing is there yet */
	KEEP_RESTORED, /* tables are filled in as they are added */
	KEEP_DAMAGED,  /* a checksum was wrong: begins anew */
	KEEP_OTHER,    /* of another version: begins anew */
};

enum : u32 { KEEP_DESK_BYTES = 256, KEEP_LOG_BYTES = 24576 };

/* Once, before anything else. `bytes`: what the parts will take together. */
enum keep_found keep_open(u32 version, u64 bytes);
/* Beside a record: its bytes, whole words, which are the same whatever a word or an address of the machine has. */
#define KEEP_RECORD(type, size) static_assert(sizeof(type) == (size) && (size) % 8 == 0, "a kept record has one layout")

/* The same parts in the same order in every instance; record_bytes is a multiple of 8. */
void keep_add(struct keep_part *part, struct mspan records, u32 record_bytes);
/* True if parts are filled in. */
bool keep_is_restoring(void);
/* After the last part. */
void keep_ready(void);

/* The record has changed. The last word before a commit counts. INVARIANT: there is room, see keep_room. */
void keep_changed(const struct keep_part *part, u32 index, struct span record);
/* True if `records` more changes of at most `bytes` each fit before a commit. */
bool keep_room(u64 records, u64 bytes);
/* True if anything changed since the last commit. */
bool keep_pending(void);
void keep_commit(void);

/* A few bytes without checksum that change with a commit, or at once. */
void keep_desk(struct mspan desk);
void keep_desk_changed(struct span desk);
void keep_desk_now(struct span desk);

/* Takes `bytes` of bulk from the end of the state; the same in the same order in every instance. 0: there is none. */
u64 keep_bulk(u64 bytes);
struct mspan keep_bulk_bytes(u64 at, u64 bytes);

#endif
