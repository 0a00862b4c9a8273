/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks out of arenas. Block b lies in arena b / ARENA_BLOCKS. Records are found by file and part
 * through chains that are made anew from the records in each instance.
 */
#include "userspace/services/tmpfs/blocks.h"
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/rt/memory.h"
#include "lib/service/service.h"
#include "abi/stubs.h"
#include "abi/structs.h"

struct arena {
	pages_t pages; /* 0: there is none */
	u32 used;
};

enum : u32 { CHAINS = 1024 };
enum : u64 { ARENA_BYTES = (u64)ARENA_BLOCKS * BLOCK_BYTES };

static struct block blocks[BLOCKS_MAX];
KEEP_RECORD(struct block, 8);
static struct keep_part kept_blocks;
static struct arena arenas[ARENAS_MAX];
static u32 chain[CHAINS];     /* first block + 1 */
static u32 next[BLOCKS_MAX];  /* in its chain, + 1 */

static u32 *chain_of(u32 owner, u32 page) { return ELEM(chain, (page + owner * 61) % CHAINS); }

static void set_record(u32 block, u32 owner, u32 page)
{
	blocks[block] = (struct block){ .owner = owner, .page = page };
	keep_changed(&kept_blocks, block, SPAN_OF_STRUCT(*ELEM(blocks, block)));
}

static void enter(u32 block)
{
	u32 *first = chain_of(blocks[block].owner, blocks[block].page);

	next[block] = *first;
	*first = block + 1;
	arenas[block / ARENA_BLOCKS].used++;
}

u32 block_find(u32 node, u32 page)
{
	u32 at = *chain_of(node + 1, page);

	while (at != 0 && (blocks[at - 1].owner != node + 1 || blocks[at - 1].page != page))
		at = next[at - 1];
	return at == 0 ? BLOCK_NONE : at - 1;
}

/* ---- arenas ---- */

static void arena_name(u32 index, struct text *name)
{
	text_add(name, "/arena/");
	text_add_u64(name, index);
}

static enum status arena_make(u32 index)
{
	handle_t memory = {};
	TEXT_BUFFER(name, 32);
	enum status status = sys_memory_create(service_kept_group(), ARENA_BYTES, &memory);

	if (status != STATUS_OK)
		return STATUS_NO_SPACE;
	arena_name(index, &name);
	status = rt_pages_map(memory, 0, ARENA_BYTES, MAP_READ | MAP_WRITE | MAP_POPULATE, &ELEM(arenas, index)->pages);
	if (status == STATUS_OK && !handle_is_none(service_vault())) {
		status = sys_ns_bind(service_vault(), text_span(&name), memory, NS_ORDER_REPLACE);
		if (status != STATUS_OK) {
			rt_pages_release(arenas[index].pages);
			arenas[index].pages = (pages_t){};
		}
	}
	sys_cap_drop(memory);
	return status == STATUS_OK ? STATUS_OK : STATUS_NO_SPACE;
}

static enum status arena_find(u32 index)
{
	u64 found = 0;
	TEXT_BUFFER(name, 32);

	arena_name(index, &name);
	enum status status = sys_ns_lookup(service_vault(), text_span(&name), 0, &found);

	if (status != STATUS_OK)
		return status;
	handle_t memory = { (u32)found };

	status = rt_pages_map(memory, 0, ARENA_BYTES, MAP_READ | MAP_WRITE, &ELEM(arenas, index)->pages);
	sys_cap_drop(memory);
	return status;
}

/* An arena with a free block. WHY looked for in the vault: one that had no block in use when an instance ended is there still. */
static enum status arena_with_room(u32 *index)
{
	u32 empty = ARENAS_MAX;

	for (u32 i = 0; i < ARENAS_MAX; i++) {
		if (arenas[i].pages.v == 0 && empty == ARENAS_MAX)
			empty = i;
		if (arenas[i].pages.v != 0 && arenas[i].used != ARENA_BLOCKS) {
			*index = i;
			return STATUS_OK;
		}
	}
	if (empty == ARENAS_MAX)
		return STATUS_NO_SPACE;
	*index = empty;
	return arena_find(empty) == STATUS_OK ? STATUS_OK : arena_make(empty);
}

/* ---- blocks ---- */

struct mspan block_bytes(u32 block)
{
	struct mspan arena = rt_pages_mspan(arenas[block / ARENA_BLOCKS].pages);

	return mspan_part(arena, (u64)(block % ARENA_BLOCKS) * BLOCK_BYTES, BLOCK_BYTES);
}

enum status block_take(u32 node, u32 page, u32 *block)
{
	u32 index = 0;
	enum status status = arena_with_room(&index);

	if (status != STATUS_OK)
		return status;
	*block = index * ARENA_BLOCKS;
	while (blocks[*block].owner != 0)
		(*block)++;
	set_record(*block, node + 1, page);
	enter(*block);
	mspan_fill(block_bytes(*block), 0);
	return STATUS_OK;
}

void block_release(u32 block)
{
	u32 *at = chain_of(blocks[block].owner, blocks[block].page);

	while (*at != block + 1)
		at = ELEM(next, *at - 1);
	*at = next[block];
	arenas[block / ARENA_BLOCKS].used--;
	set_record(block, 0, 0);
}

/* ---- kept state ---- */

void blocks_keep(void) { keep_add(&kept_blocks, MSPAN_OF_ARRAY(blocks), sizeof(struct block)); }

void blocks_kept(void)
{
	for (u32 i = 0; i < BLOCKS_MAX; i++) {
		struct arena *arena = ELEM(arenas, i / ARENA_BLOCKS);

		if (blocks[i].owner == 0)
			continue;
		if (arena->pages.v == 0 && arena_find(i / ARENA_BLOCKS) != STATUS_OK) {
			rt_log(span_text("problem: a part of the files' memory is gone; it reads as zeros"));
			set_record(i, 0, 0);
			keep_commit();
		} else {
			enter(i);
		}
	}
}
