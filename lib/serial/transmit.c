/* SPDX-License-Identifier: Apache-2.0
 *
 * Transmitting. Writers wait in order of arrival; the first one's bytes are going out.
 */
#include "lib/serial/transmit.h"
#include "lib/serial/line.h"
#include "lib/waiting/waiting.h"

enum : u32 { WRITE_MAX = 4096, CHUNK_BYTES = 64 };

static struct waiting writers;
static service_ticket current; /* the first writer, whose bytes are going out */
static u64 current_done;       /* so many of them are in the device */

bool transmit_wanted(void)
{
	return writers.count > 0;
}

/* Puts bytes into the device until it is full; the number it took. */
static u64 put_all(struct span data)
{
	u64 done = 0;
	u32 room = 0;

	while (done < span_len(data)) {
		if (room == 0)
			room = line_room();
		if (room == 0)
			break;
		line_put(span_u8(data, done));
		done++;
		room--;
	}
	return done;
}

/* Sends a chunk of the writer's data. True when the writer was answered. */
static bool advance(service_ticket ticket)
{
	u8 chunk[CHUNK_BYTES];
	u64 got = 0;
	u64 count = min_u64(service_ticket_count(ticket), WRITE_MAX);
	enum status status = service_take_deferred(ticket, current_done,
		mspan_first(MSPAN_OF_ARRAY(chunk), count - min_u64(current_done, count)), &got);

	current_done += put_all(span_first(SPAN_OF_ARRAY(chunk), got));
	if (status == STATUS_OK && got > 0 && current_done < count)
		return false;
	service_answer(ticket, status, current_done);
	return true;
}

void transmit_run(void)
{
	service_ticket ticket = 0;

	while ((ticket = waiting_first(&writers)) != 0 && line_room() > 0) {
		/* WHY compare: the writer that was first may have gone in between. */
		if (ticket != current) {
			current = ticket;
			current_done = 0;
		}
		if (advance(ticket))
			waiting_drop_first(&writers);
	}
}

/* The only writer, of whose data `done` bytes are in the device. */
static enum status wait_for_room(struct service_call *call, u64 done)
{
	enum status status = waiting_add(&writers, call);

	if (status == STATUS_OK) {
		current = waiting_first(&writers);
		current_done = done;
	}
	return status;
}

enum status transmit_write(struct service_call *call)
{
	u8 chunk[CHUNK_BYTES];
	u64 done = 0;
	u64 all = min_u64(call->count, WRITE_MAX);

	if (transmit_wanted())
		return waiting_add(&writers, call);
	while (done < all) {
		u64 got = 0;
		enum status status = service_take(call, done, mspan_first(MSPAN_OF_ARRAY(chunk), all - done), &got);

		if (status != STATUS_OK)
			return status;
		u64 sent = put_all(span_first(SPAN_OF_ARRAY(chunk), got));

		done += sent;
		if (got == 0)
			break;
		if (sent < got)
			return wait_for_room(call, done);
	}
	call->count = done;
	return STATUS_OK;
}
