/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be asked of a disk. See protocol.h.
 */
#include "abi/ninep.h"
#include "lib/block/protocol/protocol.h"

static u64 most(const struct block_limits *limits, u64 op)
{
	if (op == BLOCK_DISCARD)
		return limits->discard_most;
	return op == BLOCK_ZERO ? limits->zero_most : BLOCK_WINDOW_SECTORS;
}

/* Not more sectors than a window has. */
static bool fits(const struct block_asked *a)
{
	return a->at % BLOCK_SECTOR_BYTES == 0 && a->at >= a->at_least && a->at <= BLOCK_WINDOW_BYTES &&
	       a->sectors * BLOCK_SECTOR_BYTES <= BLOCK_WINDOW_BYTES - a->at;
}

enum status block_allowed(const struct block_limits *limits, u32 flags, const struct block_asked *asked)
{
	u64 limit = most(limits, asked->op);

	if (asked->op >= BLOCK_OPS)
		return STATUS_INVALID;
	if (asked->op == BLOCK_FLUSH)
		return asked->sectors == 0 ? STATUS_OK : STATUS_INVALID;
	if ((flags & (asked->op == BLOCK_READ ? OPEN_READ : OPEN_WRITE)) == 0)
		return STATUS_DENIED;
	if (limit == 0)
		return STATUS_NOT_SUPPORTED;
	if (asked->sectors == 0 || asked->sectors > limit || asked->sector > limits->sectors ||
	    asked->sectors > limits->sectors - asked->sector || ((asked->sector | asked->sectors) & (limits->unit - 1)) != 0)
		return STATUS_INVALID;
	return !block_has_data(asked->op) || fits(asked) ? STATUS_OK : STATUS_INVALID;
}
