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

static u32 exact_bytes(u32 pool)
{
	switch (pool) {
	case OBJECT_PROCESS:
		return sizeof(struct process);
	case OBJECT_THREAD:
		return sizeof(struct thread);
	case OBJECT_ACTIVITY:
		return sizeof(struct activity);
	case OBJECT_MEMORY:
		return sizeof(struct memory);
	case OBJECT_ENDPOINT:
		return sizeof(struct endpoint);
	case OBJECT_REPLY:
		return sizeof(struct reply);
	case OBJECT_SIGNAL:
		return sizeof(struct signal);
	case OBJECT_TIMER:
		return sizeof(struct timer);
	case OBJECT_GROUP:
		return sizeof(struct group);
	case OBJECT_NAMESPACE:
		return sizeof(struct namespace);
	/* These have no state of their own: they stand for an authority. */
	case OBJECT_IRQ:
	case OBJECT_IOPORT:
	case OBJECT_TRACE:
	case OBJECT_KLOG:
	case OBJECT_MACHINE:
	case OBJECT_CODE:
	case OBJECT_DMA:
		return sizeof(struct object);
	case POOL_LINEAGE:
		return sizeof(struct lineage);
	case POOL_REGION:
		return sizeof(struct region);
	case POOL_NS_NODE:
		return sizeof(struct ns_node);
	case POOL_MESSAGE:
		return sizeof(struct queued_message);
	default:
		return 0;
	}
}

static u32 whole_lines(u32 bytes) { return (bytes + POOL_LINE_BYTES - 1) / POOL_LINE_BYTES * POOL_LINE_BYTES; }

u32 pool_item_bytes(u32 pool) { return whole_lines(exact_bytes(pool)); }

u32 pool_zeroed_bytes(u32 pool)
{
	if (pool == OBJECT_THREAD)
		return whole_lines(__builtin_offsetof(struct thread, fpu));
	if (pool == POOL_REGION)
		return __builtin_offsetof(struct region, memory);
	return pool == POOL_LINEAGE ? __builtin_offsetof(struct lineage, object) : pool_item_bytes(pool);
}
