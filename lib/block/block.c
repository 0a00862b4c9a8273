/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk from its client's side. See block.h.
 */
#include "lib/block/block.h"

enum status block_open(struct block *block, struct span path, u32 flags)
{
	struct message m;

	*block = (struct block){};
	enum status status = lease_open(&block->lease, path, flags);

	if (status == STATUS_OK)
		status = lease_take(&block->lease, false, BLOCK_WINDOW_BYTES, &m);
	if (status != STATUS_OK) {
		block_close(block);
		return status;
	}
	block->limits = (struct block_limits){ .sectors = m.word[BLOCK_LEASE_SECTORS],
		.discard_most = (u32)m.word[BLOCK_LEASE_MOST], .zero_most = (u32)(m.word[BLOCK_LEASE_MOST] >> 32),
		.unit = (u32)m.word[BLOCK_LEASE_UNIT] };
	return STATUS_OK;
}

void block_close(struct block *block)
{
	lease_close(&block->lease);
	*block = (struct block){};
}

enum status block_do(const struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at)
{
	struct message m = msg_make(BLOCK_DO, BLOCK_DO_WORDS);

	m.word[BLOCK_DO_OP] = op;
	m.word[BLOCK_DO_SECTOR] = sector;
	m.word[BLOCK_DO_SECTORS] = sectors;
	m.word[BLOCK_DO_AT] = at;
	return lease_call(&block->lease, &m);
}

/* ---- several under way ---- */

static struct mspan rings(const struct block *block) { return block_rings(block_window(block)); }

enum status block_begin(struct block *block)
{
	struct message m;
	enum status status = lease_take(&block->lease, true, BLOCK_WINDOW_BYTES, &m);

	if (status != STATUS_OK)
		return status;
	return ring_client_begin(&block->ring, rings(block), BLOCK_TOGETHER) ? STATUS_OK : STATUS_BAD_FORMAT;
}

u32 block_next(const struct block *block)
{
	u32 number = 0;

	while (number < BLOCK_TOGETHER && ring_client_waits(&block->ring, number))
		number++;
	return number;
}

enum status block_submit(struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at, u32 *number)
{
	struct ring_entry entry = { .word = { [BLOCK_RING_WHAT] = op | (u64)sectors << 32, [BLOCK_RING_SECTOR] = sector,
		[BLOCK_RING_AT] = at } };
	struct block_asked asked = { .op = op, .sector = sector, .sectors = sectors, .at = at, .at_least = BLOCK_RINGS_BYTES };
	/* WHY here: for one that cannot be the driver would end the ring. */
	enum status status = block_allowed(&block->limits, block->lease.file.flags, &asked);

	if (status == STATUS_OK)
		status = lease_is_good(&block->lease);
	if (status != STATUS_OK)
		return status;
	*number = block_next(block);
	if (*number == BLOCK_TOGETHER)
		return STATUS_BUSY;
	ring_client_ask(&block->ring, rings(block), *number, &entry);
	return STATUS_OK;
}

void block_tell(struct block *block)
{
	if (ring_client_tell(&block->ring, rings(block)))
		lease_ring(&block->lease);
}

static struct block_done done_of(const struct ring_entry *answer)
{
	u64 status = answer->word[BLOCK_RING_WHAT];

	return (struct block_done){ (u32)answer->word[RING_NUMBER], status < STATUS_COUNT ? (enum status)status : STATUS_IO };
}

enum status block_wait(struct block *block, u64 deadline_ns, struct block_done *done)
{
	while (block->ring.waiting != 0) {
		struct ring_entry answer;
		enum status status = lease_is_good(&block->lease);

		if (status != STATUS_OK)
			return status;
		enum ring_taken taken = ring_client_take(&block->ring, rings(block), &answer);

		if (taken == RING_TAKEN) {
			*done = done_of(&answer);
			return STATUS_OK;
		}
		if (taken == RING_BROKEN)
			return STATUS_BAD_FORMAT;
		block_tell(block);
		/* WHY again at once: of a new life what it has answered is not known, and it may sleep. */
		if (taken == RING_AGAIN || !ring_client_sleep(&block->ring, rings(block)))
			continue;
		status = lease_wait(&block->lease, BLOCK_ANSWERED, deadline_ns);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_NOT_FOUND;
}
