/* SPDX-License-Identifier: Apache-2.0
 *
 * Item sizes of the pools.
 */
#include "kernel/core/object/sizes.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/ns/namespace.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/timer.h"

static const u32 exact_bytes[POOLS] = {
	[OBJECT_PROCESS] = sizeof(struct process),
	[OBJECT_THREAD] = sizeof(struct thread),
	[OBJECT_ACTIVITY] = sizeof(struct activity),
	[OBJECT_MEMORY] = sizeof(struct memory),
	[OBJECT_ENDPOINT] = sizeof(struct endpoint),
	[OBJECT_REPLY] = sizeof(struct reply),
	[OBJECT_SIGNAL] = sizeof(struct signal),
	[OBJECT_TIMER] = sizeof(struct timer),
	[OBJECT_GROUP] = sizeof(struct group),
	[OBJECT_NAMESPACE] = sizeof(struct namespace),
	/* These have no state of their own: they stand for an authority. */
	[OBJECT_IRQ] = sizeof(struct object),
	[OBJECT_IOPORT] = sizeof(struct object),
	[OBJECT_TRACE] = sizeof(struct object),
	[OBJECT_KLOG] = sizeof(struct object),
	[OBJECT_MACHINE] = sizeof(struct object),
	[OBJECT_CODE] = sizeof(struct object),
	[OBJECT_DMA] = sizeof(struct object),
	[POOL_LINEAGE] = sizeof(struct lineage),
	[POOL_REGION] = sizeof(struct region),
	[POOL_NS_NODE] = sizeof(struct ns_node),
	[POOL_MESSAGE] = sizeof(struct queued_message),
};

static u32 whole_lines(u32 bytes) { return (bytes + POOL_LINE_BYTES - 1) / POOL_LINE_BYTES * POOL_LINE_BYTES; }

u32 pool_item_bytes(u32 pool) { return pool < POOLS ? whole_lines(*ELEM(exact_bytes, pool)) : 0; }

u32 pool_zeroed_bytes(u32 pool)
{
	if (pool == OBJECT_THREAD)
		return whole_lines(__builtin_offsetof(struct thread, fpu));
	if (pool == POOL_REGION)
		return __builtin_offsetof(struct region, memory);
	return pool == POOL_LINEAGE ? __builtin_offsetof(struct lineage, object) : pool_item_bytes(pool);
}
