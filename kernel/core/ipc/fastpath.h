/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast path of call and reply_receive. Each function does the whole operation, as the slow path
 * in call.c would, and goes to user mode without returning: what the callers saved need not be restored. Or
 * it does nothing at all and returns: the slow path decides.
 */
#ifndef KERNEL_CORE_IPC_FASTPATH_H
#define KERNEL_CORE_IPC_FASTPATH_H

#include "kernel/hal/frame.h"

struct cpu;
struct thread;

HAL_ENTRY_CALL void fast_call(struct cpu *cpu, struct thread *self);
HAL_ENTRY_CALL void fast_reply_receive(struct cpu *cpu, struct thread *self);

#endif
