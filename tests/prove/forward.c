/* SPDX-License-Identifier: Apache-2.0
 *
 * Handing a call on. Any call that waits for its answer, or none, any endpoint with up to two who wait to receive there, any
 * registers; whatever is done on the way may be refused.
 *
 * INV-WAIT-OWNER: whoever takes the caller out of the reply object sees to it once: it queues at the other endpoint, or
 * learns why not. INV-ENDPOINT: then nobody waits there to receive.
 */
#include "kernel/core/ipc/forward.c"
#include "tests/prove/include/quiet.h"

enum : u32 { RECEIVERS = 2 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 lineage_revocations;

static struct thread *self, *caller, *receiver[RECEIVERS];
static struct hal_frame asked, before;   /* the registers of who hands on, and of the caller */
static struct endpoint *endpoint;
static struct reply *reply;
static struct process *earlier;          /* who has handed it on before */
static u64 badge;
static bool endpoint_found, reply_found, taken, goes_on, queued, raised, moved, anybody;
static enum status may_wait, told;
static u32 ended, sent_back[RECEIVERS], waiting;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *at) { PROVE(at == &earlier->object, "who handed it on before is forgotten"); }

void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}

enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type, u32 rights, struct cap *out)
{
	bool one = type == OBJECT_ENDPOINT;

	PROVE(process == self->process && handle.v == (u32)(one ? asked.arg0 : asked.arg0 >> 32), "a handle that was given");
	PROVE(one ? rights == ENDPOINT_RIGHT_SEND : type == OBJECT_REPLY && rights == REPLY_RIGHT_USE,
		"an endpoint to send to, a reply object to use");
	if (!(one ? endpoint_found : reply_found))
		return STATUS_DENIED;
	*out = (struct cap){ .object = one ? &endpoint->object : &reply->object, .value = badge, .type = type, .rights = rights };
	return STATUS_OK;
}

enum status reply_take_call(struct thread *by, struct reply *at, struct thread **out)
{
	PROVE(by == self && at == reply && !taken, "the call is taken, once");
	if (reply->caller == nullptr)
		return MAYBE() ? STATUS_INVALID : STATUS_PEER_DIED;
	*out = reply->caller;
	reply->caller = nullptr;
	taken = true;
	return STATUS_OK;
}

void thread_forget_forwarder(struct thread *at)
{
	PROVE(at == caller && at->forwarder == earlier, "who handed it on before");
	at->traits &= ~(u32)THREAD_FORWARDED;
	object_unref(&at->forwarder->object);
	at->forwarder = nullptr;
}

bool receivable(const struct endpoint *at) { PROVE(at == endpoint && at->lock.taken != 0, "under the lock"); return anybody; }

enum status thread_may_wait(const struct thread *at, const struct object *object)
{
	PROVE(at == caller && object == &endpoint->object && endpoint->lock.taken != 0 && at->endpoint == endpoint,
		"asked under the lock, when a revocation could find it");
	PROVE(at->forwarder == self->process && at->through == asked.arg0, "by the capability of who hands it on");
	return may_wait;
}

bool thread_go_on_waiting(struct thread *at, enum thread_state state)
{
	PROVE(at == caller && state == THREAD_STATE_SENDING && endpoint->lock.taken != 0, "it waits to send, under the lock");
	if (goes_on)
		at->state = state;
	return goes_on;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	PROVE(at == caller && !queued && at->endpoint == nullptr && endpoint->lock.taken == 0 && value == 0,
		"who does not wait any more is told so");
	told = status;
	ended++;
}

void send_back(struct thread *at)
{
	for (u32 i = 0; i < RECEIVERS; i++)
		if (at == receiver[i])
			sent_back[i]++;
	PROVE((at == receiver[0] || at == receiver[1]) && at->endpoint == nullptr && at->reply != nullptr,
		"a receiver that waits no more makes its call again");
}

void senders_add(struct endpoint *at, struct thread *sender)
{
	PROVE(at == endpoint && sender == caller && !queued && at->lock.taken != 0, "the caller queues, once");
	queued = true;
	at->senders.first = &caller->send_node;
}

void servers_raise(struct endpoint *at) { PROVE(at == endpoint && at->lock.taken != 0, "under the lock"); raised = true; }

void inherit_moved(struct thread *at)
{
	PROVE(at == self && endpoint->lock.taken == 0, "with no lock held");
	moved = true;
}

/* ---- any state ---- */

static void any_state(void)
{
	endpoint = NEW(struct endpoint);
	reply = NEW(struct reply);
	self = NEW(struct thread);
	caller = NEW(struct thread);
	self->process = NEW(struct process);
	caller->process = NEW(struct process);
	earlier = NEW(struct process);
	endpoint->object.type = OBJECT_ENDPOINT;
	endpoint->object.dead = MAYBE();
	endpoint->lock.taken = 0;
	endpoint->senders.first = nullptr;
	endpoint->receivers = (struct thread_queue){};
	endpoint->awaiting = MAYBE();
	reply->object.type = OBJECT_REPLY;
	reply->caller = MAYBE() ? caller : nullptr;
	waiting = MAYBE() ? 0 : MAYBE() ? 1 : 2;
	for (u32 i = 0; i < RECEIVERS; i++) {
		receiver[i] = NEW(struct thread);
		receiver[i]->reply = NEW(struct reply);
		receiver[i]->endpoint = i < waiting ? endpoint : nullptr;
		sent_back[i] = 0;
		if (i < waiting)
			thread_queue_push(&endpoint->receivers, receiver[i]);
	}
	caller->endpoint = nullptr;
	caller->forwarder = (caller->traits & THREAD_FORWARDED) != 0 ? earlier : nullptr;
	ASSUME(self->process->object.refs != 0 && self->process->object.refs < U32_MAX && earlier->object.refs != 0);
	badge = ANY(u64);
	endpoint_found = MAYBE();
	reply_found = MAYBE();
	goes_on = MAYBE();
	anybody = MAYBE();
	taken = queued = raised = moved = false;
	ended = 0;
	may_wait = MAYBE() ? STATUS_OK : MAYBE() ? STATUS_REVOKED : STATUS_BAD_HANDLE;
	asked = self->frame;
	before = caller->frame;
}

static void check_message(void)
{
	u64 words = msg_info_words(asked.arg1), one = ANY(u64);

	ASSUME(one < MESSAGE_REGISTER_WORDS);
	PROVE(caller->fault[one] == (one < words ? asked.word[one] : 0), "the words are those of who hands on");
	PROVE(caller->frame.word[one] == before.word[one] && caller->frame.arg1 == before.arg1, "not where the caller reads them");
	PROVE(msg_info_words(caller->sent_info) == words && msg_info_label(caller->sent_info) == msg_info_label(asked.arg1) &&
		msg_info_buffers(caller->sent_info) == msg_info_buffers(before.arg1), "with its label, and the caller's buffers");
	PROVE(caller->sent_call && caller->sent_badge == badge, "it is a call, with the badge of the capability that was used");
}

void prove_forward(void)
{
	any_state();
	u32 refs = self->process->object.refs, others = earlier->object.refs;
	bool forwarded = caller->forwarder != nullptr, waited = reply->caller != nullptr;

	syscall_forward(self, &self->frame);
	bool ok = self->frame.status == STATUS_OK, tells = endpoint_found && reply_found && msg_info_words(asked.arg1) <= FAULT_WORDS;

	PROVE(self->frame.arg0 == 0 && endpoint->lock.taken == 0 && moved,
		"who hands on is told, and is as urgent as what is left to it");
	PROVE(ok == taken && IMPLIES(taken, tells && waited && msg_info_caps(asked.arg1) == 0), "what can be handed on is");
	PROVE(queued + ended == taken, "the caller waits elsewhere or learns why not, once");
	for (u32 i = 0; i < RECEIVERS; i++)
		PROVE(sent_back[i] == (queued && i < waiting), "who waits to receive looks again, once, when there is anything");
	PROVE(!queued || (endpoint->receivers.first == nullptr && raised && caller->endpoint == endpoint &&
		caller->state == THREAD_STATE_SENDING), "then none waits beside it, and servers are as urgent as it is");
	PROVE(queued == (taken && anybody && !endpoint->object.dead && may_wait == STATUS_OK && goes_on),
		"it queues where somebody may receive, and it may");
	if (!taken) {
		PROVE(reply->caller == (waited ? caller : nullptr) && caller->forwarder == (forwarded ? earlier : nullptr),
			"a refusal changes nothing");
		return;
	}
	check_message();
	PROVE((caller->traits & THREAD_FORWARDED) != 0 && caller->forwarder == self->process, "it is known who handed it on");
	PROVE(self->process->object.refs == refs + 1 && earlier->object.refs == others - forwarded, "who is held, once");
	PROVE(!ended || told != STATUS_OK, "and what is not sent is not said to be");
	PROVE(!ended || (anybody && !endpoint->object.dead) == (told != STATUS_PEER_DIED),
		"where nobody may receive, that is what is told");
}
