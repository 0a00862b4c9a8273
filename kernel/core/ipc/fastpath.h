/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the fast path and syscall/entry.c.
 */
#ifndef KERNEL_CORE_IPC_FASTPATH_H
#define KERNEL_CORE_IPC_FASTPATH_H

#include "lib/base/safe.h"

struct cpu;
struct thread;

/* The long way of a system call: decodes it and does it; the processor is ready to go to user mode then. */
void syscall_any(struct thread *self, u64 number);

/* Sends the fault of the running thread, which has an endpoint for it, and goes on as who handles it. Returns if that
 * cannot be done here and now, or if the endpoint's capability was revoked. */
void fast_fault(struct cpu *cpu, struct thread *self);

#endif
