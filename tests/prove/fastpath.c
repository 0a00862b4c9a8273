/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast path of messages. Any client, any server that waits or not, any other who could be mistaken for either, any
 * reply object; one call, one call with a capability, one fault, one answer.
 *
 * Each way out is one of two: nothing that lasts has changed, and the long way does it; or user mode runs as the
 * other thread, and all of the message has happened. Who goes to user mode does not come back, so what must hold then is
 * stated where that begins.
 */
#include "tests/prove/include/no_slots.h"
#include "tests/prove/include/quiet.h"

static bool prove_lookup(const struct cap_space *space, u32 handle, enum object_type type, u32 rights, struct cap *out);
#define cap_lookup prove_lookup
#include "kernel/core/ipc/fastpath.c"
#undef cap_lookup

enum : u32 { THREADS = 3, SELF = 0, PARTNER = 1, OTHER = 2, REGISTERS = MESSAGE_REGISTER_WORDS };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 lineage_revocations, object_grace_wanted;

static struct thread *thread[THREADS], *self, *partner, *other;
static struct hal_frame before[THREADS];       /* their registers */
static struct endpoint *endpoint;
static struct reply *reply;
static struct cap at_endpoint, with_reply;     /* what the handles name */
static bool endpoint_found, reply_found;
static u64 handle, info;
static struct activity *activity[THREADS];
static u32 references[THREADS];                /* of the activities, before */
static bool waited[THREADS];                   /* in the queue of receivers, before */
static u32 held, rooms, committed, faults;     /* gifts, places reserved, gifts given, faults copied */
static bool relent[THREADS];                   /* who waits for its words was told what it runs on */
static u32 offered;                            /* rights of what the sender offers */
static void check_done(u64 badge, u64 told_info);

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "what is lent outlives who runs on it"); }
bool lineage_walk(struct lineage *lineage) { (void)lineage; return MAYBE(); }

static bool prove_lookup(const struct cap_space *space, u32 number, enum object_type type, u32 rights, struct cap *out)
{
	bool one = type == OBJECT_ENDPOINT;

	PROVE(space == &self->process->caps, "a handle is one of the caller's");
	PROVE(one || (type == OBJECT_REPLY && (rights & REPLY_RIGHT_USE) != 0), "an endpoint or a reply object, with its right");
	PROVE(number == (u32)(one ? handle : handle >> 32), "the handle that was given");
	*out = one ? at_endpoint : with_reply;
	return one ? endpoint_found : reply_found;
}

static void copy(struct thread *to, const struct thread *from, u64 words)
{
	for (u32 i = 0; i < REGISTERS; i++)
		if (i < words)
			to->frame.word[i] = from->frame.word[i];
}

/* messages-words shows the rest of it. */
void message_copy_words(struct thread *to, const struct thread *from, u64 words)
{
	PROVE(words <= MESSAGE_WORDS_MAX, "no message is longer than it may be");
	copy(to, from, words);
}

void message_copy_fault(struct thread *to, const struct thread *from)
{
	PROVE(to == partner && from == self, "the handler is told of this fault");
	faults++;
}

enum status cap_acquire(struct process *process, handle_t source, u32 rights, struct cap *out)
{
	PROVE(process == self->process && source.v == self->buffer->half[2 * GIFT_WORD_CAPS] && held == 0,
		"the sender's first capability");
	if (MAYBE())
		return STATUS_BAD_HANDLE;
	*out = at_endpoint;
	out->rights = offered = ANY(u32) & 0xffff;
	if ((offered & rights) != rights)
		return STATUS_DENIED;
	held++;
	return STATUS_OK;
}

handle_t cap_insert(struct process *process, const struct cap *cap)
{
	PROVE(process == partner->process && held == 1 && rooms == 1, "a gift that is held goes where there is room");
	PROVE((cap->rights & ~offered) == 0, "with no right more");
	PROVE((offered & RIGHT_TRANSFER) != 0 && (offered & RIGHT_DUPLICATE) != 0, "if it may be given and copied");
	PROVE(endpoint->lock.taken == 0 && reply->lock.taken == 0, "with no lock held");
	held--;
	rooms--;
	committed++;
	return (handle_t){ ANY(u32) };
}

void cap_release(const struct cap *cap) { (void)cap; PROVE(held == 1, "what is given up is held"); held--; }

bool cap_reserve_at_hand(struct process *process)
{
	PROVE(process == partner->process, "room at who receives");
	if (MAYBE())
		return false;
	rooms++;
	return true;
}

void cap_unreserve(struct process *process, u32 count)
{
	PROVE(process == partner->process && count == rooms, "what was reserved is given back");
	rooms -= count;
}

void word_owner_moved(const struct thread *at)
{
	PROVE(endpoint->lock.taken == 0 && reply->lock.taken == 0, "with no lock held");
	relent[at == self ? SELF : PARTNER] = true;
}

void sched_leave_kernel_slowly(struct cpu *cpu) { PROVE(cpu == prove_this_cpu, "its own processor"); }

void hal_user_return(u64 arg0, u64 arg1)
{
	check_done(arg0, arg1);
	ASSUME(false);
	__builtin_unreachable();
}

void hal_user_enter(void)
{
	check_done(prove_this_cpu->current->frame.arg0, prove_this_cpu->current->frame.arg1);
	ASSUME(false);
	__builtin_unreachable();
}

/* ---- any state ---- */

static bool queued(u32 i)
{
	const struct thread *at = endpoint->receivers.first;

	for (u32 step = 0; step < THREADS && at != nullptr && at != thread[i]; step++)
		at = at->wait_next;
	return at == thread[i];
}

static void any_threads(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		activity[i] = NEW(struct activity);
		activity[i]->object.refs = references[i] = 9;
		thread[i]->process = NEW(struct process);
		thread[i]->own = activity[i];
		thread[i]->activity = activity[i];
		thread[i]->endpoint = nullptr;
		thread[i]->buffer = NEW(struct frame_words);
		before[i] = thread[i]->frame;
		waited[i] = false;
	}
	self = thread[SELF];
	partner = thread[PARTNER];
	other = thread[OTHER];
	self->state = THREAD_STATE_RUNNING;
}

/* The partner waits to receive, first in the queue, or for an answer; another thread may wait, too. */
static void any_state(bool receives)
{
	any_threads();
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->current = self;
	endpoint = NEW(struct endpoint);
	reply = NEW(struct reply);
	endpoint->object.type = OBJECT_ENDPOINT;
	endpoint->object.dead = MAYBE();
	endpoint->receivers = (struct thread_queue){};
	endpoint->lock.taken = 0;
	endpoint->senders.first = nullptr;
	endpoint->gone_first = nullptr;
	endpoint->queue_first = nullptr;
	endpoint->bound.signal = nullptr;
	if (MAYBE())
		endpoint->gone_first = NEW(struct lineage);
	reply->object.type = OBJECT_REPLY;
	reply->object.dead = MAYBE();
	reply->lock.taken = 0;
	reply->caller = nullptr;
	reply->receiver = nullptr;
	reply->endpoint = MAYBE() ? endpoint : nullptr;
	lineage_revocations = ANY(u64);
	handle = ANY(u64);
	info = ANY(u64);
	at_endpoint = (struct cap){ .object = &endpoint->object, .lineage = NEW(struct lineage), .value = ANY(u64),
		.type = OBJECT_ENDPOINT };
	with_reply = (struct cap){ .object = &reply->object, .lineage = NEW(struct lineage), .value = ANY(u64),
		.type = OBJECT_REPLY };
	endpoint_found = MAYBE();
	reply_found = MAYBE();
	trace_classes = MAYBE();
	held = rooms = committed = faults = 0;
	relent[SELF] = relent[PARTNER] = false;
	if (receives && MAYBE()) {
		waited[PARTNER] = true;
		thread_queue_push(&endpoint->receivers, partner);
		partner->reply = reply;
		partner->endpoint = endpoint;
		reply->receiver = partner;
	}
	if (MAYBE() && (!receives || waited[PARTNER])) {
		waited[OTHER] = true;
		thread_queue_push(&endpoint->receivers, other);
		other->endpoint = endpoint;
	}
}

static bool same_words(u32 i)
{
	bool same = true;

	for (u32 at = 0; at < REGISTERS; at++)
		same = same && thread[i]->frame.word[at] == before[i].word[at];
	return same;
}

/* The first registers of the sender, as many as there are words, and no other. */
static bool has_words(u32 to, u32 from, u64 words)
{
	bool same = true;

	for (u32 at = 0; at < REGISTERS; at++)
		same = same && thread[to]->frame.word[at] == (at < words ? before[from].word[at] : before[to].word[at]);
	return same;
}

static void check_bystanders(void)
{
	PROVE(endpoint->lock.taken == 0 && reply->lock.taken == 0, "the locks are free again");
	PROVE(same_words(SELF) && same_words(OTHER), "nobody else's registers change");
	PROVE(queued(OTHER) == waited[OTHER] && other->activity == activity[OTHER], "nobody else stops waiting");
	PROVE(held == 0 && rooms == 0, "nothing stays held");
}

/* The long way has all as it was. */
static void check_nothing(void)
{
	check_bystanders();
	PROVE(self->state == THREAD_STATE_RUNNING && self->endpoint == nullptr && !queued(SELF), "the caller runs on");
	PROVE(queued(PARTNER) == waited[PARTNER] && same_words(PARTNER), "the partner waits on");
	PROVE(self->activity->object.refs == 9 && partner->activity->object.refs == 9, "nothing is lent nor given back");
	PROVE(prove_this_cpu->current == self && committed == 0, "and nobody else runs");
}

/* ---- call ---- */

enum way : u32 { CALL, FAULT, ANSWER };
static enum way way;

static void check_call(u64 badge, u64 told_info)
{
	u32 kind = way == FAULT ? MSG_KIND_NOTE_FAULT : MSG_KIND_CALL;
	u64 words = way == FAULT ? 0 : msg_info_words(info), caps = way == FAULT ? 0 : msg_info_caps(info);

	PROVE(prove_this_cpu->current == partner && partner->state == THREAD_STATE_RUNNING, "the server runs");
	PROVE(waited[PARTNER] && !queued(PARTNER) && partner->endpoint == nullptr, "which waited there, and does no more");
	PROVE(has_words(PARTNER, SELF, words), "it has exactly the words that were sent");
	PROVE(badge == at_endpoint.value, "and the badge of the capability that was used");
	PROVE(msg_info_kind(told_info) == kind && msg_info_caps(told_info) == caps, "and knows what it has got");
	PROVE(way == FAULT || (msg_info_words(told_info) == words && msg_info_label(told_info) == msg_info_label(info)), "all of it");
	PROVE(committed == caps && faults == (way == FAULT), "a capability came along exactly if one was sent");
	PROVE(reply->caller == self && self->state == THREAD_STATE_CALLING && self->awaiting == reply, "the caller waits for it");
	PROVE(partner->serving == reply->claim && reply->receiver == nullptr, "who serves it may answer");
	PROVE(partner->activity == activity[SELF] && activity[SELF]->object.refs == references[SELF] + 1,
		"its activity is lent, and counted");
	PROVE(relent[PARTNER] || thread_owed(partner) == 0, "and inherits from who waits for words of the server");
	PROVE(self->flags == 0 && at_endpoint.lineage->checked_at == lineage_revocations && !reply->object.dead,
		"nobody waits who is to end, through what was revoked or at what is dead");
	PROVE(words <= MESSAGE_WORDS_MAX && caps <= 1, "no message is longer than it may be");
}

void prove_call(void)
{
	u64 deadline = ANY(u64);

	any_state(true);
	way = CALL;
	fast_call(prove_this_cpu, self, deadline, handle, info);
	check_nothing();
	PROVE(reply->caller == nullptr && reply->receiver == (waited[PARTNER] ? partner : nullptr), "nobody is bound");
}

void prove_fault(void)
{
	any_state(true);
	way = FAULT;
	self->process->faults = at_endpoint;
	fast_fault(prove_this_cpu, self);
	check_nothing();
	PROVE(reply->caller == nullptr && reply->receiver == (waited[PARTNER] ? partner : nullptr), "nobody is bound");
}

/* ---- reply_receive ---- */

static bool faulted, may_answer;

static void check_answer(u64 badge, u64 told_info)
{
	u64 words = msg_info_words(info);

	PROVE(prove_this_cpu->current == partner && partner->state == THREAD_STATE_RUNNING, "who waited for the answer runs");
	PROVE(may_answer, "to whom only who serves him may give it");
	PROVE(faulted ? same_words(PARTNER) && partner->traits == 0 : has_words(PARTNER, SELF, words),
		"he has exactly the words that were sent; a fault goes on with his registers");
	PROVE(faulted || (badge == 0 && msg_info_kind(told_info) == MSG_KIND_SEND && msg_info_words(told_info) == words &&
		msg_info_label(told_info) == msg_info_label(info)), "and knows what he has got");
	PROVE(words <= MESSAGE_WORDS_MAX && msg_info_caps(info) == 0, "which is all in words");
	PROVE(reply->caller == nullptr && reply->receiver == self, "nobody waits there any more but for a message");
	PROVE(queued(SELF) && endpoint->receivers.last == self && self->endpoint == endpoint && self->reply == reply &&
		self->state == THREAD_STATE_RECEIVING, "as who answered does, behind the others");
	PROVE(self->activity == activity[SELF] && self->serving == 0 && activity[PARTNER]->object.refs == references[PARTNER] - 1,
		"on an activity of its own; what was lent is back");
	PROVE(endpoint_found && reply_found && self->flags == 0 && at_endpoint.lineage->checked_at == lineage_revocations &&
		with_reply.lineage->checked_at == lineage_revocations && !endpoint->object.dead && !reply->object.dead &&
		reply->endpoint == endpoint && endpoint->gone_first == nullptr,
		"nobody waits who is to end, through what was revoked, at what is dead, or for what is there");
}

static void check_done(u64 badge, u64 told_info)
{
	check_bystanders();
	if (way == ANSWER)
		check_answer(badge, told_info);
	else
		check_call(badge, told_info);
}

void prove_answer(void)
{
	u64 deadline = ANY(u64);
	bool waits = MAYBE();

	any_state(false);
	way = ANSWER;
	/* The partner waits for an answer to what self serves, or what somebody else does. */
	reply->caller = waits ? partner : nullptr;
	partner->state = THREAD_STATE_CALLING;
	faulted = partner->traits == THREAD_FAULTED;
	may_answer = waits && self->serving == reply->claim;
	if (MAYBE()) {
		self->activity = activity[PARTNER];
		activity[PARTNER]->object.refs = references[PARTNER];
	} else {
		ASSUME(!may_answer); /* who serves runs on the caller's */
	}
	struct activity *on = self->activity;

	fast_reply_receive(prove_this_cpu, self, deadline, handle, info);
	check_nothing();
	PROVE(reply->caller == (waits ? partner : nullptr) && reply->receiver == nullptr && self->activity == on,
		"who waits for an answer does so still");
}
