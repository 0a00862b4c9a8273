/* SPDX-License-Identifier: Apache-2.0
 *
 * Contents of messages beyond the registers. See message.h.
 */
#include "kernel/core/ipc/message.h"
#include "abi/event_emit.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/sched.h"

/* Words beyond the registers, a stretch at a time as long as there are so many. */
static void copy_rest(struct thread *to, const struct thread *from, u64 words)
{
	u64 i = MESSAGE_REGISTER_WORDS;

	for (; i + STRETCH_WORDS <= words; i += STRETCH_WORDS)
		*ELEM(to->buffer->stretch, i / STRETCH_WORDS) = *ELEM(from->buffer->stretch, i / STRETCH_WORDS);
	for (; i < words; i++)
		*ELEM(to->buffer->word, i) = *ELEM(from->buffer->word, i);
}

HAL_RARE_CALL void message_copy_words(struct thread *to, const struct thread *from, u64 words)
{
	message_copy_registers(to, from, words);
	copy_rest(to, from, words);
}

/* It leaves the sender first, so that it is never in two places: a capability that another thread of the sender, or an
 * earlier place of this message, gave away meanwhile arrives as 0. It counts on its way as well, if it is one to receive
 * with: perhaps it is the last. */
static void move(struct thread *to, struct thread *from, u32 place, const struct gift *gift)
{
	const struct cap *cap = &gift->cap, kept = *cap;
	bool counts = may_receive_by(cap->type, cap->rights);

	if (counts) {
		cap_ref(&kept);
		receivable_more(kept.object, kept.lineage);
	}
	if (cap_drop(from->process, gift->source) != STATUS_OK) {
		cap_release(cap);
		cap_unreserve(to->process, 1);
		gift_put_handle(to->buffer, place, (handle_t){});
	} else {
		gift_give(to, place, cap);
	}
	if (counts) {
		receivable_less(kept.object, kept.lineage);
		cap_release(&kept);
	}
}

/* The receiver has it, and the sender no longer what is moved. */
static void commit(struct thread *to, struct thread *from, u32 place, const struct gift *gift)
{
	if (gift->move)
		move(to, from, place, gift);
	else
		gift_give(to, place, &gift->cap);
}

static void give_up(struct transfer *transfer)
{
	for (u32 i = 0; i < transfer->count; i++)
		cap_release(&ELEM(transfer->gift, i)->cap);
	transfer->count = 0;
}

static enum status take_gifts(struct thread *from, u32 count, struct transfer *transfer)
{
	for (u32 i = 0; i < count; i++) {
		enum status status = gift_take(from, i, ELEM(transfer->gift, i));

		if (status != STATUS_OK)
			return status;
		transfer->count++;
	}
	return STATUS_OK;
}

void transfer_commit(struct thread *to, struct thread *from, const struct transfer *transfer)
{
	for (u32 i = 0; i < transfer->count; i++)
		commit(to, from, i, ELEM(transfer->gift, i));
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
	enum status status = take_gifts(from, count, transfer);

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

	if (status == STATUS_OK)
		copy_rest(to, from, msg_info_words(info));
	return status;
}

void message_note(struct thread *to, u32 kind, u64 badge, u64 label, const u64 *word)
{
	to->frame.word[0] = *word;
	message_finish(to, badge, msg_info_make(label, 1, 0, kind, 0));
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
