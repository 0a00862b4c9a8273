/* SPDX-License-Identifier: Apache-2.0
 *
 * Moving data to and from callers, and answers that wait: one reply object for each.
 */
#include "lib/service/state.h"
#include "abi/stubs.h"

struct slot {
	handle_t reply;   /* made on first use */
	u32 generation;
	u32 file;         /* index of the file that was asked */
	u64 count;        /* what the request asked for */
	bool busy;        /* in use by the loop or waiting */
	bool waiting;
};

/* One for the loop itself. */
static struct slot slots[SERVICE_DEFERRED_MAX + 1];

u32 slots_take(void)
{
	for (u32 i = 0; i < ARRAY_LEN(slots); i++) {
		struct slot *slot = ELEM(slots, i);

		if (slot->busy)
			continue;
		if (handle_is_none(slot->reply) && sys_reply_create(rt_group(), &slot->reply) != STATUS_OK)
			return SLOT_NONE;
		slot->busy = true;
		slot->waiting = false;
		return i;
	}
	return SLOT_NONE;
}

handle_t slots_reply(u32 slot)
{
	return slots[slot].reply;
}

void slots_release(u32 slot)
{
	slots[slot].busy = false;
	slots[slot].waiting = false;
}

/* ---- the request at hand ---- */

enum status service_put(struct service_call *call, struct span data)
{
	u64 written = 0;

	INVARIANT(span_len(data) <= call->count - call->done, "a service gives no more than was asked for");
	if (span_len(data) == 0)
		return STATUS_OK;
	enum status status = sys_buffer_write(call->reply, call->done, data, &written);

	if (status != STATUS_OK)
		return status;
	call->done += written;
	return written == span_len(data) ? STATUS_OK : STATUS_BAD_ADDRESS;
}

enum status service_put_at(struct service_call *call, struct span content)
{
	if (call->offset >= span_len(content))
		return STATUS_OK;
	return service_put(call, span_first(span_from(content, call->offset), call->count - call->done));
}

enum status service_take(struct service_call *call, u64 offset, struct mspan to, u64 *got)
{
	*got = 0;
	if (offset >= call->count)
		return STATUS_OK;
	return sys_buffer_read(call->reply, offset, mspan_first(to, call->count - offset), got);
}

handle_t service_take_cap(struct service_call *call, u32 index)
{
	if (index >= call->cap_count)
		return handle_none();
	handle_t taken = call->cap[index];

	call->cap[index] = handle_none();
	return taken;
}

void service_answer_cap(struct service_call *call, handle_t handle, u32 rights, bool drop)
{
	u32 at = call->answer_caps;

	INVARIANT(at < MSG_CAPS_MAX, "an answer carries at most four capabilities");
	call->answer_cap[at] = handle;
	call->answer_rights[at] = rights;
	if (drop)
		call->drop_after |= 1u << at;
	call->answer_caps++;
}

void service_answer_word(struct service_call *call, u64 value)
{
	INVARIANT(call->values < ARRAY_LEN(call->value), "an answer of a service carries at most three words of its own");
	call->value[call->values++] = value;
}

/* ---- answers that wait ---- */

static service_ticket ticket_of(u32 slot)
{
	return (slots[slot].generation & 0xffff) << 16 | (slot + 1);
}

static u32 slot_of(service_ticket ticket)
{
	u32 slot = (ticket & 0xffff) - 1;

	if (slot >= ARRAY_LEN(slots) || !slots[slot].waiting || ticket_of(slot) != ticket)
		return SLOT_NONE;
	return slot;
}

static u32 slots_idle(void)
{
	u32 idle = 0;

	for (u32 i = 0; i < ARRAY_LEN(slots); i++)
		idle += !slots[i].busy;
	return idle;
}

service_ticket service_defer(struct service_call *call)
{
	if (handle_is_none(call->reply) || slots_idle() == 0)
		return 0;
	struct slot *slot = ELEM(slots, call->slot);

	slot->generation++;
	slot->waiting = true;
	slot->file = call->file;
	slot->count = call->count;
	call->deferred = true;
	return ticket_of(call->slot);
}

bool service_waiting(service_ticket ticket)
{
	return slot_of(ticket) != SLOT_NONE;
}

u64 service_ticket_count(service_ticket ticket)
{
	u32 slot = slot_of(ticket);

	return slot == SLOT_NONE ? 0 : slots[slot].count;
}

enum status service_answer(service_ticket ticket, enum status answer, u64 value)
{
	u32 slot = slot_of(ticket);

	if (slot == SLOT_NONE)
		return STATUS_NOT_FOUND;
	struct message m = msg_make(answer, 1);

	m.word[0] = value;
	enum status status = msg_reply(slots[slot].reply, &m);

	slots_release(slot);
	return status;
}

enum status service_answer_data(service_ticket ticket, struct span data)
{
	u32 slot = slot_of(ticket);
	u64 written = 0;

	if (slot == SLOT_NONE)
		return STATUS_NOT_FOUND;
	struct span part = span_first(data, slots[slot].count);

	if (span_len(part) > 0) {
		enum status status = sys_buffer_write(slots[slot].reply, 0, part, &written);

		if (status != STATUS_OK) {
			service_answer(ticket, status, 0);
			return status;
		}
	}
	return service_answer(ticket, STATUS_OK, written);
}

enum status service_take_deferred(service_ticket ticket, u64 offset, struct mspan to, u64 *got)
{
	u32 slot = slot_of(ticket);

	*got = 0;
	if (slot == SLOT_NONE)
		return STATUS_NOT_FOUND;
	if (offset >= slots[slot].count)
		return STATUS_OK;
	return sys_buffer_read(slots[slot].reply, offset, mspan_first(to, slots[slot].count - offset), got);
}

void slots_cancel_file(u32 file_index)
{
	for (u32 i = 0; i < ARRAY_LEN(slots); i++) {
		if (slots[i].waiting && slots[i].file == file_index)
			service_answer(ticket_of(i), STATUS_CANCELLED, 0);
	}
}
