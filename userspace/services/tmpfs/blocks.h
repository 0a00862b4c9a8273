/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for files, in blocks of a page. Each block has a kept record: of which file it is, and which
 * part. Blocks come from arenas that are charged to the service as a whole, so that running out is an
 * answer and not a fault. Arenas lie in the vault and outlive the service. None is given back: blocks that are free are used for
 * what is written next.
 */
#ifndef USERSPACE_SERVICES_TMPFS_BLOCKS_H
#define USERSPACE_SERVICES_TMPFS_BLOCKS_H

#include "lib/base/span.h"
#include "abi/errors.h"

enum : u32 {
	BLOCK_BYTES = 4096,
	ARENA_BLOCKS = 64,
	ARENAS_MAX = 64,
	BLOCKS_MAX = ARENA_BLOCKS * ARENAS_MAX,
	BLOCK_NONE = U32_MAX,
};

/* Of which file it is. */
struct block {
	u32 owner; /* node + 1; 0: free */
	u32 page;
};

/* The block with part `page` of a file, or BLOCK_NONE. */
u32 block_find(u32 node, u32 page);
/* A new one, zeroed. */
[[nodiscard]] enum status block_take(u32 node, u32 page, u32 *block);
void block_release(u32 block);
struct mspan block_bytes(u32 block);

void blocks_keep(void);
/* Once the records are there: finds the arenas again. */
void blocks_kept(void);

#endif
