/* SPDX-License-Identifier: Apache-2.0
 *
 * Type-stable pools: memory that was once an item of one pool is never anything else.
 * Item memory comes from whole frames and is not given back.
 */
#ifndef KERNEL_CORE_OBJECT_POOL_H
#define KERNEL_CORE_OBJECT_POOL_H

#include "abi/errors.h"
#include "lib/base/safe.h"

/* The first OBJECT_COUNT pools are those of the object types. */
enum pool_id : u32 {
	POOL_LINEAGE = 32,
	POOL_REGION,
	POOL_NS_NODE,
	POOL_MESSAGE,
	POOLS,
};

/* Items are whole lines of the cache. */
enum : u32 { POOL_LINE_BYTES = 64 };

/* First member of every item. */
struct STABLE pooled {
	struct pooled *next; /* free list, or the list of dead objects */
	u32 pool;
	u32 generation;      /* times taken */
};

/* Sets up the pools; sizes are the structs'. */
void pool_init(void);

/* A zeroed item, all but the header and what pool_zeroed_bytes says; null if no frames are left. */
[[nodiscard]] struct pooled *pool_take(u32 pool);

/* Nobody holds a pointer to the item any more. */
void pool_give(struct pooled *item);

/* Bytes of frames in all pools. */
u64 pool_bytes(void);

#endif
