/* SPDX-License-Identifier: Apache-2.0
 *
 * What a message carries beyond the registers: capabilities, all or none and with no right more, and words that
 * stay inside the message buffers. Any info word that message_check lets through, any contents of the buffer.
 *
 * Spaces are modelled by what they count; slots.c proves them.
 */
#include "tests/prove/include/no_slots.h"
#include "kernel/core/ipc/message.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;

static struct thread *from, *to;
static struct cap offer[MESSAGE_CAPS_MAX];   /* what the sender's handles name, in order */
static struct object *object;
static struct lineage *lineage;
static u32 asked, reserved, inserted, dropped, receivers;

/* How often the object is held, and its lineage with it. */
static u32 held(void)
{
	PROVE(object->refs == lineage->refs && object->refs != 0, "an object is held with its lineage");
	return object->refs - 1;
}

static void let_go(void)
{
	PROVE(held() > 0, "only what is held is given up");
	object->refs--;
	lineage->refs--;
}

enum status cap_acquire(struct process *process, handle_t handle, u32 rights, struct cap *out)
{
	(void)handle;
	PROVE(process == from->process, "capabilities are the sender's");
	PROVE(asked < MESSAGE_CAPS_MAX, "no more are looked at than a message can carry");
	if (MAYBE())
		return MAYBE() ? STATUS_BAD_HANDLE : STATUS_REVOKED;
	*out = (struct cap){ .object = object, .lineage = lineage, .type = OBJECT_ENDPOINT, .rights = ANY(u32) & 0xffff };
	offer[asked] = *out;
	asked++;
	if ((out->rights & rights) != rights)
		return STATUS_DENIED;
	cap_ref(out);
	return STATUS_OK;
}

void cap_release(const struct cap *cap)
{
	PROVE(cap->object == object && cap->lineage == lineage, "what was acquired is given up");
	let_go();
}

enum status cap_reserve(struct process *process, u32 count)
{
	PROVE(process == to->process && reserved == 0, "room is made at the receiver, once");
	if (MAYBE())
		return STATUS_OUT_OF_CAPS;
	reserved = count;
	return STATUS_OK;
}

void cap_unreserve(struct process *process, u32 count)
{
	PROVE(process == to->process && count <= reserved, "only room that was made is given back");
	reserved -= count;
}

enum status cap_drop(struct process *process, handle_t handle)
{
	(void)handle;
	PROVE(process == from->process && reserved > 0, "what moves leaves the sender, when it is sure to arrive");
	PROVE(IMPLIES(asked == 1 &&
				(offer[0].rights & gift_half_word(from->buffer, GIFT_WORD_RIGHTS, 0) & ENDPOINT_RIGHT_RECEIVE) != 0,
			receivers == 1), "what one can receive with counts while it is nowhere");
	if (MAYBE())
		return STATUS_BAD_HANDLE;
	dropped++;
	return STATUS_OK;
}

handle_t cap_insert(struct process *process, const struct cap *cap)
{
	PROVE(process == to->process && reserved > 0 && held() > 0, "a capability arrives where room was made");
	u32 position = inserted;

	for (u32 i = 0; i < MESSAGE_CAPS_MAX; i++)
		PROVE(IMPLIES(asked == 1 && i == position, (cap->rights & ~offer[i].rights) == 0), "no right is added");
	PROVE(asked != 1 || (offer[0].rights & RIGHT_TRANSFER) != 0, "only what may be given away arrives");
	PROVE(asked != 1 || dropped == 1 || (offer[0].rights & RIGHT_DUPLICATE) != 0, "only what may be copied is copied");
	let_go();
	reserved--;
	inserted++;
	return (handle_t){ ANY(u32) };
}

void receivable_more(struct object *at, struct lineage *by) { (void)at; (void)by; receivers++; }
void receivable_less(struct object *at, struct lineage *by)
{
	PROVE(at->refs > 1 && by->refs > 1 && receivers > 0, "it is held, and counts");
	receivers--;
}

static u32 ended, woken, finished;

void process_end(struct process *process, u64 status, enum exit_reason reason)
{
	PROVE(process == to->process && status == to->fault[0] && reason == EXIT_REASON_FAULTED, "the process that has faulted ends");
	ended++;
}

void sched_wake(struct thread *thread) { PROVE(thread == to && ended == 1, "and its thread goes on, to its end"); woken++; }

void thread_finish_wait(struct thread *thread, enum status status, u64 value)
{
	PROVE(thread == to && status == STATUS_PEER_DIED && value == 0, "who waits learns why");
	finished++;
}

static void two_threads(void)
{
	from = NEW(struct thread);
	to = NEW(struct thread);
	from->process = NEW(struct process);
	to->process = NEW(struct process);
	from->buffer = NEW(struct frame_words);
	to->buffer = NEW(struct frame_words);
	object = NEW(struct object);
	object->refs = 1;
	lineage = NEW(struct lineage);
	lineage->refs = 1;
	asked = reserved = inserted = dropped = receivers = 0;
	ended = woken = finished = 0;
}

void prove_transfer(void)
{
	u64 info = ANY(u64);

	two_threads();
	ASSUME(message_check(info) == STATUS_OK && msg_info_words(info) <= MESSAGE_REGISTER_WORDS);
	u32 count = (u32)msg_info_caps(info);
	struct transfer transfer = {};
	enum status status = message_prepare_rest(to, from, info, &transfer);
	bool go = status == STATUS_OK && MAYBE();

	PROVE(inserted == 0 && dropped == 0, "before the message is sure to arrive nothing moves");
	PROVE(IMPLIES(status == STATUS_OK, held() == count && reserved == count), "what is to go is held, and room for it promised");
	PROVE(IMPLIES(status != STATUS_OK, held() == 0 && reserved == 0), "if one cannot go, nothing stays held or promised");
	if (go)
		transfer_commit(to, from, &transfer);
	else
		transfer_abandon(to, &transfer);
	PROVE(held() == 0 && reserved == 0 && receivers == 0, "in the end nothing stays held or promised");
	PROVE(IMPLIES(!go, inserted == 0 && dropped == 0), "if one cannot go, none goes");
	PROVE(dropped <= inserted && inserted <= count, "what has left the sender has arrived");
}

void prove_words(void)
{
	u64 info = ANY(u64);
	u32 seen = ANY(u32);

	two_threads();
	ASSUME(message_check(info) == STATUS_OK && msg_info_caps(info) == 0);
	ASSUME(seen < FRAME_WORDS && seen < MESSAGE_WORDS_MAX + 4);
	u64 sent = from->buffer->word[seen], before = to->buffer->word[seen];

	struct transfer transfer = {};

	PROVE(message_prepare_rest(to, from, info, &transfer) == STATUS_OK, "words alone always arrive");
	bool covered = seen >= MESSAGE_REGISTER_WORDS && seen < msg_info_words(info);

	PROVE(to->buffer->word[seen] == (covered ? sent : before), "exactly the words beyond the registers are written");
}

/* A message without capabilities from one to another that keeps its own registers. */
void prove_whole(void)
{
	u64 words = ANY(u64);
	u32 seen = ANY(u32);

	two_threads();
	ASSUME(words <= MESSAGE_WORDS_MAX && seen < FRAME_WORDS && seen < MESSAGE_WORDS_MAX + 4);
	bool in_registers = seen < MESSAGE_REGISTER_WORDS;
	u64 sent = in_registers ? from->frame.word[seen] : from->buffer->word[seen];
	u64 before = in_registers ? to->frame.word[seen] : to->buffer->word[seen];

	message_copy_words(to, from, words);
	u64 now = in_registers ? to->frame.word[seen] : to->buffer->word[seen];

	PROVE(now == (seen < words ? sent : before), "exactly the words of the message are written");
}

void prove_notes(void)
{
	u64 badge = ANY(u64), word = ANY(u64), label = ANY(u64) & 0xffff;
	u32 kind = ANY(u32) & 7, seen = ANY(u32);

	two_threads();
	ASSUME(seen < FAULT_WORDS);
	message_copy_fault(to, from);
	PROVE(to->frame.word[seen] == from->fault[seen], "a fault's words are those of the fault");
	message_note(to, kind, badge, label, &word);
	PROVE(to->frame.status == STATUS_OK && to->frame.arg0 == badge && to->frame.word[0] == word, "a note says what it is about");
	PROVE(msg_info_words(to->frame.arg1) == 1 && msg_info_caps(to->frame.arg1) == 0 && msg_info_kind(to->frame.arg1) == kind &&
		msg_info_label(to->frame.arg1) == label, "in one word, with its kind");
	message_peer_died(to);
	bool faulted = (to->traits & THREAD_FAULTED) != 0;

	PROVE(faulted ? ended == 1 && woken == 1 && finished == 0 : ended == 0 && woken == 0 && finished == 1,
		"who gets no answer goes on, once: with a fault to its end");
}

void prove_check(void)
{
	u64 info = ANY(u64);
	bool fits = msg_info_words(info) <= 64 && msg_info_caps(info) <= 4;

	PROVE((message_check(info) == STATUS_OK) == fits, "no message is longer than it may be");
	PROVE(IMPLIES(message_is_short(info), msg_info_words(info) <= 8 && msg_info_caps(info) == 0),
		"what is called short is in the registers alone");
}
