/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks out of arenas. Block b is bit (b - 1) % ARENA_BLOCKS of arena (b - 1) / ARENA_BLOCKS.
 */
#include "userspace/services/tmpfs/blocks.h"
#include "lib/rt/memory.h"

struct arena {
	pages_t pages; /* 0: there is none */
	u32 taken;     /* a bit for each block */
};

enum : u32 { ALL_TAKEN = U32_MAX };
static_assert(ARENA_BLOCKS == 32, "a word of bits per arena");

static struct arena arenas[ARENAS_MAX];
static u32 used;

u32 blocks_used(void) { return used; }

/* An arena with a free block: one in use first, so that others can be given back. */
static enum status find_arena(u32 *index)
{
	u32 empty = ARENAS_MAX;

	for (u32 i = 0; i < ARENAS_MAX; i++) {
		if (arenas[i].pages.v == 0 && empty == ARENAS_MAX)
			empty = i;
		if (arenas[i].pages.v != 0 && arenas[i].taken != ALL_TAKEN) {
			*index = i;
			return STATUS_OK;
		}
	}
	if (empty == ARENAS_MAX)
		return STATUS_NO_SPACE;
	*index = empty;
	return rt_pages_create((u64)ARENA_BLOCKS * BLOCK_BYTES, true, &arenas[empty].pages) == STATUS_OK ? STATUS_OK :
		STATUS_NO_SPACE;
}

struct mspan block_bytes(u32 block)
{
	const struct arena *arena = ELEM(arenas, (block - 1) / ARENA_BLOCKS);

	return mspan_part(rt_pages_mspan(arena->pages), (u64)((block - 1) % ARENA_BLOCKS) * BLOCK_BYTES, BLOCK_BYTES);
}

enum status block_take(u32 *block)
{
	u32 index = 0;
	enum status status = find_arena(&index);

	if (status != STATUS_OK)
		return status;
	struct arena *arena = ELEM(arenas, index);
	u32 bit = (u32)__builtin_ctz(~arena->taken);

	arena->taken |= 1u << bit;
	*block = index * ARENA_BLOCKS + bit + 1;
	used++;
	mspan_fill(block_bytes(*block), 0);
	return STATUS_OK;
}

void block_release(u32 block)
{
	struct arena *arena = ELEM(arenas, (block - 1) / ARENA_BLOCKS);

	arena->taken &= ~(1u << (block - 1) % ARENA_BLOCKS);
	used--;
	if (arena->taken == 0) {
		rt_pages_release(arena->pages);
		arena->pages = (pages_t){};
	}
}
