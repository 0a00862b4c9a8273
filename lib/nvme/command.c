/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests as commands. See command.h.
 */
#include "lib/nvme/command.h"

/* SPEC: 6 "NVM Command Set", its opcodes */
enum : u8 { FLUSH = 0x00, WRITE = 0x01, READ = 0x02, ZERO = 0x08, MANAGE = 0x09 };
/* SPEC: 6 "Dataset Management command": one range, to be deallocated; "Write Zeroes command": blocks may be deallocated */
enum : u32 { RANGES_ONE = 0, DEALLOCATE = 1 << 2, ZERO_MAY_DEALLOCATE = 1 << 25 };
/* SPEC: 4.6.1 "Status Field Definition", "Generic Command Status Definition" */
enum : u32 { DONE = 0, INVALID_OPCODE = 1 };
/* The most pages that a window's worth of data lies in, of which the command itself names one. */
enum : u64 { LIST_MAX = BLOCK_WINDOW_BYTES / NVME_PAGE_BYTES };
static_assert(LIST_MAX * 8 <= NVME_AREA_BYTES, "the list of pages fits the area");

/* SPEC: 4.3: the first entry may begin within a page, all others begin one. The second is of a page, or of the list. */
static void add_data(struct nvme_command *c, const struct block_request *r, struct mspan area, u64 address)
{
	u64 end = r->data + r->sectors * BLOCK_SECTOR_BYTES, second = (r->data & ~(NVME_PAGE_BYTES - 1)) + NVME_PAGE_BYTES;

	c->first = r->data;
	if (second >= end)
		return;
	c->second = end - second <= NVME_PAGE_BYTES ? second : address;
	for (u64 i = 0; c->second == address && second + i * NVME_PAGE_BYTES < end; i++)
		mspan_put_le64(area, 8 * i, second + i * NVME_PAGE_BYTES);
}

static void add_range(struct nvme_command *c, u64 block, u32 blocks, struct mspan area, u64 address)
{
	mspan_put_le32(area, 0, 0);
	mspan_put_le32(area, 4, blocks);
	mspan_put_le64(area, 8, block);
	c->first = address;
	*ELEM(c->word, 0) = RANGES_ONE;
	*ELEM(c->word, 1) = DEALLOCATE;
}

static u8 opcode_of(enum block_op op)
{
	switch (op) {
	case BLOCK_READ: return READ;
	case BLOCK_WRITE: return WRITE;
	case BLOCK_DISCARD: return MANAGE;
	case BLOCK_ZERO: return ZERO;
	case BLOCK_FLUSH:
	case BLOCK_OPS: break;
	}
	return FLUSH;
}

struct nvme_command nvme_command_of(const struct block_request *r, u32 unit, struct mspan area, u64 address)
{
	struct nvme_command c = { .opcode = opcode_of(r->op), .namespace_id = NVME_NAMESPACE };
	u64 block = r->sector / unit;
	u32 blocks = r->sectors / unit;

	if (r->op == BLOCK_DISCARD) {
		add_range(&c, block, blocks, area, address);
	} else if (r->op != BLOCK_FLUSH) {
		*ELEM(c.word, 0) = (u32)block;
		*ELEM(c.word, 1) = (u32)(block >> 32);
		*ELEM(c.word, 2) = (blocks - 1) | (r->op == BLOCK_ZERO ? ZERO_MAY_DEALLOCATE : 0);
	}
	if (block_has_data(r->op))
		add_data(&c, r, area, address);
	return c;
}

enum status nvme_outcome(u32 status)
{
	switch (status) {
	case DONE: return STATUS_OK;
	case INVALID_OPCODE: return STATUS_NOT_SUPPORTED;
	default: return STATUS_IO;
	}
}
