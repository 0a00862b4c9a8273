/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk from its client's side, without copies: the device reads and writes the window that is mapped here. Each request is
 * repeated when the driver dies before it has answered, so that nobody notices more than a pause (docs/adr/0037).
 *
 * block_do may be called by several threads at once, each with its own part of the window; that is how several requests are
 * under way.
 */
#ifndef LIB_BLOCK_BLOCK_H
#define LIB_BLOCK_BLOCK_H

#include "lib/9p/file.h"
#include "lib/block/protocol/protocol.h"
#include "lib/rt/memory.h"

struct block {
	struct file file;
	pages_t window;
	u64 sectors;
	u32 discard_most, zero_most;  /* sectors in one request; 0: the device cannot */
};

/* Opens a disk by path; flags: OPEN_READ, OPEN_WRITE. NOT_SUPPORTED: the path is no disk's. BUSY: all windows are lent. */
[[nodiscard]] enum status block_open(struct block *block, struct span path, u32 flags);
void block_close(struct block *block);

/* The window, BLOCK_WINDOW_BYTES. */
struct mspan block_window(const struct block *block);

/* One request; `at` is where in the window its data lies. Errors: INVALID for what is not on the disk or too much at once,
 * DENIED, BUSY (too many requests wait), IO, NOT_SUPPORTED; STALE: the driver lost what it kept, and the window with it. */
[[nodiscard]] enum status block_do(const struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at);

#endif
