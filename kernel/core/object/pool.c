/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools: a locked free list each, filled a slab at a time.
 */
#include "kernel/core/object/pool.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/mem/shadow.h"
#include "kernel/core/object/sizes.h"
#include "kernel/raw/slab.h"

struct STABLE pool {
	struct lock lock;
	struct pooled *free;
	u32 item_bytes, zeroed_bytes;
	u32 slab_order;  /* frames in a slab, as a power of two */
	u64 slabs;
};

static struct pool pools[POOLS];

/* The smallest slab that wastes at most an eighth. */
static u32 slab_order_for(u32 item_bytes)
{
	for (u32 order = 0; order < 3; order++) {
		u64 bytes = PAGE_BYTES << order;

		if (item_bytes <= bytes && (bytes % item_bytes) * 8 <= bytes)
			return order;
	}
	return 3;
}

void pool_init(void)
{
	for (u32 i = 0; i < POOLS; i++) {
		struct pool *pool = ELEM(pools, i);

		lock_init(&pool->lock, LOCK_POOL);
		pool->item_bytes = pool_item_bytes(i);
		pool->zeroed_bytes = pool_zeroed_bytes(i);
		if (pool->item_bytes == 0)
			continue;
		pool->item_bytes += SHADOW_EDGE_BYTES;
		pool->slab_order = slab_order_for(pool->item_bytes);
	}
}

/* Adds a slab's items to the free list. The lock is not held: frames come first. */
static bool pool_grow(struct pool *pool, u32 id)
{
	INVARIANT(pool->item_bytes != 0, "INV-POOL-KIND");
	struct frame_result slab = frame_alloc(pool->slab_order);

	if (!slab.ok)
		return false;
	u64 count = (PAGE_BYTES << pool->slab_order) / pool->item_bytes;

	if (FERROUS_KASAN)
		shadow_slab(slab.frame, pool->slab_order, id, pool->item_bytes);
	lock_take(&pool->lock);
	pool->slabs++;
	for (u64 i = 0; i < count; i++) {
		struct pooled *item = slab_item(slab.frame, pool->item_bytes, i);

		item->pool = id;
		item->generation = 0;
		item->next = pool->free;
		pool->free = item;
	}
	lock_release(&pool->lock);
	return true;
}

static FORCE_INLINE struct pooled *pool_pop(struct pool *pool)
{
	lock_take(&pool->lock);
	struct pooled *item = pool->free;

	if (item != nullptr)
		pool->free = item->next;
	lock_release(&pool->lock);
	return item;
}

static FORCE_INLINE struct pooled *taken(const struct pool *pool, u32 id, struct pooled *item)
{
	INVARIANT(item->pool == id, "INV-POOL-TYPE");
	if (FERROUS_KASAN)
		shadow_item_taken(item, pool->item_bytes);
	slab_item_zero(item, pool->zeroed_bytes);
	item->generation++;
	return item;
}

/* Out of line and called last: else it would cost every taker its saved registers. */
static __attribute__((noinline)) struct pooled *take_new(struct pool *pool, u32 id)
{
	struct pooled *item = pool_grow(pool, id) ? pool_pop(pool) : nullptr;

	return item != nullptr ? taken(pool, id, item) : nullptr;
}

struct pooled *pool_take(u32 id)
{
	struct pool *pool = ELEM(pools, id);
	struct pooled *item = pool_pop(pool);

	return LIKELY(item != nullptr) ? taken(pool, id, item) : take_new(pool, id);
}

void pool_give(struct pooled *item)
{
	struct pool *pool = ELEM(pools, item->pool);

	lock_take(&pool->lock);
	if (FERROUS_KASAN) {
		shadow_item_free(item, pool->item_bytes);
		item = shadow_delay_item(item);
	}
	if (item != nullptr) {
		item->next = pool->free;
		pool->free = item;
	}
	lock_release(&pool->lock);
}

u64 pool_bytes(void)
{
	u64 bytes = 0;

	for (u32 i = 0; i < POOLS; i++)
		bytes += pools[i].slabs * (PAGE_BYTES << pools[i].slab_order);
	return bytes;
}
