/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: from an object's header to the object. Each conversion checks the type tag, so a wrong
 * one stops the kernel instead of confusing types.
 */
#ifndef KERNEL_RAW_DOWNCAST_H
#define KERNEL_RAW_DOWNCAST_H

#include "kernel/core/cap/cap.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"

UNSAFE_BEGIN("SAFETY: the header is the first member of every pooled struct and pools never change type; the tag checked here is the pool's");
/* A capability's type is its slot's, which is the object's (INV-SLOT-TYPE). Where it was looked up by a type that the compiler
 * knows, nothing is left of the check. */
#define DOWNCAST(name, TYPE) \
	static FORCE_INLINE struct name *object_as_##name(struct object *object) \
	{ \
		INVARIANT(object->type == TYPE, "INV-OBJECT-TYPE"); \
		return (struct name *)(void *)object; \
	} \
	static FORCE_INLINE struct name *cap_as_##name(const struct cap *cap) \
	{ \
		INVARIANT(cap->type == TYPE, "INV-SLOT-TYPE"); \
		return (struct name *)(void *)cap->object; \
	} \
	static FORCE_INLINE struct object *name##_object(struct name *typed) \
	{ \
		return (struct object *)(void *)typed; \
	}

DOWNCAST(process, OBJECT_PROCESS)
DOWNCAST(thread, OBJECT_THREAD)
DOWNCAST(activity, OBJECT_ACTIVITY)
DOWNCAST(memory, OBJECT_MEMORY)
DOWNCAST(endpoint, OBJECT_ENDPOINT)
DOWNCAST(reply, OBJECT_REPLY)
DOWNCAST(signal, OBJECT_SIGNAL)
DOWNCAST(timer, OBJECT_TIMER)
DOWNCAST(group, OBJECT_GROUP)
DOWNCAST(namespace, OBJECT_NAMESPACE)
DOWNCAST(trace, OBJECT_TRACE)
DOWNCAST(klog, OBJECT_KLOG)
DOWNCAST(machine, OBJECT_MACHINE)
DOWNCAST(code, OBJECT_CODE)
DOWNCAST(dma, OBJECT_DMA)

#define POOLED_AS(name, POOL) \
	static inline struct name *pooled_as_##name(struct pooled *item) \
	{ \
		INVARIANT(item->pool == POOL, "INV-POOL-TYPE"); \
		return (struct name *)(void *)item; \
	}

POOLED_AS(lineage, POOL_LINEAGE)
POOLED_AS(region, POOL_REGION)
POOLED_AS(ns_node, POOL_NS_NODE)
POOLED_AS(queued_message, POOL_MESSAGE)

static inline struct object *pooled_as_object(struct pooled *item)
{
	INVARIANT(item->pool < OBJECT_COUNT, "INV-POOL-TYPE");
	return (struct object *)(void *)item;
}
UNSAFE_END();

#endif
