/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk from its client's side, without copies: the device reads and writes the window that is mapped here. Each request is
 * repeated when the driver dies before it has answered, so that nobody notices more than a pause (docs/adr/0037).
 *
 * One request at a time is a call, block_do. It may be called by several threads at once, each with its own part of the window.
 * One thread has several requests under way by rings, at less for each (docs/adr/0052):
 *
 *	block_begin(&block);                                 the window's first BLOCK_RINGS_BYTES are taken for that
 *	block_submit(&block, BLOCK_READ, sector, sectors, at, &number);
 *	block_submit(&block, BLOCK_READ, ...);
 *	block_wait(&block, RT_FOREVER, &done);               tells the driver, and waits for any of them
 *
 * They are done in any order: who wants one behind another waits for that one's answer. A flush covers what was answered before
 * it was submitted.
 */
#ifndef LIB_BLOCK_BLOCK_H
#define LIB_BLOCK_BLOCK_H

#include "lib/block/protocol/protocol.h"
#include "lib/lease/lease.h"

struct block {
	struct lease lease;
	struct block_limits limits;
	struct ring_client ring;
};

/* Opens a disk by path; flags: OPEN_READ, OPEN_WRITE. NOT_SUPPORTED: the path is no disk's. BUSY: all windows are lent. */
[[nodiscard]] enum status block_open(struct block *block, struct span path, u32 flags);
void block_close(struct block *block);

/* The window, BLOCK_WINDOW_BYTES. */
static inline struct mspan block_window(const struct block *block) { return lease_window(&block->lease); }

/* One request; `at` is where in the window its data lies. Errors: INVALID for what is not on the disk or too much at once,
 * DENIED, BUSY (too many requests wait), IO, NOT_SUPPORTED; STALE: the driver lost what it kept, and the window with it. */
[[nodiscard]] enum status block_do(const struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at);

/* ---- several under way, by one thread ---- */

/* Once, after block_open. */
[[nodiscard]] enum status block_begin(struct block *block);

/* The number that the next request gets: below BLOCK_TOGETHER, which it is if as many are under way. */
u32 block_next(const struct block *block);

/* One more request, told of with the next block_tell or block_wait; `at' is BLOCK_RINGS_BYTES at least. Its number
 * is its own until its answer. BUSY: as many are under way. INVALID, DENIED, NOT_SUPPORTED: as block_do. */
[[nodiscard]] enum status block_submit(struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at, u32 *number);
void block_tell(struct block *block);

struct block_done {
	u32 number;
	enum status status;   /* IO, NOT_SUPPORTED */
};

/* The next that is done, in any order. NOT_FOUND: none is under way; TIMED_OUT; STALE: as block_do; IO: the device is gone;
 * GIVEN_UP: the driver was. After these three whatever was under way may have been done or not. */
[[nodiscard]] enum status block_wait(struct block *block, u64 deadline_ns, struct block_done *done);

#endif
