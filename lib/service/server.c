/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop of a service: receive, serve, answer.
 */
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/service/state.h"
#include "abi/names.h"
#include "abi/stubs.h"

static handle_t endpoint;
static handle_t signal;

handle_t service_endpoint(void)
{
	if (handle_is_none(endpoint))
		endpoint = rt_handle(span_text("endpoint"));
	return endpoint;
}

NORETURN static void give_up(struct span what, enum status status)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "cannot serve: ");
	text_add_span(&line, what);
	text_add(&line, ": ");
	text_add_cstr(&line, status_text(status));
	rt_log(text_span(&line));
	rt_exit(1);
}

handle_t service_signal(void)
{
	if (handle_is_none(signal))
		signal = rt_handle(span_text("signal"));
	if (!handle_is_none(signal))
		return signal;
	enum status status = sys_signal_create(rt_group(), &signal);

	if (status == STATUS_OK)
		status = sys_endpoint_bind(service_endpoint(), signal, U64_MAX);
	if (status != STATUS_OK)
		give_up(span_text("no signal"), status);
	return signal;
}

/* Copies the request out of registers and message buffer. */
static void call_begin(struct service_call *call, const struct message *m, u32 slot)
{
	bool answered = msg_kind_of(m) == MSG_KIND_CALL || msg_kind_of(m) == MSG_KIND_NOTE_FAULT;

	*call = (struct service_call){ .op = msg_label(m), .badge = m->badge, .words = msg_words(m), .slot = slot, .file = U32_MAX };
	for (u32 i = 0; i < MSG_WORDS_IN_REGISTERS; i++)
		call->word[i] = i < call->words ? m->word[i] : 0;
	call->cap_count = msg_caps(m) <= MSG_CAPS_MAX ? msg_caps(m) : MSG_CAPS_MAX;
	for (u32 i = 0; i < call->cap_count; i++)
		call->cap[i] = msg_cap(m, i);
	call->reply = answered ? slots_reply(slot) : handle_none();
}

/* Gives up what the callback did not take, and its own copies of what was answered. */
static void call_end(struct service_call *call)
{
	for (u32 i = 0; i < call->cap_count; i++) {
		if (!handle_is_none(call->cap[i]))
			sys_cap_drop(call->cap[i]);
	}
	for (u32 i = 0; i < call->answer_caps; i++) {
		if ((call->drop_after & 1u << i) != 0)
			sys_cap_drop(call->answer_cap[i]);
	}
}

/* Answers with capabilities. A caller that cannot take them learns that. */
static void reply_with_caps(struct service_call *call, struct message *m)
{
	for (u32 i = 0; i < call->answer_caps; i++)
		msg_add_cap(m, call->answer_cap[i], call->answer_rights[i]);
	enum status status = msg_reply(call->reply, m);

	if (status != STATUS_OK && status != STATUS_PEER_DIED) {
		*m = msg_make(status, 0);
		if (msg_reply(call->reply, m) != STATUS_OK)
			slots_release(call->slot);
	}
}

/* The end of what a message without an answer set off. */
static void settle(void)
{
	keep_commit();
	slots_flush();
}

/* The end of a request that changed what is kept: first it is decided, then the caller hears of it. */
static void answer_decided(struct service_call *call, enum status status, struct message *m, bool plain)
{
	kept_done(call, status, m);
	/* Whoever has gone needs no answer. */
	if (!plain)
		reply_with_caps(call, m);
	else
		(void)msg_reply(call->reply, m);
	kept_answered();
	slots_flush();
}

enum status service_answer_opened(service_ticket ticket, struct service_file *file)
{
	struct service_call call = { .op = NINEP_OPEN, .file = file->index };
	struct message m;

	if (!slots_end(ticket, &call)) {
		file->used = false;
		return STATUS_NOT_FOUND;
	}
	enum status status = requests_answer_file(&call, file);

	if (status == STATUS_OK)
		service_file_changed(file);
	else
		file->used = false;
	requests_answer_words(&call, status, &m);
	answer_decided(&call, status, &m, status != STATUS_OK);
	call_end(&call);
	slots_release(call.slot);
	return status;
}

static void take_bits(const struct service_ops *ops, u64 bits)
{
	if ((bits & SERVICE_NEEDS_BIT) != 0 && ops->needs_changed != nullptr)
		ops->needs_changed();
	if ((bits & ~SERVICE_NEEDS_BIT) != 0 && ops->signal != nullptr)
		ops->signal(bits & ~SERVICE_NEEDS_BIT);
}

/* WHY once, and with a deadline: who is short of everything must not be late for his clients as well. */
static void tell_exhausted(enum status status)
{
	enum : u64 { PATIENCE_NS = 10000000 };
	static u64 told;
	bool exhausted = status == STATUS_OUT_OF_FRAMES || status == STATUS_OUT_OF_OBJECTS || status == STATUS_OUT_OF_CAPS ||
			 status == STATUS_OUT_OF_THREADS;
	handle_t keeper = exhausted && (told & 1ull << status) == 0 ? rt_handle(span_text("faults")) : handle_none();
	struct message m = msg_make(SERVICE_EXHAUSTED, 1);

	m.word[0] = status;
	if (!handle_is_none(keeper) && msg_send(keeper, &m, rt_deadline_in(PATIENCE_NS)) == STATUS_OK)
		told |= 1ull << status;
}

/* Serves one message. True if the answer is left in `m` to be sent with the next receive. */
static bool serve(const struct service_ops *ops, struct message *m, u32 slot, bool *deferred)
{
	struct service_call call;
	enum status status;

	*deferred = false;
	call_begin(&call, m, slot);
	switch (msg_kind_of(m)) {
	case MSG_KIND_NOTE_SIGNAL:
		take_bits(ops, m->word[0]);
		settle();
		return false;
	case MSG_KIND_NOTE_BADGE_GONE:
		requests_close(ops, m->badge);
		settle();
		return false;
	case MSG_KIND_NOTE_FAULT:
		status = ops->fault == nullptr ? STATUS_NOT_SUPPORTED : ops->fault(&call);
		break;
	case MSG_KIND_SEND:
	case MSG_KIND_CALL:
		status = requests_serve(ops, &call);
		break;
	case MSG_KIND_COUNT:
	default:
		return false;
	}
	tell_exhausted(status);
	*deferred = call.deferred;
	if (call.deferred || handle_is_none(call.reply)) {
		settle();
		call_end(&call);
		return false;
	}
	requests_answer_words(&call, status, m);
	bool plain = status != STATUS_OK || call.answer_caps == 0;
	bool decided = keep_pending();

	if (decided)
		answer_decided(&call, status, m, plain);
	else if (!plain)
		reply_with_caps(&call, m);
	call_end(&call);
	return plain && !decided;
}

/* Tells the keeper. Who was started by somebody else has nobody to tell. WHY a call: a keeper that ends before it has noted
 * that is told again. */
static void announce(void)
{
	handle_t keeper = rt_handle(span_text("faults"));
	enum status status = handle_is_none(keeper) ? STATUS_OK : STATUS_REPEAT;

	while (status == STATUS_REPEAT || status == STATUS_PEER_DIED) {
		struct message m = msg_make(SERVICE_READY, 0);

		status = msg_call_status(keeper, &m, RT_FOREVER);
		msg_drop_caps(&m, 0);
	}
}

void service_run(const struct service_ops *ops)
{
	struct message m = {};
	bool answer = false;

	if (!handle_is_none(service_endpoint()))
		kept_begin(ops);
	u32 slot = slots_take();

	if (slot == SLOT_NONE || handle_is_none(service_endpoint()))
		give_up(span_text("no endpoint or reply object"), STATUS_BAD_HANDLE);
	announce();
	for (;;) {
		bool deferred;
		enum status status = answer ?
			msg_reply_receive(endpoint, slots_reply(slot), &m, RT_FOREVER) :
			msg_receive(endpoint, slots_reply(slot), &m, RT_FOREVER);

		answer = false;
		if (status == STATUS_CANCELLED || status == STATUS_TIMED_OUT || status == STATUS_PEER_DIED)
			continue;
		if (status != STATUS_OK)
			give_up(span_text("receive failed"), status);
		answer = serve(ops, &m, slot, &deferred);
		/* WHY it succeeds: service_defer has seen that there is another one. */
		if (deferred)
			slot = slots_take();
		INVARIANT(slot != SLOT_NONE, "a service always has a reply object to receive with");
	}
}
