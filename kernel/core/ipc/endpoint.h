/* SPDX-License-Identifier: Apache-2.0
 *
 * Endpoints: where senders and receivers meet. INV-ENDPOINT: senders and receivers never wait at
 * the same time, but for senders whose message could not be delivered yet.
 */
#ifndef KERNEL_CORE_IPC_ENDPOINT_H
#define KERNEL_CORE_IPC_ENDPOINT_H

#include "abi/structs.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/ipc/binding.h"
#include "kernel/core/object/object.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/types.h"

enum : u32 { MESSAGE_WORDS_MAX = 64, MESSAGE_CAPS_MAX = 4, MESSAGE_REGISTER_WORDS = 8 };

/* A message kept by an endpoint with a queue. */
struct STABLE queued_message {
	struct pooled pooled;
	u64 badge;
	u64 info;
	u64 word[MESSAGE_WORDS_MAX];
};

struct STABLE endpoint {
	struct object object;
	struct lock lock;
	/* under lock */
	struct tree senders;                      /* the most urgent first: servers.h */
	struct thread_queue receivers;
	struct list servers;                      /* threads that received here last */
	u32 server_count;
	bool awaiting;                            /* senders have been looked at on their behalf */
	struct lineage *gone_first, *gone_last;   /* badges whose last capability is gone; the last if there is a first */
	struct pooled *queue_first, *queue_last;  /* the same */
	u32 queued, depth;
	struct signal_binding bound;              /* its bits: those that wake a receiver */
	struct list replies;                      /* reply objects that its receivers use: reply.h */
	/* receivable.h */
	u32 receivable;                           /* valid capabilities with the right to receive; written under: */
	struct lock counting;
};

/* The receiver that waits longest, now owned by this processor; null: none waits. With the lock held. */
static FORCE_INLINE struct thread *endpoint_take_receiver(struct endpoint *endpoint)
{
	struct thread *receiver = thread_queue_pop(&endpoint->receivers);

	if (receiver != nullptr)
		receiver->endpoint = nullptr;
	return receiver;
}

/* Takes a sending or receiving thread out of its endpoint's queue, if its deadline is due_ns or earlier and,
 * unless `reply` is null, it receives with that object. True: the caller owns it. */
[[nodiscard]] bool endpoint_withdraw(struct thread *thread, u64 due_ns, const struct reply *reply);

/* The last reference to a watched badge is gone: queues a note; the node belongs to the
 * endpoint. False: the endpoint is gone too. */
bool endpoint_badge_gone(struct endpoint *endpoint, struct lineage *lineage);

/* Bits of the bound signal were raised: gives them to a waiting receiver. */
void endpoint_signalled(struct endpoint *endpoint, struct signal *signal);

/* Tells a sender or receiver, which this processor has taken out of the queue, that it waits in vain. No lock is held. */
void endpoint_end_wait(struct thread *thread);

bool endpoint_close(struct endpoint *endpoint);

#endif
