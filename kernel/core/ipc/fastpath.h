/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast path of faults: what syscall/entry.c needs of fastpath.c.
 */
#ifndef KERNEL_CORE_IPC_FASTPATH_H
#define KERNEL_CORE_IPC_FASTPATH_H

#include "kernel/core/types.h"
#include "lib/base/safe.h"

/* Sends the fault of the running thread, which has an endpoint for it, and goes on as who handles it. Returns if that
 * cannot be done here and now, or if the endpoint's capability was revoked. */
void fast_fault(struct cpu *cpu, struct thread *self);

#endif
