/* SPDX-License-Identifier: Apache-2.0
 *
 * What lies where in kept state. Inside of lib/keep; the keeper reads the head, to tell people.
 */
#ifndef LIB_KEEP_LAYOUT_H
#define LIB_KEEP_LAYOUT_H

#include "lib/keep/keep.h"

enum : u64 { KEEP_MAGIC = 0x315045454b524546ull /* "FERKEEP1" in the memory of a little-endian machine */ };

/* At the beginning of the memory. Numbers of 8 bytes, so that each is there or not. */
struct keep_head {
	u64 magic;         /* written last when state is made */
	u64 version;       /* of the service's tables */
	u64 table_bytes;   /* that have a checksum */
	u64 sum;
	u64 next_sum;      /* once the log has been carried out */
	u64 log_bytes;
	u64 log_valid;     /* 1: what the log says is decided and may not have been carried out */
	u64 restored;      /* how often an instance went on with what was there */
	u64 begun_anew;    /* how often it could not, because of damage or another version */
	u64 reason;        /* enum keep_found of the last time that it could not */
};
static_assert(sizeof(struct keep_head) == 80, "layout of the head of kept state");

enum : u64 {
	KEEP_DESK_AT = 256,
	KEEP_LOG_AT = 4096,
	KEEP_TABLES_AT = KEEP_LOG_AT + KEEP_LOG_BYTES,
	KEEP_ENTRY_BYTES = 16, /* of the log: place and length, then the bytes */
};

/* ---- log.c ---- */

/* Carries out the log. False, with nothing done, if it is not one that this library wrote. */
[[nodiscard]] bool keep_log_apply(struct mspan memory, u64 bytes);
/* The sum once the log's entries are carried out. */
u64 keep_log_sum(struct mspan memory, u64 bytes, u64 sum);
/* Of the tables: order of bytes matters, order of adding does not. */
u64 keep_sum(struct span bytes, u64 at);

#endif
