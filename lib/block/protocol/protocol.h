/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of disks serve beside files and leases (lib/lease, docs/adr/0037): requests whose data lies in a window, memory
 * that the driver lends with an open file and that its device reads and writes. They come by calls, one each, or, where a client
 * has several under way, through rings (lib/ring) in the first page of the window (docs/adr/0052).
 *
 * Every request may be made twice, as long as nothing that was made after its answer is: it says what is to be where, not
 * what is to change. So a request without an answer is made again after its driver's death.
 */
#ifndef LIB_BLOCK_PROTOCOL_PROTOCOL_H
#define LIB_BLOCK_PROTOCOL_PROTOCOL_H

#include "lib/lease/protocol/protocol.h"
#include "lib/ring/ring.h"

/* Labels of calls to an open file of a disk. */
enum : u32 {
	/* Carries out one request; words: enum block_do_word. */
	BLOCK_DO = LEASE_LABEL_OWN,
};

/* Words of the answer to LEASE_TAKE. */
enum block_lease_word : u32 {
	BLOCK_LEASE_SECTORS,  /* of the disk */
	BLOCK_LEASE_DISCARD,  /* sectors that one request may discard; 0: it cannot */
	BLOCK_LEASE_ZERO,
	BLOCK_LEASE_WORDS,
};

enum block_do_word : u32 {
	BLOCK_DO_OP,          /* enum block_op */
	BLOCK_DO_SECTOR,
	BLOCK_DO_SECTORS,
	BLOCK_DO_AT,          /* bytes into the window */
	BLOCK_DO_WORDS,
};

enum block_op : u32 {
	BLOCK_READ,     /* from disk to window */
	BLOCK_WRITE,
	BLOCK_FLUSH,    /* what was answered before it was asked for outlives the machine's power when it is answered */
	BLOCK_DISCARD,  /* what the sectors hold does not matter any more */
	BLOCK_ZERO,     /* they hold zeroes */
	BLOCK_OPS,
};

enum : u64 { BLOCK_SECTOR_BYTES = 512, BLOCK_WINDOW_BYTES = 64 * 1024 };
enum : u64 { BLOCK_WINDOW_SECTORS = BLOCK_WINDOW_BYTES / BLOCK_SECTOR_BYTES };

/* ---- rings ---- */

enum : u32 { BLOCK_TOGETHER = 16 /* requests under way */ };
enum : u64 { BLOCK_RINGS_BYTES = 4096 };

/* Words of a request through a ring, behind its number, and of its answer. One that cannot be, which the client could know, is
 * not answered: the client is told to ask (LEASE_DOUBT), and his rings are served no more. */
enum block_ring_word : u32 {
	BLOCK_RING_WHAT = 1,  /* enum block_op; sectors in the upper half. Of an answer, the status */
	BLOCK_RING_SECTOR,
	BLOCK_RING_AT,        /* bytes into the window, BLOCK_RINGS_BYTES at least */
};

/* Of the client's signal: there are answers. */
enum : u64 { BLOCK_ANSWERED = 1 };

static inline struct mspan block_rings(struct mspan window) { return mspan_first(window, BLOCK_RINGS_BYTES); }

#endif
