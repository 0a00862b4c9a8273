/* SPDX-License-Identifier: Apache-2.0
 *
 * The buddy allocator of frames. Any zone that satisfies what the kernel keeps (INV-BUDDY; lists that hold
 * exactly the free blocks; the right count), one block taken or given, and it is kept again.
 *
 * The zone begins and ends where larger blocks do not, so that its edges are met. A page holds two words: the
 * links of a free block.
 */
#include "kernel/raw/frame_access.h"

/* WHY: a pointer to one of few objects is far cheaper for CBMC than one made from a number. */
static struct frame_words *prove_frame_words(paddr_t frame);
#define frame_words(frame) prove_frame_words(frame)
#include "kernel/core/mem/frame.c"
#undef frame_words

enum : u64 { FIRST = 2, END = 6 };

struct cpu *prove_this_cpu;
struct cpu core_boot_cpu;

static struct zone *zone;
static struct frame_words *words[END];

/* Frames of the model are objects of their own. */
static struct frame_words *prove_frame_words(paddr_t frame)
{
	u64 number = frame.v >> PAGE_SHIFT;

	PROVE(number >= FIRST && number < END, "only frames of the zone are touched");
	for (u64 i = FIRST; i < END - 1; i++)
		if (i == number)
			return words[i];
	return words[END - 1];
}

vaddr_t hal_direct(paddr_t frame) { return (vaddr_t){ frame.v }; }
struct cpu *cpu_at(u32 id) { (void)id; return &core_boot_cpu; }
u32 cpus_there = 1;
u32 hal_cpu_node(u32 cpu) { (void)cpu; return ANY(u32); }
bool zones_find(const struct boot_info *info, struct zone_list *list) { (void)info; (void)list; return false; }

/* ---- what is kept ---- */

static u8 state(u64 number) { return zone->map->state[number - FIRST]; }
static bool block(u64 number, u32 order) { return number >= FIRST && number < END && state(number) == (BLOCK_FREE | order); }

/* The frame lies in a free block. */
static bool is_free(u64 number)
{
	bool found = false;

	for (u32 order = 0; order < FRAME_ORDERS; order++)
		found = found || block(number & ~((1ull << order) - 1), order);
	return found;
}

/* Free blocks are aligned, inside, do not overlap, and no buddy of one is free. */
static bool blocks_kept(u64 *frames)
{
	bool holds = true;

	*frames = 0;
	for (u64 i = FIRST; i < END; i++) {
		u32 order = state(i) & 0x7f;
		u64 size = 1ull << (order < FRAME_ORDERS ? order : 0), buddy = i ^ size;

		if (state(i) == 0)
			continue;
		holds = holds && state(i) >= BLOCK_FREE && order < FRAME_ORDERS && (i & (size - 1)) == 0 && i + size <= END;
		for (u64 k = i + 1; k < END; k++)
			holds = holds && IMPLIES(k < i + size, state(k) == 0);
		holds = holds && !(order + 1 < FRAME_ORDERS && block(buddy, order));
		*frames += size;
	}
	return holds;
}

/* The list of an order visits each free block of that order once, and goes both ways. */
static bool list_kept(u32 order)
{
	bool seen[END] = {}, holds = true;
	u64 at = zone->head[order], before = 0;

	for (u64 step = FIRST; step < END; step++) {
		if (at == 0)
			continue;
		if (at - 1 < FIRST || at > END || !block(at - 1, order) || seen[at - 1])
			return false;
		seen[at - 1] = true;
		holds = holds && words[at - 1]->word[LINK_PREV] == before;
		before = at;
		at = words[at - 1]->word[LINK_NEXT];
	}
	for (u64 i = FIRST; i < END; i++)
		holds = holds && seen[i] == block(i, order);
	return holds && at == 0;
}

static bool kept(void)
{
	u64 frames = 0;
	bool holds = blocks_kept(&frames);

	for (u32 order = 0; order < FRAME_ORDERS; order++)
		holds = holds && list_kept(order);
	return holds && zone->free_frames == frames;
}

static void any_zone(void)
{
	prove_this_cpu = &core_boot_cpu;
	zone = &zones[0];
	zone_count = 1;
	zone->first = FIRST;
	zone->end = END;
	zone->free_frames = ANY(u64);
	zone->map = malloc(sizeof(struct frame_map) + END - FIRST);
	zone->map->count = END - FIRST;
	for (u64 i = FIRST; i < END; i++) {
		words[i] = NEW(struct frame_words);
		zone->map->state[i - FIRST] = ANY(u8);
	}
	for (u32 order = 0; order < FRAME_ORDERS; order++)
		zone->head[order] = ANY(u64);
	ASSUME(kept());
}

void prove_take(void)
{
	u32 order = ANY(u32);
	u64 some = ANY(u64), frames;
	bool enough = false;

	any_zone();
	ASSUME(some >= FIRST && some < END);
	frames = zone->free_frames;
	bool free = is_free(some);

	for (u32 larger = 0; larger < FRAME_ORDERS; larger++)
		enough = enough || (larger >= order && zone->head[larger] != 0);
	struct frame_result got = frame_alloc(order);
	u64 first = got.frame.v >> PAGE_SHIFT, size = got.ok ? 1ull << order : 0;

	PROVE(kept(), "taking a block keeps what the kernel keeps");
	PROVE(got.ok == enough, "a block is found exactly if there is one that is large enough");
	PROVE(zone->free_frames == frames - size, "the count goes down by what was taken");
	bool taken = got.ok && some >= first && some < first + size;

	PROVE(IMPLIES(taken, free), "what is taken was free");
	PROVE(is_free(some) == (free && !taken), "exactly what was taken is free no more");
	PROVE(IMPLIES(got.ok, (first & (size - 1)) == 0 && first >= FIRST && first + size <= END), "it is aligned, and in the zone");
	PROVE(zone->lock.taken == 0, "the lock is free again");
}

void prove_give(void)
{
	u32 order = ANY(u32);
	u64 some = ANY(u64), first = ANY(u64), frames;

	any_zone();
	ASSUME(some >= FIRST && some < END && order < FRAME_ORDERS && first >= FIRST && first < END);
	u64 size = 1ull << order;

	ASSUME((first & (size - 1)) == 0 && first + size <= END);
	for (u64 i = FIRST; i < END; i++)
		ASSUME(IMPLIES(i >= first && i < first + size, !is_free(i)));
	bool free = is_free(some);

	frames = zone->free_frames;
	frame_free(frame_of(first), order);
	PROVE(kept(), "giving a block back keeps what the kernel keeps: buddies are joined");
	PROVE(zone->free_frames == frames + size, "the count goes up by what was given");
	PROVE(is_free(some) == (free || (some >= first && some < first + size)), "exactly what was given is free besides");
}
