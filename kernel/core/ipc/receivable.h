/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether anybody could receive at an endpoint: how many capabilities with the right to are kept anywhere, in
 * slots, in namespaces and on their way from one slot to another. With the last of them, those who queue as
 * senders learn that nobody will come, and nobody begins to queue.
 *
 * INV-RECEIVABLE: `receivable` is that number, and no sender waits at an endpoint where it is 0, unless
 * there is work left for the endpoint (object.h). Only valid capabilities count. So that a revocation
 * knows how many it ends, each node of an endpoint's lineage knows how many there are below it.
 */
#ifndef KERNEL_CORE_IPC_RECEIVABLE_H
#define KERNEL_CORE_IPC_RECEIVABLE_H

#include "abi/objects.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/object/object.h"

struct endpoint;

/* One more, and one less, by a capability with the lineage: if that is valid. It and the endpoint are held. For the
 * second, no lock of an endpoint or further in. */
void receivable_more(struct object *endpoint, struct lineage *lineage);
void receivable_less(struct object *endpoint, struct lineage *lineage);

/* lineage_revoke for an endpoint's. Locks: the same. */
void receivable_revoke(struct object *endpoint, struct lineage *lineage);

static FORCE_INLINE bool may_receive_by(enum object_type type, u32 rights)
{
	return UNLIKELY(type == OBJECT_ENDPOINT) && (rights & ENDPOINT_RIGHT_RECEIVE) != 0;
}

/* A capability is put where it can be used from. */
static FORCE_INLINE void receivable_kept(const struct cap *cap)
{
	if (may_receive_by(cap->type, cap->rights))
		receivable_more(cap->object, cap->lineage);
}

/* It is there no more; what it refers to is still held. Locks: see receivable_less. */
static FORCE_INLINE void receivable_gone(const struct cap *cap)
{
	if (may_receive_by(cap->type, cap->rights))
		receivable_less(cap->object, cap->lineage);
}

/* A step of telling senders that nobody will receive: see object.h. */
bool receivable_work(struct endpoint *endpoint);

/* True if somebody may receive some day. With the endpoint's lock held. */
bool receivable(const struct endpoint *endpoint);

#endif
