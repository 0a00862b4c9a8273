/* SPDX-License-Identifier: Apache-2.0
 *
 * Moving data to and from callers, and answers that wait: one reply object for each.
 */
#include "lib/keep/keep.h"
#include "lib/service/state.h"
#include "abi/stubs.h"

enum slot_state : u32 { SLOT_FREE, SLOT_WAITING, SLOT_ANSWERED };

/* One for the loop itself. */
enum : u32 { SLOTS = SERVICE_DEFERRED_MAX + 1 };

/* What outlives the instance. ANSWERED: the answer is decided and may not have been sent. */
struct waiting_slot {
	u64 count;        /* what the request asked for */
	u64 value;        /* of the answer, with its status */
	u32 status;
	u32 generation;
	u32 file;         /* index of the file that was asked */
	u32 state;        /* enum slot_state */
};
KEEP_RECORD(struct waiting_slot, 32);

struct slot {
	handle_t reply;   /* made on first use */
	bool busy;        /* in use by the loop, waiting, or answered and not yet told so */
	bool repeatable;  /* waiting, and its record is not kept: for the next instance nothing is known of it */
};

static struct slot slots[SLOTS];
static struct waiting_slot kept[SLOTS];
static struct keep_part kept_slots;
static bool answers_decided;

static void set_state(u32 slot, enum slot_state state)
{
	kept[slot].state = state;
	if (!slots[slot].repeatable)
		keep_changed(&kept_slots, slot, SPAN_OF_STRUCT(*ELEM(kept, slot)));
}

u32 slots_take(void)
{
	for (u32 i = 0; i < ARRAY_LEN(slots); i++) {
		struct slot *slot = ELEM(slots, i);

		if (slot->busy)
			continue;
		if (handle_is_none(slot->reply) && !kept_make_reply(i, &slot->reply))
			return SLOT_NONE;
		slot->busy = true;
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
	slots[slot].busy = slots[slot].repeatable = false;
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
	return (kept[slot].generation & 0xffff) << 16 | (slot + 1);
}

static u32 slot_of(service_ticket ticket)
{
	u32 slot = (ticket & 0xffff) - 1;

	if (slot >= ARRAY_LEN(slots) || kept[slot].state != SLOT_WAITING || ticket_of(slot) != ticket)
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

static service_ticket defer(struct service_call *call, bool repeatable)
{
	if (handle_is_none(call->reply) || slots_idle() == 0)
		return 0;
	struct waiting_slot *slot = ELEM(kept, call->slot);

	slot->generation++;
	slot->file = call->file;
	slot->count = call->count;
	ELEM(slots, call->slot)->repeatable = repeatable;
	set_state(call->slot, SLOT_WAITING);
	call->deferred = true;
	return ticket_of(call->slot);
}

service_ticket service_defer(struct service_call *call) { return defer(call, false); }
service_ticket service_defer_repeatable(struct service_call *call) { return defer(call, true); }

bool service_waiting(service_ticket ticket)
{
	return slot_of(ticket) != SLOT_NONE;
}

u64 service_ticket_count(service_ticket ticket)
{
	u32 slot = slot_of(ticket);

	return slot == SLOT_NONE ? 0 : kept[slot].count;
}

void service_ticket_keep(service_ticket ticket)
{
	u32 slot = slot_of(ticket);

	if (slot == SLOT_NONE || !slots[slot].repeatable)
		return;
	slots[slot].repeatable = false;
	set_state(slot, SLOT_WAITING);
}

bool slots_end(service_ticket ticket, struct service_call *call)
{
	u32 slot = slot_of(ticket);

	if (slot == SLOT_NONE)
		return false;
	set_state(slot, SLOT_FREE);
	call->slot = slot;
	call->reply = slots[slot].reply;
	return true;
}

static enum status send_answer(u32 slot)
{
	struct message m = msg_make(kept[slot].status, 1);

	m.word[0] = kept[slot].value;
	enum status status = msg_reply(slots[slot].reply, &m);

	set_state(slot, SLOT_FREE);
	if (!kept_is() || slots[slot].repeatable)
		slots_release(slot);
	return status;
}

enum status service_answer(service_ticket ticket, enum status answer, u64 value)
{
	u32 slot = slot_of(ticket);

	if (slot == SLOT_NONE)
		return STATUS_NOT_FOUND;
	kept[slot].status = answer;
	kept[slot].value = value;
	if (!kept_is() || slots[slot].repeatable)
		return send_answer(slot);
	set_state(slot, SLOT_ANSWERED);
	answers_decided = true;
	return STATUS_OK;
}

/* WHY the records are freed before the slots are: until then nobody else can be bound to a reply object
 * whose answer would be sent again. */
void slots_flush(void)
{
	bool sent[SLOTS] = {};

	if (!answers_decided)
		return;
	answers_decided = false;
	for (u32 i = 0; i < SLOTS; i++) {
		sent[i] = kept[i].state == SLOT_ANSWERED;
		/* A caller that has gone needs no answer. */
		if (sent[i])
			(void)send_answer(i);
	}
	keep_commit();
	for (u32 i = 0; i < SLOTS; i++) {
		if (sent[i])
			slots_release(i);
	}
}

enum status service_answer_data(service_ticket ticket, struct span data)
{
	u32 slot = slot_of(ticket);
	u64 written = 0;

	if (slot == SLOT_NONE)
		return STATUS_NOT_FOUND;
	struct span part = span_first(data, kept[slot].count);

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
	if (offset >= kept[slot].count)
		return STATUS_OK;
	return sys_buffer_read(slots[slot].reply, offset, mspan_first(to, kept[slot].count - offset), got);
}

void slots_cancel_file(u32 file_index)
{
	for (u32 i = 0; i < SLOTS; i++) {
		if (kept[i].state == SLOT_WAITING && kept[i].file == file_index)
			service_answer(ticket_of(i), STATUS_CANCELLED, 0);
	}
}

/* ---- kept state ---- */

u64 slots_keep_bytes(void) { return sizeof(kept); }
void slots_keep(void) { keep_add(&kept_slots, MSPAN_OF_ARRAY(kept), sizeof(struct waiting_slot)); }

/* WHY looked at: who waited may have been answered by others, as by the keeper when the service was given up, or be gone. Nobody
 * would ever answer him, and each would have a slot for good. */
static bool is_left(u32 slot)
{
	return kept[slot].state != SLOT_FREE && kept[slot].state != SLOT_ANSWERED && !kept_waits(slots[slot].reply);
}

void slots_resume(u32 replies)
{
	for (u32 i = 0; i < SLOTS; i++) {
		struct message m = msg_make(STATUS_REPEAT, 0);

		slots[i].reply = i < replies ? kept_reply(i) : handle_none();
		if (is_left(i))
			set_state(i, SLOT_FREE);
		slots[i].busy = kept[i].state != SLOT_FREE;
		answers_decided = answers_decided || kept[i].state == SLOT_ANSWERED;
		/* Nobody waits, as a rule: then that is all. */
		if (!slots[i].busy && !handle_is_none(slots[i].reply))
			(void)msg_reply(slots[i].reply, &m);
	}
}
