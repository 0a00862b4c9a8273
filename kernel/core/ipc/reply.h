/* SPDX-License-Identifier: Apache-2.0
 *
 * Reply objects: who waits for an answer, and the activity it lent.
 */
#ifndef KERNEL_CORE_IPC_REPLY_H
#define KERNEL_CORE_IPC_REPLY_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"

struct STABLE reply {
	struct object object;
	struct lock lock;
	/* under lock */
	struct thread *caller;     /* CALLING or FAULTED; whoever clears this owns it */
	struct thread *receiver;   /* RECEIVING with this object; null: none */
	struct activity *lent;     /* parked while its server does something else; counted */
};

/* Binds a caller, which the calling processor is about to make wait, to the reply object of the
 * receiver it owns. False: the caller was killed, or the reply object is gone; nothing changed. */
enum reply_bind : u32 { REPLY_BOUND, REPLY_CALLER_STOPS, REPLY_GONE };
[[nodiscard]] enum reply_bind reply_bind(struct thread *receiver, struct thread *caller, u64 deadline_ns,
	bool running);

/* Takes the caller out to answer it, with its activity back. Null: nobody waits any more. */
struct thread *reply_take(struct thread *self, struct reply *reply);

/* The same, and the object is claimed for the receive that follows. Null and not claimed (receiver
 * is not self): another thread uses it. */
struct thread *reply_take_and_claim(struct thread *self, struct reply *reply);

/* Before a thread that runs on a lent activity receives again without having answered. */
void reply_park(struct thread *self);

/* Claims an idle object for a receive. False: it is in use or dead. */
[[nodiscard]] bool reply_claim(struct reply *reply, struct thread *receiver);
void reply_unclaim(struct reply *reply);

bool reply_withdraw(struct thread *thread);
bool reply_close(struct reply *reply);

#endif
