/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for files, in blocks of a page. Blocks come from arenas that are charged to the service's
 * group as a whole, so that running out is an answer and not a fault; an arena whose blocks are
 * all free is given back.
 */
#ifndef USERSPACE_SERVICES_TMPFS_BLOCKS_H
#define USERSPACE_SERVICES_TMPFS_BLOCKS_H

#include "lib/base/span.h"
#include "abi/errors.h"

enum : u32 { BLOCK_BYTES = 4096, ARENA_BLOCKS = 32, ARENAS_MAX = 512 };

/* A zeroed block; its number is not 0. */
[[nodiscard]] enum status block_take(u32 *block);
void block_release(u32 block);
struct mspan block_bytes(u32 block);
/* Blocks in use. */
u32 blocks_used(void);

#endif
