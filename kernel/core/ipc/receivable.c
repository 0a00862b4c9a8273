/* SPDX-License-Identifier: Apache-2.0
 *
 * Endpoints at which nobody will receive. See receivable.h.
 *
 * Sender: takes the lock, looks at the count, queues. Whoever makes it 0: counts, takes the lock, looks at the
 * queue. So a sender is found there or has seen 0. Ending many senders is done in steps, as the
 * end of an object is.
 *
 * Whether a lineage is valid cannot change while the endpoint's `counting` is held. So what counts when it comes still
 * does when it goes, unless a revocation has taken it off in between.
 */
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

enum : u32 { UNSERVED_STEP = 32 };

bool receivable(const struct endpoint *endpoint) { return atomic_load(&endpoint->receivable) != 0; }

/* ---- counting; with that lock held ---- */

/* At most LINEAGE_DEPTH_MAX steps. */
static void count_above(const struct lineage *lineage, u32 more, u32 less)
{
	for (struct lineage *node = lineage->parent; node != nullptr; node = node->parent)
		node->receivers_below = node->receivers_below + more - less;
}

/* True if none is left now. */
static bool take_off(struct endpoint *endpoint, u32 less)
{
	u32 before = endpoint->receivable;

	INVARIANT(before >= less, "INV-RECEIVABLE");
	atomic_store(&endpoint->receivable, before - less);
	return less != 0 && before == less;
}

void receivable_more(struct object *object, struct lineage *lineage)
{
	struct endpoint *endpoint = object_as_endpoint(object);

	lock_take(&endpoint->counting);
	if (lineage_valid(lineage)) {
		count_above(lineage, 1, 0);
		atomic_store(&endpoint->receivable, endpoint->receivable + 1);
	}
	lock_release(&endpoint->counting);
}

/* ---- nobody is left ---- */

static void tell_senders(struct endpoint *endpoint)
{
	lock_take(&endpoint->lock);
	if (endpoint->senders.first != nullptr)
		object_add_work(&endpoint->object, hal_this_cpu()->current);
	lock_release(&endpoint->lock);
}

void receivable_less(struct object *object, struct lineage *lineage)
{
	struct endpoint *endpoint = object_as_endpoint(object);
	bool last = false;

	lock_take(&endpoint->counting);
	if (lineage_valid(lineage)) {
		count_above(lineage, 0, 1);
		last = take_off(endpoint, 1);
	}
	lock_release(&endpoint->counting);
	if (last)
		tell_senders(endpoint);
}

void receivable_revoke(struct object *object, struct lineage *lineage)
{
	struct endpoint *endpoint = object_as_endpoint(object);
	bool last = false;

	lock_take(&endpoint->counting);
	if (lineage_valid(lineage)) { /* else those below were taken off with what it was derived from */
		u32 below = lineage->receivers_below;

		count_above(lineage, 0, below);
		lineage->receivers_below = 0;
		last = take_off(endpoint, below);
	}
	lineage_revoke(lineage);
	lock_release(&endpoint->counting);
	if (last)
		tell_senders(endpoint);
}

/* The next who waits in vain; null: there is none, and nothing left to do. */
static struct thread *take_sender(struct endpoint *endpoint)
{
	lock_take(&endpoint->lock);
	struct thread *sender = receivable(endpoint) ? nullptr : senders_take(endpoint);

	if (sender == nullptr)
		endpoint->object.at_work = false;
	servers_refresh(endpoint);
	lock_release(&endpoint->lock);
	return sender;
}

bool receivable_work(struct endpoint *endpoint)
{
	for (u32 step = 0; step < UNSERVED_STEP; step++) {
		struct thread *sender = take_sender(endpoint);

		if (sender == nullptr)
			return true;
		endpoint_end_wait(sender);
	}
	return false;
}
