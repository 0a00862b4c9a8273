/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals: 64 sticky bits.
 */
#ifndef KERNEL_CORE_IPC_SIGNAL_H
#define KERNEL_CORE_IPC_SIGNAL_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/types.h"

struct STABLE signal {
	struct object object;
	u64 bits;                   /* atomic */
	struct endpoint *endpoint;  /* whose receivers the bits also wake; atomic; null: none */
	struct lock lock;
	/* under lock */
	struct thread_queue waiters;
};

/* Sets bits and wakes whom they concern. Any context; takes the locks of signal and endpoint. */
void signal_raise(struct signal *signal, u64 bits);

/* Takes a waiting thread whose deadline is due_ns or earlier out of its signal's queue. True: the caller
 * owns it. */
[[nodiscard]] bool signal_withdraw(struct thread *thread, u64 due_ns);

bool signal_close(struct signal *signal);

#endif
