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

#include "abi/errors.h"
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
	BLOCK_LEASE_MOST,     /* sectors that one request may discard, and in the upper half, zero; 0: it cannot */
	BLOCK_LEASE_UNIT,     /* sectors of a block: 1 to 8, a power of two */
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

/* ---- what may be asked ---- */

/* Of a disk: its sectors, how many one request may discard or zero (0: it cannot), and how many a block has, which is read and
 * written as a whole: a power of two. */
struct block_limits {
	u64 sectors;
	u32 discard_most, zero_most, unit;
};

/* As it came; anything. */
struct block_asked {
	u64 op, sector, sectors;
	u64 at, at_least;  /* where in the window its data is, and may begin */
};

static inline bool block_has_data(u64 op) { return op == BLOCK_READ || op == BLOCK_WRITE; }

/* Drivers ask this of what came, and clients of what a ring would be ended for: of a file that was opened with these flags. OK;
 * DENIED; NOT_SUPPORTED: the disk cannot; INVALID: not on the disk, not whole blocks, not in the window, or more than one request
 * may.
 * INV: what is OK reaches no further than the window. */
[[nodiscard]] enum status block_allowed(const struct block_limits *limits, u32 flags, const struct block_asked *asked);

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
