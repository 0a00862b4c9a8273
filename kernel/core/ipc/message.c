/* SPDX-License-Identifier: Apache-2.0
 *
 * Contents of messages beyond the registers. See message.h.
 */
#include "kernel/core/ipc/message.h"
#include "abi/event_emit.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/sched.h"

/* Words of the message buffer page, as struct msg_buffer lays it out. */
enum : u32 { WORD_CAPS = 64, WORD_CAP_RIGHTS = 66 };
static_assert(__builtin_offsetof(struct msg_buffer, cap) == WORD_CAPS * 8);
static_assert(__builtin_offsetof(struct msg_buffer, cap_rights) == WORD_CAP_RIGHTS * 8);

enum : u32 { CAP_COPY_ALL = 0xffffffffu, CAP_MOVE = 0x80000000u };

static u32 half_word(const struct frame_words *buffer, u32 word, u32 index)
{
	return (u32)(*ELEM(buffer->word, word + index / 2) >> (32 * (index % 2)));
}

static void put_half_word(struct frame_words *buffer, u32 word, u32 index, u32 value)
{
	u64 *place = ELEM(buffer->word, word + index / 2);
	u32 shift = 32 * (index % 2);

	*place = (*place & ~((u64)U32_MAX << shift)) | (u64)value << shift;
}

static void give_up(struct transfer *transfer)
{
	for (u32 i = 0; i < transfer->count; i++)
		cap_release(ELEM(transfer->cap, i));
	transfer->count = 0;
}

/* Reads and holds what the sender offers; changes nothing. */
static enum status transfer_check(struct thread *from, u32 count, struct transfer *transfer)
{
	for (u32 i = 0; i < count; i++) {
		u32 keep = half_word(from->buffer, WORD_CAP_RIGHTS, i);
		struct cap *cap = ELEM(transfer->cap, i);

		transfer->source[i] = (handle_t){ half_word(from->buffer, WORD_CAPS, i) };
		transfer->move[i] = keep != CAP_COPY_ALL && (keep & CAP_MOVE) != 0;
		enum status status = cap_acquire(from->process, transfer->source[i], cap);

		if (status != STATUS_OK)
			return status;
		transfer->count++;
		u32 need = RIGHT_TRANSFER | (transfer->move[i] ? 0 : RIGHT_DUPLICATE);

		if ((cap->rights & need) != need)
			return STATUS_DENIED;
		cap->rights &= keep;
	}
	return STATUS_OK;
}

/* What is moved leaves the sender first, so that it is never in two places: a capability that another
 * thread of the sender, or an earlier place of this message, gave away meanwhile arrives as 0. */
void transfer_commit(struct thread *to, struct thread *from, const struct transfer *transfer)
{
	for (u32 i = 0; i < transfer->count; i++) {
		const struct cap *cap = ELEM(transfer->cap, i);
		handle_t handle = {};

		if (transfer->move[i] && cap_drop(from->process, transfer->source[i]) != STATUS_OK) {
			cap_release(cap);
			cap_unreserve(to->process, 1);
		} else {
			event_cap_grant(cap->object->id, cap->rights, to->process->object.id);
			handle = cap_insert(to->process, cap);
		}
		put_half_word(to->buffer, WORD_CAPS, i, handle.v);
	}
}

void transfer_abandon(struct thread *to, struct transfer *transfer)
{
	if (transfer->count == 0)
		return;
	cap_unreserve(to->process, transfer->count);
	give_up(transfer);
}

static enum status prepare_caps(struct thread *to, struct thread *from, u32 count, struct transfer *transfer)
{
	enum status status = transfer_check(from, count, transfer);

	if (status == STATUS_OK)
		status = cap_reserve(to->process, count);
	if (status != STATUS_OK)
		give_up(transfer);
	return status;
}

enum status message_prepare_rest(struct thread *to, struct thread *from, u64 info, struct transfer *transfer)
{
	u32 caps = (u32)msg_info_caps(info);
	enum status status = caps != 0 ? prepare_caps(to, from, caps, transfer) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	u64 i = MESSAGE_REGISTER_WORDS, words = msg_info_words(info);

	for (; i + STRETCH_WORDS <= words; i += STRETCH_WORDS)
		*ELEM(to->buffer->stretch, i / STRETCH_WORDS) = *ELEM(from->buffer->stretch, i / STRETCH_WORDS);
	for (; i < words; i++)
		*ELEM(to->buffer->word, i) = *ELEM(from->buffer->word, i);
	return STATUS_OK;
}

void message_note(struct thread *to, u32 kind, u64 badge, u64 label, const u64 *word)
{
	to->frame.word[0] = *word;
	message_finish(to, badge, msg_info_make(label, 1, 0, 0, 0), kind);
}

void message_copy_fault(struct thread *to, const struct thread *from)
{
	for (u32 i = 0; i < FAULT_WORDS; i++)
		to->frame.word[i] = from->fault[i];
}

void message_peer_died(struct thread *caller)
{
	if (thread_faulted(caller)) {
		process_end(caller->process, caller->fault[0], EXIT_REASON_FAULTED);
		sched_wake(caller);
		return;
	}
	thread_finish_wait(caller, STATUS_PEER_DIED, 0);
}
