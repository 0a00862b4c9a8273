/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast path of call and reply_receive. Each function does the whole operation, as the slow path
 * in call.c would, or nothing at all: then it returns false and the slow path decides.
 */
#ifndef KERNEL_CORE_IPC_FASTPATH_H
#define KERNEL_CORE_IPC_FASTPATH_H

#include "lib/base/safe.h"

struct cpu;
struct thread;

bool fast_call(struct cpu *cpu, struct thread *self);
bool fast_reply_receive(struct cpu *cpu, struct thread *self);

#endif
