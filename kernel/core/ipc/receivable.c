/* SPDX-License-Identifier: Apache-2.0
 *
 * Endpoints at which nobody will receive. See receivable.h.
 *
 * Sender: takes the lock, looks at the count, queues. Whoever makes it 0: counts, takes the lock, looks at the
 * queue. So a sender is found there or has seen 0. Ending many senders is done in steps, as the
 * end of an object is.
 */
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

enum : u32 { UNSERVED_STEP = 32 };

void receivable_more(struct object *object) { (void)atomic_add(&object_as_endpoint(object)->receivable, 1u); }

bool receivable(const struct endpoint *endpoint) { return atomic_load(&endpoint->receivable) != 0; }

void receivable_less(struct object *object)
{
	struct endpoint *endpoint = object_as_endpoint(object);
	struct cpu *cpu = hal_this_cpu();
	u32 before = atomic_sub(&endpoint->receivable, 1u);

	INVARIANT(before != 0, "INV-RECEIVABLE");
	if (before != 1)
		return;
	lock_take(&endpoint->lock);
	if (endpoint->senders.first != nullptr && !endpoint->unserved && !endpoint->object.dead) {
		endpoint->unserved = true;
		object_ref(&endpoint->object);
		endpoint->next_unserved = cpu->unserved;
		cpu->unserved = endpoint;
		cpu->attention |= ATTEND_WORK;
	}
	lock_release(&endpoint->lock);
}

/* The next who waits in vain; null: there is none, and the endpoint is no longer in a list. */
static struct thread *take_sender(struct endpoint *endpoint)
{
	lock_take(&endpoint->lock);
	struct thread *sender = receivable(endpoint) ? nullptr : senders_take(endpoint);

	if (sender == nullptr)
		endpoint->unserved = false;
	servers_refresh(endpoint);
	lock_release(&endpoint->lock);
	return sender;
}

void receivable_work(struct cpu *cpu)
{
	struct endpoint *endpoint = cpu->unserved, *next = endpoint->next_unserved;

	for (u32 step = 0; step < UNSERVED_STEP; step++) {
		struct thread *sender = take_sender(endpoint);

		if (sender == nullptr) {
			cpu->unserved = next;
			object_unref(&endpoint->object);
			return;
		}
		endpoint_end_wait(sender);
	}
}
