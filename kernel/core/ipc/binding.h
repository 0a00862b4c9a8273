/* SPDX-License-Identifier: Apache-2.0
 *
 * What remembers a signal to raise: timers, interrupt lines, processes that are watched, the log, endpoints, the
 * event rings.
 * The signal was named by a capability; once that is revoked the binding has no effect, nor once the capability is that
 * it was bound through.
 */
#ifndef KERNEL_CORE_IPC_BINDING_H
#define KERNEL_CORE_IPC_BINDING_H

#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/signal.h"

struct signal_binding {
	struct signal *signal;    /* counted; null: none */
	struct lineage *lineage;  /* of the capability; counted */
	u64 bits;
	struct lineage *through;  /* of the capability to what raises it; counted; null: whoever binds keeps that himself */
};

/* Holds what the capability names, and what it is bound through, or null. False: it is gone. Whoever drops the binding
 * serialises that with making and raising it. */
[[nodiscard]] bool binding_make(struct signal_binding *binding, const struct cap *signal, u64 bits, struct lineage *through);
void binding_drop(struct signal_binding *binding);

/* Gives up what it holds and leaves the binding as it is, for one that will not be used again: whoever is raising
 * it meanwhile may go on, since what it names lives for that stay in the kernel. */
void binding_release(const struct signal_binding *binding);

static inline bool binding_valid(const struct signal_binding *binding)
{
	return binding->signal != nullptr && lineage_valid(binding->lineage) &&
		(binding->through == nullptr || lineage_valid(binding->through));
}

/* Raises the bits, if there is a binding. A copy read under a lock may be raised without it. */
void binding_raise(const struct signal_binding *binding);

#endif
