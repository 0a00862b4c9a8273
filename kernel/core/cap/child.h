/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes of lineages: how one is made. Inline in what adds a child, because deriving is to be cheap.
 */
#ifndef KERNEL_CORE_CAP_CHILD_H
#define KERNEL_CORE_CAP_CHILD_H

#include "kernel/core/cap/cap.h"
#include "kernel/raw/downcast.h"

/* Makes a held capability a child of what it was: a new node below its lineage.
 * Errors: TOO_DEEP, OUT_OF_FRAMES; it is still held and unchanged then. */
[[nodiscard]] static FORCE_INLINE enum status lineage_child(struct cap *cap)
{
	struct lineage *parent = cap->lineage;

	if (UNLIKELY(parent->depth + 1 >= LINEAGE_DEPTH_MAX))
		return STATUS_TOO_DEEP;
	struct pooled *item = pool_take(POOL_LINEAGE);

	if (UNLIKELY(item == nullptr))
		return STATUS_OUT_OF_FRAMES;
	struct lineage *node = pooled_as_lineage(item);

	node->parent = parent; /* the reference goes over from the capability */
	node->parent_epoch = atomic_load_acquire(&parent->epoch);
	node->depth = parent->depth + 1;
	node->refs = 1;
	node->object = cap->object;
	node->receivers_below = 0;
	cap->lineage = node;
	return STATUS_OK;
}

#endif
