/* SPDX-License-Identifier: Apache-2.0
 *
 * Reply objects: who waits for an answer.
 */
#ifndef KERNEL_CORE_IPC_REPLY_H
#define KERNEL_CORE_IPC_REPLY_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/list.h"

struct STABLE reply {
	struct object object;
	struct lock lock;
	/* under lock */
	struct thread *caller;     /* CALLING; whoever clears this owns it */
	struct thread *receiver;   /* waits, or is about to, with this object; null: none */
	struct thread *claimer;    /* who claimed it last; only to be compared */
	u64 claim;                 /* another number whenever another thread claims it: see `serving` */
	/* The endpoint whose receivers used it last, so that its callers are found from there. Set by
	 * whoever has claimed the object; the list is under the endpoint's lock. */
	struct endpoint *endpoint;
	struct list_node at_endpoint;
};

/* Binds a caller to the reply object of the receiver that this processor owns. The caller is
 * running here and begins to wait, or it waited already and goes on. Otherwise nothing changed:
 * the caller was killed, its capability was revoked, or the reply object is gone. */
enum reply_bind : u32 { REPLY_BOUND, REPLY_CALLER_STOPS, REPLY_CALLER_REVOKED, REPLY_GONE };
[[nodiscard]] enum reply_bind reply_bind(struct thread *receiver, struct thread *caller, u64 deadline_ns,
	bool running);

/* Takes the caller out to answer it; null: nobody waits any more. If self runs on its activity, it
 * stops doing so. With `claim` the object is claimed for the receive that follows; it was not if
 * its receiver is not self then. */
struct thread *reply_take(struct thread *self, struct reply *reply, bool claim);

/* The same, to hand the call on: a fault is not taken. Errors: INVALID (a fault); PEER_DIED: nobody waits any more. */
[[nodiscard]] enum status reply_take_call(struct thread *self, struct reply *reply, struct thread **caller);

/* Claims an idle object for a receive. False: it is in use or dead. */
[[nodiscard]] bool reply_claim(struct reply *reply, struct thread *receiver);
void reply_unclaim(struct reply *reply);

/* Lists a claimed object at an endpoint, and nowhere else. False: one of them is dead. */
[[nodiscard]] bool reply_attach(struct reply *reply, struct endpoint *endpoint);

/* Takes it off its list. */
void reply_detach(struct reply *reply);

/* Takes a caller whose deadline is due_ns or earlier out of the reply object. True: this processor owns it. */
[[nodiscard]] bool reply_withdraw(struct thread *thread, u64 due_ns);
bool reply_close(struct reply *reply);

#endif
