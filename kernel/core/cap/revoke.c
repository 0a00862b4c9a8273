/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocation: new uses end at once, uses that last are undone before the call returns.
 *
 * What lasts is found from the object, since a derived capability names the same object as its
 * parent: mappings of a memory object, waits at an endpoint or signal, callers that a server of the
 * endpoint has not answered, bindings of interrupt lines and of the log, the reader of events and
 * mappings of their rings. So the cost of a revocation is that of what has to be undone, whatever the
 * number of descendants. Each of these looks once more at its capability after it can be found:
 * INV-REVOKE: it is found here, or it has seen the new epoch.
 *
 * What merely remembers a signal to raise (signal_binding) asks at each raise.
 *
 * A call that another processor has begun with a capability, before that was revoked, ends before the revocation
 * returns: it waits until each has left the kernel. Meanwhile it makes its call again, so two that revoke do not wait for
 * each other.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/ipc/undo.h"
#include "kernel/core/irq/irq.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/raw/downcast.h"

/* Undoes a bounded part. True when nothing is left. */
static bool undo(struct object *object)
{
	switch ((u32)object->type) {
	case OBJECT_MEMORY:
		return memory_undo(object_as_memory(object));
	case OBJECT_ENDPOINT:
		return endpoint_undo(object_as_endpoint(object));
	case OBJECT_REPLY:
		return reply_undo(object_as_reply(object));
	case OBJECT_SIGNAL:
		return signal_undo(object_as_signal(object));
	case OBJECT_IRQ:
		irq_undo();
		return true;
	case OBJECT_KLOG:
		klog_undo();
		return true;
	case OBJECT_TRACE:
		return !FERROUS_TRACE || trace_undo();
	default:
		return true; /* used through handles only, each use a call of its own */
	}
}

/* Nothing is left to begin with or to undo: the rest are calls under way. */
static struct sys_result ask_others(struct thread *self)
{
	u64 grace = object_grace_ask();

	if (object_grace_over(grace, true))
		return sys_ok(0);
	self->grace = grace;
	return sys_again();
}

static struct sys_result wait_for_others(struct thread *self)
{
	if (!object_grace_over(self->grace, true)) {
		hal_relax();
		return sys_again();
	}
	self->grace = 0;
	return sys_ok(0);
}

struct sys_result syscall_cap_revoke(struct thread *self, handle_t source)
{
	if (self->grace != 0)
		return wait_for_others(self);
	struct cap cap;
	enum status status = cap_read(self->process, source, &cap);

	if (status == STATUS_OK && (cap.rights & RIGHT_REVOKE) == 0)
		status = STATUS_DENIED;
	if (status != STATUS_OK)
		return sys_fail(status);
	if (cap.type == OBJECT_ENDPOINT)
		receivable_revoke(cap.object, cap.lineage);
	else
		lineage_revoke(cap.lineage);
	event_cap_revoke(cap.object->id, cap.lineage->epoch);
	return undo(cap.object) ? ask_others(self) : sys_again();
}
