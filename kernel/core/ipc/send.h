/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending on behalf of others: faults, calls that are handed on.
 */
#ifndef KERNEL_CORE_IPC_SEND_H
#define KERNEL_CORE_IPC_SEND_H

#include "abi/errors.h"
#include "kernel/core/types.h"
#include "lib/base/safe.h"

/* Sends the running thread's message and makes it wait for the answer, until deadline_ns. Its frame
 * may belong to another processor when this returns. Otherwise it was not sent; why is in the frame of
 * an ordinary call as well, and nothing has changed for a faulted thread. CANCELLED: it is to stop or die. */
enum status send_call(struct thread *self, struct endpoint *endpoint, u64 badge, u64 info, u32 kind, u64 deadline_ns);

/* A receiver that was taken out of its queue, for a message that then could not be sent, makes its call
 * again. The caller owns it. */
void send_back(struct thread *receiver);

#endif
