/* SPDX-License-Identifier: Apache-2.0
 *
 * The sizes of what pools hold. Any pool.
 */
#include "kernel/core/object/sizes.c"

struct cpu *prove_this_cpu;
u64 lineage_revocations;

void prove_items(void)
{
	u32 pool = ANY(u32);

	ASSUME((pool != OBJECT_NONE && pool < OBJECT_COUNT) || (pool >= POOL_LINEAGE && pool < POOLS));
	u32 bytes = pool_item_bytes(pool), zeroed = pool_zeroed_bytes(pool), exact = *ELEM(exact_bytes, pool);

	PROVE(exact != 0 && bytes >= exact && bytes < exact + POOL_LINE_BYTES,
		"there is room for each item, and no more than a line beside");
	PROVE(bytes % POOL_LINE_BYTES == 0, "whole lines, so that each begins at one");
	PROVE(pool >= OBJECT_COUNT || exact >= sizeof(struct object), "an object has its header");
	PROVE(zeroed >= sizeof(struct pooled) && zeroed <= bytes, "what is zeroed lies in it");
	PROVE(pool != OBJECT_THREAD || zeroed >= __builtin_offsetof(struct thread, trace) + sizeof(struct trace_of_thread),
		"of a thread all but floating point");
	PROVE(pool != POOL_REGION || zeroed >= __builtin_offsetof(struct region, node) + sizeof(struct tree_node),
		"of a region its place in the tree: it is in none");
}
