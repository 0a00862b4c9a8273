/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk from its client's side. See block.h.
 */
#include "lib/block/block.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/rt/message.h"

/* A request that ends its driver each time is not made for ever. WHY more than of files: a device may take longer than
 * whoever kills its driver waits. */
enum : u32 { DEATHS_MAX = 8 };

/* WHY on PEER_DIED too: what was done may be done again, as long as it was not answered. */
static enum status ask(const struct block *block, struct message *m)
{
	struct message question = *m;
	enum status status = STATUS_REPEAT;

	for (u32 i = 0; i < DEATHS_MAX && (status == STATUS_REPEAT || status == STATUS_PEER_DIED); i++) {
		*m = question;
		status = msg_call_status(block->file.cap, m, RT_FOREVER);
	}
	return status == STATUS_UNKNOWN_CALL ? STATUS_NOT_SUPPORTED : status;
}

/* WHY again without a capability: the driver died between deciding and giving it. */
static enum status lease(struct block *block)
{
	struct message m = {};
	enum status status = STATUS_OK;

	for (u32 i = 0; i < DEATHS_MAX && status == STATUS_OK && msg_caps(&m) == 0; i++) {
		m = msg_make(BLOCK_LEASE, 0);
		status = ask(block, &m);
	}
	if (status == STATUS_OK && msg_caps(&m) != 1)
		status = STATUS_BAD_FORMAT;
	if (status != STATUS_OK) {
		msg_drop_caps(&m, 0);
		return status;
	}
	handle_t window = msg_cap(&m, 0);

	block->sectors = m.word[BLOCK_LEASE_SECTORS];
	block->discard_most = (u32)m.word[BLOCK_LEASE_DISCARD];
	block->zero_most = (u32)m.word[BLOCK_LEASE_ZERO];
	status = rt_pages_map(window, 0, BLOCK_WINDOW_BYTES, MAP_READ | MAP_WRITE, &block->window);
	sys_cap_drop(window);
	return status;
}

enum status block_open(struct block *block, struct span path, u32 flags)
{
	*block = (struct block){};
	enum status status = file_open(&block->file, path, flags);

	if (status == STATUS_OK)
		status = lease(block);
	if (status != STATUS_OK)
		block_close(block);
	return status;
}

void block_close(struct block *block)
{
	rt_pages_release(block->window);
	file_close(&block->file);
	*block = (struct block){};
}

struct mspan block_window(const struct block *block) { return rt_pages_mspan(block->window); }

enum status block_do(const struct block *block, enum block_op op, u64 sector, u32 sectors, u64 at)
{
	struct message m = msg_make(BLOCK_DO, BLOCK_DO_WORDS);

	m.word[BLOCK_DO_OP] = op;
	m.word[BLOCK_DO_SECTOR] = sector;
	m.word[BLOCK_DO_SECTORS] = sectors;
	m.word[BLOCK_DO_AT] = at;
	return ask(block, &m);
}
