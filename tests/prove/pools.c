/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools: how items lie in slabs, for every size of an item; and one item taken or given, of any free list.
 */
#include "kernel/raw/slab.c"
#include "kernel/core/object/pool.c"

enum : u32 { ITEMS = 3, ITEM_BYTES = 2 * POOL_LINE_BYTES, KIND = POOL_REGION };

struct cpu *prove_this_cpu;

static struct pool *pool;
static struct pooled *item[ITEMS];
static u64 slabs;                /* handed out */
static u8 *slab;                 /* the last one */

/* Nobody else is there who could have taken it. */
void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ at.v }; }
u32 pool_item_bytes(u32 id) { return id == KIND ? ITEM_BYTES : 0; }
u32 pool_zeroed_bytes(u32 id) { return pool_item_bytes(id); }

struct frame_result frame_alloc(u32 order)
{
	PROVE(order == pool->slab_order, "a slab is as large as it was reckoned");
	if (MAYBE())
		return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
	slabs++;
	slab = malloc(PAGE_BYTES << order);
	return (struct frame_result){ .ok = true, .frame = { (u64)(uptr)slab } };
}

/* Every item of every slab is inside it, aligned, and no two overlap. */
void prove_slabs(void)
{
	u32 bytes = ANY(u32), order;
	u64 index = ANY(u64);

	ASSUME(bytes != 0 && bytes % POOL_LINE_BYTES == 0 && bytes <= PAGE_BYTES << 3);
	order = slab_order_for(bytes);
	u64 slab = PAGE_BYTES << order, count = slab / bytes;

	PROVE(order <= 3 && count >= 1, "a slab has room for an item");
	PROVE(IMPLIES(order < 3, (slab - count * bytes) * 8 <= slab), "not much of it is wasted");
	ASSUME(index < count);
	PROVE(index * bytes + bytes <= slab, "every item is inside");
}

/* The free list visits each item that is free, once. */
static bool kept(bool *free)
{
	struct pooled *at = pool->free;
	bool holds = true;

	for (u32 i = 0; i < ITEMS; i++)
		free[i] = false;
	for (u32 step = 0; step < ITEMS; step++) {
		for (u32 i = 0; i < ITEMS && at != nullptr; i++)
			if (at == item[i]) {
				holds = holds && !free[i];
				free[i] = true;
			}
		holds = holds && (at == nullptr || at == item[0] || at == item[1] || at == item[2]);
		at = at != nullptr && holds ? at->next : nullptr;
	}
	return holds && at == nullptr;
}

static void any_pool(bool *free)
{
	pool = ELEM(pools, KIND);
	pool_init();
	for (u32 i = 0; i < ITEMS; i++) {
		item[i] = malloc(ITEM_BYTES);
		item[i]->pool = KIND;
		item[i]->generation = ANY(u32);
		u32 next = ANY(u32);

		item[i]->next = next < ITEMS ? item[next] : nullptr;
	}
	u32 first = ANY(u32);

	pool->free = first < ITEMS ? item[first] : nullptr;
	slabs = 0;
	ASSUME(kept(free));
}

static u8 byte_of(const struct pooled *at, u32 index)
{
	PROVE(index < ITEM_BYTES, "within the item");
	return ((const u8 *)at)[index];
}

void prove_take(void)
{
	bool before[ITEMS], after[ITEMS];
	u32 some = ANY(u32), generation = 0, index = ANY(u32);

	any_pool(before);
	ASSUME(some < ITEMS && index >= sizeof(struct pooled) && index < ITEM_BYTES && pool->free != nullptr);
	for (u32 i = 0; i < ITEMS; i++)
		generation = item[i] == pool->free ? item[i]->generation : generation;
	struct pooled *taken = pool_take(KIND);

	PROVE(taken != nullptr && slabs == 0, "an item that is free is found, and no frames are asked for");
	PROVE(kept(after) && pool->lock.taken == 0, "the list stays well formed");
	PROVE(after[some] == (before[some] && taken != item[some]), "exactly the item taken is free no more");
	PROVE(taken->pool == KIND && taken->generation == generation + 1,
		"it is of the pool, and known as another than before");
	PROVE(byte_of(taken, index) == 0, "nothing of what it was is left");
}

void prove_give(void)
{
	bool before[ITEMS], after[ITEMS];
	u32 some = ANY(u32), who = ANY(u32);

	any_pool(before);
	ASSUME(some < ITEMS && who < ITEMS && !before[who]);
	pool_give(item[who]);
	PROVE(kept(after) && pool->lock.taken == 0, "the list stays well formed");
	PROVE(after[some] == (before[some] || some == who), "exactly the item given is free besides");
}

/* Which item of the slab it is, if it is one. */
static u64 place_of(const struct pooled *at)
{
	u64 offset = (u64)(uptr)at - (u64)(uptr)slab;

	PROVE(offset < PAGE_BYTES && offset % ITEM_BYTES == 0, "an item of the slab");
	return offset / ITEM_BYTES;
}

void prove_grow(void)
{
	bool before[ITEMS], seen[PAGE_BYTES / ITEM_BYTES] = {};

	any_pool(before);
	struct pooled *head = pool->free, *at;
	u64 slabs_before = pool->slabs;
	bool done = pool_grow(pool, KIND);

	PROVE(done == (slabs == 1) && pool->slabs == slabs_before + done && pool->lock.taken == 0,
		"a slab is taken and counted, or there is none");
	at = pool->free;
	for (u32 i = 0; i < PAGE_BYTES / ITEM_BYTES && done; i++) {
		u64 place = place_of(at);

		PROVE(!seen[place] && at->pool == KIND && at->generation == 0, "each item of it is free, once, and of the pool");
		seen[place] = true;
		at = at->next;
	}
	PROVE(at == head, "before those that were");
}

/* A pool that has taken slabs of any size. */
static u64 any_slabs(u32 id)
{
	u32 order = ANY(u32) % 4, count = ANY(u16);

	pools[id] = (struct pool){ .slab_order = order, .slabs = count };
	return (u64)count * (PAGE_BYTES << order);
}

void prove_bytes(void)
{
	u64 taken = any_slabs(0) + any_slabs(KIND) + any_slabs(POOLS - 1);

	PROVE(pool_bytes() == taken, "what pools hold is what frames they have taken");
}
