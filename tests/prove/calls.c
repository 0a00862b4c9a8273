/* SPDX-License-Identifier: Apache-2.0
 *
 * The message calls the long way. Any endpoint with up to two who wait to receive or to send, any reply object, any message,
 * one call; whatever is done on the way may be refused.
 *
 * INV-WAIT-OWNER: whoever takes a thread out of where it waits sees to it once: it is woken, switched to, told why not, or
 * bound to wait for an answer. The account of that is `settled`.
 */
#include "kernel/core/ipc/call.c"
#include "tests/prove/include/quiet.h"

enum : u32 { THREADS = 3, SELF = 0, FIRST = 1, SECOND = 2, REGISTERS = MESSAGE_REGISTER_WORDS };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 lineage_revocations;

static struct thread *thread[THREADS], *self;
static struct hal_frame before[THREADS];
static struct reply *reply;                /* the running thread's, or that of who is first */
static struct reply *other_reply;
static struct endpoint *endpoint;
static u64 badge;
static u32 settled[THREADS], restarted[THREADS], bound_to, joined;
static enum status told[THREADS];          /* as the wait ended */
static u32 held, committed;                /* capabilities on their way */
static u32 senders;                        /* who wait: so many of the two */
static bool began, queued_as_sender, refreshed;
static u32 notes, kept_messages, ended;    /* taken, kept; processes */
static bool goes_on, receives;
static u64 fault_copies;

/* ---- what is modelled: threads ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "what is lent outlives who runs on it"); }
bool lineage_walk(struct lineage *lineage) { (void)lineage; return MAYBE(); }

void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}

static u32 number_of(const struct thread *at)
{
	PROVE(at == thread[SELF] || at == thread[FIRST] || at == thread[SECOND], "a thread that there is");
	return at == thread[SELF] ? SELF : at == thread[FIRST] ? FIRST : SECOND;
}

static void settle(struct thread *at, enum status status)
{
	u32 i = number_of(at);

	PROVE(i != SELF, "the running thread waits for nobody to wake it");
	PROVE(at->endpoint == nullptr, "who goes on waits no more");
	settled[i]++;
	told[i] = status;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	PROVE(value == 0, "nothing but the reason");
	settle(at, status);
	at->frame.status = status;
}

void thread_abandon_wait(struct thread *at, enum status status) { settle(at, status); }
void message_peer_died(struct thread *at) { settle(at, STATUS_PEER_DIED); }
void sched_wake(struct thread *at) { settle(at, STATUS_OK); }

void sched_switch_to(struct thread *at, enum switch_reason reason)
{
	(void)reason;
	PROVE(began, "who goes over to another waits");
	settle(at, STATUS_OK);
}

void thread_cancel_alarm(struct thread *at) { at->traits &= ~(u32)THREAD_TIMED; }
void thread_forget_forwarder(struct thread *at) { at->traits &= ~(u32)THREAD_FORWARDED; }
enum status thread_may_wait(const struct thread *at, const struct object *object)
{
	PROVE(at == self && object == &endpoint->object && endpoint->lock.taken != 0, "asked under the lock");
	return MAYBE() ? STATUS_OK : STATUS_REVOKED;
}
enum status cap_still_names(struct process *process, u64 handle, const struct object *object)
{
	(void)process;
	PROVE(object == &reply->object && handle == self->through >> 32, "the reply object's own capability");
	return MAYBE() ? STATUS_OK : STATUS_BAD_HANDLE;
}

bool thread_begin_wait(struct thread *at, enum thread_state state, u64 deadline_ns)
{
	PROVE(at == self && !began && deadline_ns != 0 && endpoint->lock.taken != 0,
		"the caller waits, once, under the lock");
	PROVE(state == THREAD_STATE_SENDING || state == THREAD_STATE_RECEIVING, "to send or to receive");
	PROVE(at->endpoint == endpoint, "and can be found by who cancels it");
	began = MAYBE();
	return began;
}

void inherit_moved(struct thread *at) { PROVE(endpoint->lock.taken == 0, "no lock is held"); (void)at; }
void word_owner_moved(struct thread *at) { PROVE(endpoint->lock.taken == 0, "no lock is held"); (void)at; }
void process_end(struct process *process, u64 code, u32 reason) { (void)process; (void)code; (void)reason; ended++; }

void hal_frame_restart(struct hal_frame *frame, u64 number)
{
	u32 i = frame == &thread[SELF]->frame ? SELF : frame == &thread[FIRST]->frame ? FIRST : SECOND;

	PROVE(frame == &thread[i]->frame, "a thread's own");
	(void)number;
	restarted[i]++;
}

/* ---- capabilities ---- */

bool sweep_goes_on(enum status status) { return status == STATUS_OUT_OF_CAPS && goes_on; }

enum status cap_may_reserve(struct process *process, u32 count)
{
	(void)process;
	PROVE(count <= MESSAGE_CAPS_MAX, "no more than there may be");
	return MAYBE() ? STATUS_OUT_OF_CAPS : STATUS_OK;
}

static bool endpoint_found, reply_found;

enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type, u32 rights, struct cap *out)
{
	bool one = type == OBJECT_ENDPOINT;

	PROVE(process == self->process, "a handle is one of the caller's");
	PROVE(handle.v == (u32)(one ? before[SELF].arg0 : before[SELF].arg0 >> 32), "the handle that was given");
	PROVE(one ? rights == (receives ? ENDPOINT_RIGHT_RECEIVE : ENDPOINT_RIGHT_SEND)
		: type == OBJECT_REPLY && rights == REPLY_RIGHT_USE, "an endpoint or a reply object, with its right");
	if (!(one ? endpoint_found : reply_found))
		return STATUS_DENIED;
	*out = (struct cap){ .object = one ? &endpoint->object : &reply->object, .value = badge, .type = type, .rights = rights };
	return STATUS_OK;
}

enum status message_prepare_rest(struct thread *to, struct thread *from, u64 info, struct transfer *transfer)
{
	PROVE(to != from && held == 0, "one message at a time");
	transfer->count = 0;
	if (MAYBE())
		return MAYBE() ? STATUS_OUT_OF_CAPS : STATUS_REVOKED;
	transfer->count = (u32)msg_info_caps(info);
	held = transfer->count;
	return STATUS_OK;
}

void transfer_commit(struct thread *to, struct thread *from, const struct transfer *transfer)
{
	PROVE(to != from && transfer->count == held && endpoint->lock.taken == 0,
		"what is held goes along, with no lock held");
	committed += held;
	held = 0;
}

void transfer_abandon(struct thread *to, struct transfer *transfer)
{
	(void)to;
	PROVE(transfer->count == held, "what is held is given up");
	held = 0;
}

void message_copy_fault(struct thread *to, const struct thread *from)
{
	PROVE((from->traits & (THREAD_FAULTED | THREAD_FORWARDED)) != 0 && to != from, "of who has faulted, or was handed on");
	fault_copies++;
}

/* ---- reply objects: replies.c ---- */

enum reply_bind reply_bind(struct thread *receiver, struct thread *caller, u64 deadline_ns, bool running)
{
	struct reply *at = receiver->reply;

	PROVE(endpoint->lock.taken == 0 && bound_to == 0, "with no lock held, once");
	PROVE(running == (caller == self), "who runs begins to wait, who waited goes on");
	(void)deadline_ns;
	at->object.dead = at->object.dead || MAYBE();
	if (at->object.dead)
		return REPLY_GONE;
	if (MAYBE())
		return MAYBE() ? REPLY_CALLER_REVOKED : REPLY_CALLER_STOPS;
	at->caller = caller;
	at->receiver = nullptr;
	if (running)
		began = true;
	else
		settled[number_of(caller)]++;
	bound_to++;
	return REPLY_BOUND;
}

struct thread *reply_take(struct thread *by, struct reply *at, bool claim)
{
	struct thread *caller = at->caller;

	PROVE(by == self && at == reply, "who answers does it with its own");
	at->caller = nullptr;
	if (claim && MAYBE())
		at->receiver = self;
	return caller;
}

bool reply_claim(struct reply *at, struct thread *receiver)
{
	PROVE(at == reply && receiver == self, "its own");
	if (MAYBE())
		return false;
	at->receiver = receiver;
	return true;
}

void reply_unclaim(struct reply *at) { PROVE(at == reply || at == other_reply,
		"one that there is"); at->receiver = nullptr; }
bool reply_attach(struct reply *at, struct endpoint *to) { at->endpoint = to; return MAYBE(); }

/* ---- endpoints: endpoints.c, receivable.c ---- */

static bool anybody;
bool receivable(const struct endpoint *at) { (void)at; return anybody; }

bool note_take(struct endpoint *at, struct thread *to)
{
	PROVE(at == endpoint && to == self && endpoint->lock.taken != 0, "under the lock");
	PROVE(to->note == nullptr, "what it was told before is settled");
	if (endpoint->gone_first == nullptr)
		return false;
	endpoint->gone_first = nullptr;
	message_finish(to, ANY(u64), ANY(u64));
	notes++;
	return true;
}

void note_settle(struct thread *at, bool heard)
{
	PROVE(at == self && heard && at->note != nullptr && endpoint->lock.taken == 0, "who receives again has done with it");
	at->note = nullptr;
}

bool note_enqueue(struct endpoint *at, const struct thread *from, u64 by, u64 info)
{
	PROVE(at == endpoint && from == self && by == badge && info == before[SELF].arg1, "what was sent");
	if (MAYBE())
		return false;
	kept_messages++;
	return true;
}

struct thread *senders_take(struct endpoint *at)
{
	PROVE(at == endpoint && endpoint->lock.taken != 0, "under the lock");
	if (senders == 0)
		return nullptr;
	struct thread *sender = senders == 2 ? thread[FIRST] : thread[SECOND];

	sender->endpoint = nullptr;
	senders--;
	endpoint->senders.first = senders != 0 ? &thread[SECOND]->send_node : nullptr;
	refreshed = false;
	return sender;
}

void senders_add(struct endpoint *at, struct thread *sender)
{
	PROVE(at == endpoint && sender == self && began && !queued_as_sender, "who waits is queued, once");
	PROVE(sender->sent_badge == badge, "with the badge of the capability that was used");
	queued_as_sender = true;
	refreshed = false;
}

void servers_raise(struct endpoint *at) { PROVE(at->lock.taken != 0, "under the lock"); refreshed = true; }
void server_join(struct thread *at, struct endpoint *to) { at->serves = to; joined++; }

/* ---- any state ---- */

static void any_state(bool queue_of_receivers)
{
	endpoint = NEW(struct endpoint);
	reply = NEW(struct reply);
	other_reply = NEW(struct reply);
	endpoint->object.type = OBJECT_ENDPOINT;
	endpoint->object.dead = MAYBE();
	endpoint->receivers = (struct thread_queue){};
	endpoint->lock.taken = 0;
	endpoint->senders.first = nullptr;
	endpoint->gone_first = nullptr;
	endpoint->queue_first = nullptr;
	endpoint->bound.signal = nullptr;
	endpoint->awaiting = MAYBE();
	reply->object.type = OBJECT_REPLY;
	reply->object.dead = MAYBE();
	reply->lock.taken = 0;
	reply->caller = nullptr;
	reply->receiver = nullptr;
	reply->endpoint = MAYBE() ? endpoint : nullptr;
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->process = NEW(struct process);
		thread[i]->own = thread[i]->activity = NEW(struct activity);
		thread[i]->endpoint = nullptr;
		thread[i]->sent_call = MAYBE();
		settled[i] = restarted[i] = 0;
		/* forward.c */
		ASSUME((thread[i]->traits & THREAD_FORWARDED) == 0 || (!thread_faulted(thread[i]) &&
			msg_info_words(thread[i]->sent_info) <= FAULT_WORDS && msg_info_caps(thread[i]->sent_info) == 0));
	}
	self = thread[SELF];
	self->traits &= ~(u32)THREAD_FORWARDED; /* it runs */
	bound_to = joined = held = committed = senders = notes = kept_messages = ended = 0;
	fault_copies = 0;
	began = queued_as_sender = false;
	refreshed = true;
	goes_on = MAYBE();
	endpoint_found = MAYBE();
	reply_found = MAYBE();
	anybody = !endpoint->object.dead && MAYBE(); /* INV-RECEIVABLE: of what is closed nobody has a capability */
	badge = ANY(u64);
	receives = !queue_of_receivers;
	if (queue_of_receivers && MAYBE()) {
		thread[FIRST]->reply = reply;
		reply->receiver = thread[FIRST];
		thread[FIRST]->endpoint = endpoint;
		thread_queue_push(&endpoint->receivers, thread[FIRST]);
		if (MAYBE()) {
			thread[SECOND]->reply = other_reply;
			thread[SECOND]->endpoint = endpoint;
			thread_queue_push(&endpoint->receivers, thread[SECOND]);
		}
	} else if (!queue_of_receivers) {
		senders = MAYBE() ? 0 : MAYBE() ? 1 : 2;
		endpoint->senders.first = senders == 0 ? nullptr : &thread[SECOND]->send_node;
		endpoint->awaiting = endpoint->awaiting || senders != 0;
		for (u32 i = 3 - senders; i < THREADS; i++)
			thread[i]->endpoint = endpoint;
		if (MAYBE())
			endpoint->gone_first = NEW(struct lineage);
	}
	for (u32 i = 0; i < THREADS; i++)
		before[i] = thread[i]->frame;
}

static bool has_words(u32 to, u32 from, u64 words)
{
	bool same = true;

	for (u32 at = 0; at < REGISTERS; at++)
		same = same && thread[to]->frame.word[at] == (at < words ? before[from].word[at] : before[to].word[at]);
	return same;
}

static void check_common(void)
{
	PROVE(endpoint->lock.taken == 0 && reply->lock.taken == 0, "the locks are free again");
	PROVE(held == 0, "no capability stays on its way");
	PROVE(refreshed, "servers are as urgent as who waits");
	PROVE(restarted[SELF] <= 1 && settled[FIRST] <= 1 && settled[SECOND] <= 1, "nobody is seen to twice");
}

/* ---- sending ---- */

/* The first receiver has the message, or makes its call again, or is told why not. `sent`: it has. */
static void check_receiver(bool there, bool sent, u64 info, u32 kind)
{
	PROVE(settled[FIRST] == there && settled[SECOND] == 0, "the first who waits is seen to, once, and nobody else");
	PROVE(!there || endpoint->receivers.first != thread[FIRST], "and waits no more");
	if (!sent) {
		PROVE(committed == 0 && bound_to == 0, "what was not sent does not arrive");
		PROVE(!there || restarted[FIRST] == 1 || told[FIRST] == STATUS_DEAD, "and who would have had it waits on");
		return;
	}
	PROVE(there && restarted[FIRST] == 0 && told[FIRST] == STATUS_OK, "it goes on");
	PROVE(committed == msg_info_caps(info), "it has all the capabilities");
	PROVE(thread_faulted(self) ? fault_copies == 1 : has_words(FIRST, SELF, msg_info_words(info)),
		"exactly the words");
	PROVE(thread[FIRST]->frame.arg0 == badge && thread[FIRST]->frame.status == STATUS_OK, "the badge of who sent it");
	PROVE(thread[FIRST]->frame.arg1 == msg_info_set_kind(info, kind), "and knows what it has got");
}

void prove_call(void)
{
	any_state(true);
	u64 info = ANY(u64), deadline = ANY(u64);
	bool there = endpoint->receivers.first == thread[FIRST];

	ASSUME(!thread_faulted(self) || info == msg_info_make(0, FAULT_WORDS, 0, 0, 0));
	enum status status = send_call(self, endpoint, badge, info, MSG_KIND_CALL, deadline);

	check_common();
	check_receiver(there, bound_to == 1, info, MSG_KIND_CALL);
	PROVE(bound_to + queued_as_sender + restarted[SELF] + (status != STATUS_OK) == 1,
		"it waits, makes the call again, or knows why not");
	PROVE(began == (bound_to + queued_as_sender != 0), "it runs on unless it waits");
	PROVE(!queued_as_sender || (!there && self->sent_call && self->endpoint == endpoint && anybody && deadline != 0),
		"nobody queues in vain, nor where somebody receives");
	PROVE(status == STATUS_OK || self->endpoint == nullptr, "who was refused is in no queue");
	PROVE(bound_to == 0 || reply->caller == self, "who has the message is who may answer it");
	PROVE(status == STATUS_OK || self->frame.status == (thread_faulted(self) ? before[SELF].status : status),
		"the reason is told, but for a fault, which keeps its registers");
}

/* The call's own way in: the handle, and then the same. */
void prove_call_in(void)
{
	any_state(true);
	self->traits &= ~(u32)THREAD_FAULTED;
	u64 info = self->frame.arg1;
	bool there = endpoint->receivers.first == thread[FIRST] && endpoint_found && message_check(info) == STATUS_OK;

	syscall_call(self, &self->frame);
	check_common();
	check_receiver(there, bound_to == 1, info, MSG_KIND_CALL);
	PROVE(endpoint_found || (bound_to + queued_as_sender == 0 && self->frame.status != STATUS_OK), "who may not send does not");
	PROVE(bound_to + queued_as_sender + restarted[SELF] <= 1, "it waits, makes the call again, or knows why not");
	PROVE(bound_to + queued_as_sender != 0 || restarted[SELF] != 0 || self->frame.status != STATUS_OK, "and knows why");
}

void prove_send(void)
{
	any_state(true);
	self->traits &= ~(u32)THREAD_FAULTED;
	u64 info = self->frame.arg1;
	bool there = endpoint->receivers.first == thread[FIRST] && endpoint_found && message_check(info) == STATUS_OK;

	syscall_send(self, &self->frame);
	bool sent = there && restarted[FIRST] == 0;

	check_common();
	check_receiver(there, sent, info, MSG_KIND_SEND);
	PROVE(!sent || (self->frame.status == STATUS_OK && reply->receiver == nullptr),
		"who sent it goes on, and the reply object is free");
	PROVE(kept_messages + queued_as_sender + sent <= 1, "it is sent once");
	PROVE(queued_as_sender == began && (!began || !self->sent_call), "who waits is in the queue");
	PROVE(began || restarted[SELF] != 0 || self->frame.status != STATUS_OK || sent || kept_messages == 1,
		"or knows why not");
}

/* ---- receiving ---- */

static u32 taken(void) { return settled[FIRST] + settled[SECOND]; }

static void check_received(u32 waiting)
{
	PROVE(taken() + senders == waiting, "each sender that is taken out is seen to, and no other");
	PROVE(settled[FIRST] == 0 || told[FIRST] != STATUS_OK || restarted[FIRST] <= 1, "once");
	if (!began) {
		PROVE(endpoint->receivers.first == nullptr && self->endpoint == nullptr, "who does not wait is in no queue");
		PROVE(reply->receiver != self || reply->object.dead,
		"and its reply object is free, has a caller, or is dead");
		return;
	}
	PROVE(endpoint->receivers.first == self && endpoint->receivers.last == self && self->endpoint == endpoint,
		"who waits is in the queue");
	PROVE(reply->receiver == self && self->reply == reply && !reply->object.dead && !endpoint->object.dead,
		"with its reply object, and neither is dead");
	PROVE(self->note == nullptr, "INV-NOTE");
	PROVE(senders == 0 && endpoint->gone_first == nullptr && committed == 0 && notes == 0, "for nothing was there");
}

void prove_receive(void)
{
	any_state(false);
	u32 waiting = senders;
	bool good = endpoint_found && reply_found;

	syscall_receive(self, &self->frame);
	check_common();
	check_received(waiting);
	PROVE(good || (taken() == 0 && notes == 0 && !began && self->frame.status == STATUS_DENIED),
		"only who may receives");
	PROVE(began || restarted[SELF] != 0 || notes + taken() != 0 || self->frame.status != STATUS_OK,
		"or knows why not");
}

/* ---- one sender's message ---- */

void prove_accept(void)
{
	any_state(false);
	struct thread *sender = thread[FIRST];

	sender->endpoint = nullptr;
	reply->receiver = self;
	self->reply = reply;
	ASSUME(msg_info_words(sender->frame.arg1) <= MESSAGE_WORDS_MAX &&
		msg_info_caps(sender->frame.arg1) <= MESSAGE_CAPS_MAX);
	bool beside = (sender->traits & (THREAD_FAULTED | THREAD_FORWARDED)) != 0, call = sender->sent_call;
	bool forwarded = (sender->traits & THREAD_FORWARDED) != 0;
	u64 info = forwarded ? sender->sent_info : sender->frame.arg1;
	bool accepted = accept(self, endpoint, sender, reply);

	check_common();
	PROVE(settled[FIRST] == 1 && settled[SECOND] == 0, "the sender is seen to, once");
	PROVE(accepted || (bound_to == 0 && committed == 0), "what was not accepted did not happen");
	if (!accepted || (call && bound_to == 0))
		return;
	PROVE(self->frame.status == STATUS_OK && self->frame.arg0 == sender->sent_badge,
		"the message is there, with its badge");
	PROVE(beside ? fault_copies == 1 : has_words(SELF, FIRST, msg_info_words(info)),
		"exactly the words that were sent");
	PROVE(!forwarded || self->frame.arg1 == msg_info_set_kind(info, call ? MSG_KIND_CALL : MSG_KIND_SEND),
		"of what was handed on it is told, not of the caller's own");
	PROVE(committed == (beside ? 0 : msg_info_caps(info)), "and all the capabilities");
	PROVE(call ? reply->caller == sender : reply->receiver == nullptr && told[FIRST] == STATUS_OK,
		"who wants an answer waits for it");
}

/* ---- answering ---- */

static void any_answer(void)
{
	any_state(false);
	reply->caller = MAYBE() ? thread[FIRST] : nullptr;
	thread[FIRST]->endpoint = nullptr;
	senders = senders == 2 ? 1 : senders;
	endpoint->senders.first = senders == 0 ? nullptr : &thread[SECOND]->send_node;
}

/* Who waited has the answer, or learns why it has none. */
static void check_answered(u64 info, bool faulted, bool waits)
{
	PROVE(settled[FIRST] == (waits && reply->caller == nullptr), "who waits for the answer is seen to, once");
	if (settled[FIRST] == 0 || faulted)
		return;
	if (thread[FIRST]->frame.status == STATUS_OK && told[FIRST] == STATUS_OK) {
		PROVE(has_words(FIRST, SELF, msg_info_words(info)), "it has exactly the words of the answer");
		PROVE(thread[FIRST]->frame.arg1 == msg_info_set_kind(info, MSG_KIND_SEND) && thread[FIRST]->frame.arg0 == 0,
			"and knows what it has got");
	}
}

void prove_reply(void)
{
	any_answer();
	u64 info = self->frame.arg1;
	bool waits = reply->caller != nullptr, faulted = thread_faulted(thread[FIRST]);

	syscall_reply(self, &self->frame);
	check_common();
	check_answered(info, faulted, waits);
	PROVE(settled[SECOND] == 0 && !began, "nobody else is, and who answers runs on");
	PROVE(committed == 0 || (committed == msg_info_caps(info) && settled[FIRST] == 1 && told[FIRST] == STATUS_OK &&
		!faulted),
		"capabilities go along with all of it");
	PROVE(restarted[SELF] != 0 || !waits || !reply_found || settled[FIRST] == 1 || self->frame.status == STATUS_TOO_LONG,
		"whoever may answers");
	PROVE(ended == (faulted && settled[FIRST] == 1 && msg_info_label(info) != STATUS_OK),
		"a fault that was not mended ends its process");
}

void prove_reply_receive(void)
{
	any_answer();
	u64 info = self->frame.arg1;
	u32 waiting = senders;
	bool waits = reply->caller != nullptr, faulted = thread_faulted(thread[FIRST]);

	syscall_reply_receive(self, &self->frame);
	check_common();
	PROVE(settled[SECOND] + senders == waiting, "each sender that is taken out is seen to, and no other");
	PROVE(waits || settled[FIRST] == 0, "nobody else is woken");
	PROVE(!waits || settled[FIRST] == 1 || reply->caller == thread[FIRST],
		"who waits for the answer is seen to, or waits on");
	PROVE(!began || (reply->receiver == self && endpoint->receivers.first == self && self->endpoint == endpoint &&
		senders == 0),
		"who waits is in the queue, with its reply object");
	PROVE(began || (self->endpoint == nullptr && (reply->receiver != self || reply->object.dead)),
		"who does not is in none");
	PROVE(settled[FIRST] == 0 || faulted || told[FIRST] != STATUS_OK || has_words(FIRST, SELF, msg_info_words(info)),
		"the answer has exactly its words");
}
