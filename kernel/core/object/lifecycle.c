/* SPDX-License-Identifier: Apache-2.0
 *
 * Which function ends an object of which type.
 */
#include "kernel/core/object/lifecycle.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/ns/namespace.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/timer.h"
#include "kernel/raw/downcast.h"

bool object_close(struct object *object)
{
	object->dead = true;
	switch ((u32)object->type) {
	case OBJECT_PROCESS:
		return process_close(object_as_process(object));
	case OBJECT_ENDPOINT:
		return endpoint_close(object_as_endpoint(object));
	case OBJECT_REPLY:
		return reply_close(object_as_reply(object));
	case OBJECT_SIGNAL:
		return signal_close(object_as_signal(object));
	case OBJECT_TIMER:
		return timer_close(object_as_timer(object));
	case OBJECT_NAMESPACE:
		return namespace_close(object_as_namespace(object));
	case OBJECT_THREAD:
		return thread_close(object_as_thread(object));
	case OBJECT_GROUP:
		return group_close(object_as_group(object));
	case OBJECT_ACTIVITY:
		return activity_close(object_as_activity(object));
	default:
		return true; /* nobody waits for it, and it refers to nothing */
	}
}

bool object_work(struct object *object)
{
	if (object->type == OBJECT_ENDPOINT)
		return receivable_work(object_as_endpoint(object));
	if (object->type == OBJECT_PROCESS)
		return process_work(object_as_process(object));
	return signal_work(object_as_signal(object));
}

bool object_free(struct object *object)
{
	if (object->type == OBJECT_PROCESS && !process_free(object_as_process(object)))
		return false;
	if (object->type == OBJECT_MEMORY && !memory_free(object_as_memory(object)))
		return false;
	if (object->type == OBJECT_THREAD)
		thread_free(object_as_thread(object));
	if (object->type == OBJECT_GROUP)
		group_close_accounts(object_as_group(object));
	return true;
}
