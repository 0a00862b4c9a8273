/* SPDX-License-Identifier: Apache-2.0
 *
 * Lineage: revocation in constant time (docs/architecture.md, idea 2).
 *
 * Deriving makes a node that remembers its parent's epoch. Revoking bumps the node's epoch and
 * the global count of revocations; every descendant then disagrees with an epoch above it.
 * A node that was found valid at the present count need not be walked again.
 */
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/raw/downcast.h"

u64 lineage_revocations;

/* At most LINEAGE_DEPTH_MAX steps. Nodes below a revoked one stay invalid for ever, because
 * epochs only grow. */
HAL_RARE_CALL bool lineage_walk(struct lineage *lineage)
{
	u64 now = atomic_load_acquire(&lineage_revocations);

	for (struct lineage *node = lineage; node->parent != nullptr; node = node->parent)
		if (node->parent_epoch != atomic_load_acquire(&node->parent->epoch))
			return false;
	atomic_store(&lineage->checked_at, now);
	return true;
}

enum status lineage_child(struct cap *cap)
{
	struct lineage *parent = cap->lineage;

	if (parent->depth + 1 >= LINEAGE_DEPTH_MAX)
		return STATUS_TOO_DEEP;
	struct pooled *item = pool_take(POOL_LINEAGE);

	if (item == nullptr)
		return STATUS_OUT_OF_FRAMES;
	struct lineage *node = pooled_as_lineage(item);

	node->parent = parent; /* the reference goes over from the capability */
	node->parent_epoch = atomic_load_acquire(&parent->epoch);
	node->depth = parent->depth + 1;
	node->refs = 1;
	node->object = cap->object;
	cap->lineage = node;
	return STATUS_OK;
}

void lineage_ref(struct lineage *lineage) { ref_take(&lineage->refs); }
bool lineage_try_ref(struct lineage *lineage) { return ref_try_take(&lineage->refs); }

/* The root node lives in its object and is never given back on its own. Giving a node back may
 * end its parent too: a loop, at most LINEAGE_DEPTH_MAX long. */
void lineage_unref(struct lineage *lineage)
{
	while (lineage != nullptr && atomic_sub(&lineage->refs, 1u) == 1 && lineage->parent != nullptr) {
		struct lineage *parent = lineage->parent;

		if (lineage->watcher == nullptr || !endpoint_badge_gone(lineage->watcher, lineage))
			lineage_free(lineage);
		lineage = parent;
	}
}

void lineage_free(struct lineage *lineage)
{
	if (lineage->watcher != nullptr)
		group_release(lineage->object->group, GROUP_OBJECTS, 1);
	object_retire(&lineage->pooled);
}

void lineage_revoke(struct lineage *lineage)
{
	atomic_add(&lineage->epoch, 1u);
	atomic_add(&lineage_revocations, 1u);
}
