/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of tickets.
 */
#include "lib/waiting/waiting.h"

void waiting_drop_first(struct waiting *waiting)
{
	waiting->first = (waiting->first + 1) % WAITING_MAX;
	waiting->count--;
}

service_ticket waiting_first(struct waiting *waiting)
{
	while (waiting->count > 0 && !service_waiting(*ELEM(waiting->ticket, waiting->first)))
		waiting_drop_first(waiting);
	return waiting->count == 0 ? 0 : *ELEM(waiting->ticket, waiting->first);
}

service_ticket waiting_take(struct waiting *waiting)
{
	service_ticket ticket = waiting_first(waiting);

	if (ticket != 0)
		waiting_drop_first(waiting);
	return ticket;
}

static enum status add(struct waiting *waiting, struct service_call *call, service_ticket (*defer)(struct service_call *))
{
	(void)waiting_first(waiting);
	if (waiting->count == WAITING_MAX)
		return STATUS_BUSY;
	service_ticket ticket = defer(call);

	if (ticket == 0)
		return STATUS_BUSY;
	*ELEM(waiting->ticket, (waiting->first + waiting->count) % WAITING_MAX) = ticket;
	waiting->count++;
	return STATUS_OK;
}

enum status waiting_add(struct waiting *waiting, struct service_call *call) { return add(waiting, call, service_defer); }

enum status waiting_add_repeatable(struct waiting *waiting, struct service_call *call)
{
	return add(waiting, call, service_defer_repeatable);
}
