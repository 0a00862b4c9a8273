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
