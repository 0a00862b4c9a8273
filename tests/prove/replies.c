/* SPDX-License-Identifier: Apache-2.0
 *
 * Reply objects: who waits for an answer, on whose activity it is made, and what of the caller's memory can be reached
 * meanwhile. Any reply object, one operation.
 *
 * Beginning and ending waits is modelled: each may be refused, and is counted.
 */
#include "abi/event_emit.h"
#include "kernel/core/ipc/reply.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;
u32 trace_classes;

static struct reply *reply, *beside;     /* beside: another that may be on the same list */
static struct endpoint *first, *second;
static struct thread *caller, *server, *other;
static u32 waiting, dead_peers, finished, withdrawn;
static bool may_wait;

/* ---- what is modelled ---- */

enum status thread_may_wait(const struct thread *thread, const struct object *object)
{
	PROVE(thread == caller && thread->awaiting == reply, "the caller can be found before it is asked");
	PROVE(object == &reply->endpoint->object, "by a revocation of what it called");
	return may_wait ? STATUS_OK : STATUS_REVOKED;
}

static bool wait(struct thread *thread, enum thread_state state)
{
	PROVE(thread == caller && state == THREAD_STATE_CALLING && waiting == 0, "the caller waits, once");
	PROVE(may_wait && reply->lock.taken != 0, "whoever ends the wait finds all of it");
	waiting = MAYBE();
	return waiting != 0;
}

bool thread_begin_wait(struct thread *thread, enum thread_state state, u64 deadline_ns)
{
	(void)deadline_ns;
	return wait(thread, state);
}

bool thread_go_on_waiting(struct thread *thread, enum thread_state state) { return wait(thread, state); }

void trace_serves(struct thread *to, struct thread *from) { PROVE(to == server && from == caller, "who serves whom"); }

bool endpoint_withdraw(struct thread *thread, u64 due_ns, const struct reply *with)
{
	PROVE(thread == server && due_ns == U64_MAX && with == reply, "only who waits with this object is woken");
	withdrawn += MAYBE();
	return withdrawn != 0;
}

void thread_finish_wait(struct thread *thread, enum status status, u64 value)
{
	PROVE(thread == server && status == STATUS_DEAD && value == 0 && withdrawn == 1,
		"a receiver learns that it waits in vain");
	finished++;
}

void message_peer_died(struct thread *thread)
{
	PROVE(thread == caller && reply->lock.taken == 0 && reply->caller == nullptr, "a caller is told who has been taken out");
	dead_peers++;
}

void object_last_unref(struct object *object) { PROVE(object == nullptr, "what is lent outlives the one who runs on it"); }

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	(void)group;
	PROVE(type == OBJECT_REPLY, "a reply object is made");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	*reply = (struct reply){ .object.type = type };
	*out = &reply->object;
	return STATUS_OK;
}

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	(void)self;
	PROVE(object == &reply->object && rights == REPLY_RIGHTS_ALL && value == 0, "its maker has all rights to it");
	return sys_ok(ANY(u32));
}

/* ---- any reply object ---- */

static struct thread *any_thread(struct activity *own)
{
	struct thread *thread = NEW(struct thread);

	thread->own = own;
	thread->activity = own;
	thread->process = NEW(struct process);
	thread->buffer = NEW(struct frame_words);
	return thread;
}

static struct activity *any_activity(void)
{
	struct activity *activity = NEW(struct activity);

	ASSUME(activity->object.refs > 1 && activity->object.refs < 1u << 30);
	return activity;
}

static struct endpoint *any_endpoint(void)
{
	struct endpoint *endpoint = NEW(struct endpoint);

	endpoint->lock.taken = 0;
	endpoint->replies.first = nullptr;
	return endpoint;
}

static void any_reply(void)
{
	reply = NEW(struct reply);
	beside = NEW(struct reply);
	first = any_endpoint();
	second = any_endpoint();
	caller = any_thread(any_activity());
	server = any_thread(any_activity());
	other = any_thread(any_activity());
	reply->object.type = OBJECT_REPLY;
	reply->lock.taken = 0;
	reply->caller = MAYBE() ? caller : nullptr;
	reply->receiver = MAYBE() ? server : MAYBE() ? other : nullptr;
	reply->claimer = MAYBE() ? server : MAYBE() ? other : nullptr;
	reply->endpoint = nullptr;
	if (MAYBE())
		list_push(&first->replies, &beside->at_endpoint);
	if (MAYBE()) {
		list_push(&first->replies, &reply->at_endpoint);
		reply->endpoint = first;
	}
	waiting = dead_peers = finished = withdrawn = 0;
	may_wait = MAYBE();
}

static bool listed(const struct endpoint *endpoint)
{
	const struct list_node *at = endpoint->replies.first;

	for (u32 step = 0; step < 3 && at != nullptr && at != &reply->at_endpoint; step++)
		at = at->next;
	return at == &reply->at_endpoint;
}

static bool locks_free(void) { return reply->lock.taken == 0 && first->lock.taken == 0 && second->lock.taken == 0; }

/* ---- proofs ---- */

void prove_bind(void)
{
	bool running = MAYBE();

	any_reply();
	reply->caller = nullptr;
	reply->receiver = server;
	server->reply = reply;
	if (MAYBE())
		caller->activity = server->own;  /* what the server lent to it */
	bool gone = reply->object.dead || reply->endpoint == nullptr;
	struct activity *lent = caller->activity;
	u32 references = lent->object.refs;
	enum reply_bind bound = reply_bind(server, caller, ANY(u64), running);

	PROVE((bound == REPLY_GONE) == gone && locks_free(), "a dead object takes no caller");
	PROVE((bound == REPLY_BOUND) == (waiting != 0), "the caller waits exactly if it is bound");
	if (bound == REPLY_BOUND) {
		PROVE(reply->caller == caller && reply->receiver == nullptr, "it is there to be answered");
		PROVE(server->activity == lent && server->serving == reply->claim, "its activity is lent");
		PROVE(lent->object.refs == references + (lent != server->own), "and counted");
	} else {
		PROVE(reply->caller == nullptr && reply->receiver == server, "a refusal changes nothing");
		PROVE(server->activity == server->own && lent->object.refs == references, "nor lends anything");
	}
}

void prove_take(void)
{
	bool claim = MAYBE();

	any_reply();
	bool serves = MAYBE(), lent = MAYBE();

	ASSUME((server->serving == reply->claim) == serves);
	if (lent)
		server->activity = caller->activity;
	u32 references = caller->activity->object.refs;
	struct thread *waits = reply->caller, *receiver = reply->receiver;
	u64 number = reply->claim;
	bool same = reply->claimer == server, free = claim && receiver == nullptr && !reply->object.dead;

	PROVE(reply_take(server, reply, claim) == waits && reply->caller == nullptr, "who waits is taken out, once");
	PROVE(server->activity == (lent && !serves ? caller->activity : server->own),
		"who serves it stops running on its activity");
	PROVE(caller->activity->object.refs == references - (lent && serves), "and gives it up");
	PROVE(reply->receiver == (free ? server : receiver), "it is claimed if nobody has");
	PROVE(reply->claimer == server || !free, "and knows by whom");
	PROVE(IMPLIES(!free || same, reply->claim == number) && locks_free(), "the same claimer keeps its number");
}

void prove_claim(void)
{
	any_reply();
	bool idle = reply->caller == nullptr && reply->receiver == nullptr && !reply->object.dead;
	struct thread *receiver = reply->receiver;

	PROVE(reply_claim(reply, server) == idle && locks_free(), "exactly an idle object can be claimed");
	PROVE(reply->receiver == (idle ? server : receiver), "others keep theirs");
	PROVE(IMPLIES(idle, !reply_claim(reply, other)), "by one thread");
	reply_unclaim(reply);
	PROVE(reply->receiver == nullptr && locks_free(), "and given up");
}

/* Claims of two threads in turn never have the same number. */
void prove_numbers(void)
{
	any_reply();
	reply->claimer = other;
	reply->receiver = nullptr;
	claim_for(reply, server);
	u64 mine = reply->claim;

	claim_for(reply, other);
	PROVE(reply->claim != mine && reply->claim != 0 && mine != 0, "another claim has another number, which is not nobody's");
	u64 others = reply->claim;

	claim_for(reply, server);
	PROVE(reply->claim != mine && reply->claim != others, "and never that of an earlier one again");
}

void prove_attach(void)
{
	any_reply();
	bool alive = !second->object.dead && !reply->object.dead;

	PROVE(reply_attach(reply, second) == alive && locks_free(), "it is listed unless one is dead");
	PROVE(listed(second) == alive && !listed(first), "there, and nowhere else");
	PROVE(reply->endpoint == (alive ? second : nullptr), "and knows where");
	reply_detach(reply);
	PROVE(!listed(second) && !listed(first) && reply->endpoint == nullptr && locks_free(), "and can be taken off");
	PROVE(first->replies.first == nullptr || first->replies.first == &beside->at_endpoint, "others stay");
}

void prove_withdraw(void)
{
	u64 due_ns = ANY(u64);

	any_reply();
	caller->awaiting = MAYBE() ? reply : nullptr;
	ASSUME(IMPLIES(reply->caller != nullptr, caller->awaiting == reply));
	bool waits = reply->caller == caller && caller->deadline_ns <= due_ns;
	struct thread *before = reply->caller;

	PROVE(reply_withdraw(caller, due_ns) == waits && locks_free(), "who waits until then is taken out");
	PROVE(reply->caller == (waits ? nullptr : before), "and nobody else");
}

void prove_close(void)
{
	any_reply();
	ASSUME(reply->receiver != other);
	reply->object.dead = true;
	bool called = reply->caller != nullptr, claimed = reply->receiver != nullptr;

	PROVE(reply_close(reply) && locks_free(), "its end is one step");
	PROVE(reply->caller == nullptr && dead_peers == called, "a caller is told, once");
	PROVE(finished == withdrawn && withdrawn <= claimed, "a receiver that waits is woken");
	PROVE(!listed(first) && !listed(second) && reply->endpoint == nullptr, "no list leads to it");
	PROVE(!reply_claim(reply, server) && !reply_attach(reply, second) && !listed(second), "and nobody uses it again");
}

void prove_create(void)
{
	any_reply();
	struct sys_result result = syscall_reply_create(server, nullptr);

	PROVE(IMPLIES(result.status == STATUS_OK, reply->caller == nullptr && reply->endpoint == nullptr &&
		reply->lock.taken == 0),
		"a new one is idle");
}

/* ---- declared buffers ---- */

static u64 offset, declared_at, declared_bytes, asked_bytes;
static bool outwards;

struct sys_result user_copy_across(struct thread *self, struct user_range from, struct user_range to, u64 bytes)
{
	PROVE(self == server && reply->caller == caller && reply->lock.taken != 0, "whose memory it is waits, and cannot go");
	PROVE(from.process == (outwards ? server : caller)->process && to.process == (outwards ? caller : server)->process,
		"between these two");
	PROVE((outwards ? to : from).at.v == declared_at + offset, "at the place that was asked for");
	PROVE(offset <= declared_bytes && bytes <= declared_bytes - offset && bytes <= asked_bytes,
		"inside what was declared, and asked for");
	return (struct sys_result){ MAYBE() ? SYS_AGAIN : MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS, bytes };
}

void prove_buffers(void)
{
	struct user_span span = ANY(struct user_span);

	any_reply();
	outwards = MAYBE();
	offset = ANY(u64);
	asked_bytes = span.bytes;
	const struct frame_words *buffer = caller->buffer;

	declared_at = outwards ? buffer->word[70] : buffer->word[68];
	declared_bytes = outwards ? buffer->word[71] : buffer->word[69];
	bool there = reply->caller != nullptr && !thread_faulted(caller), declared = msg_info_buffers(caller->frame.arg1) != 0;
	struct sys_result result = outwards ? syscall_buffer_write(server, reply, offset, span) :
		syscall_buffer_read(server, reply, offset, span);

	PROVE(IMPLIES(!there, result.status == STATUS_PEER_DIED), "without a caller there is nothing to copy");
	PROVE(IMPLIES(there && !declared, result.status == STATUS_RANGE), "nor of what was not declared");
	PROVE(IMPLIES(result.status == STATUS_OK, result.value <= span.bytes) && locks_free(), "what is told is what was copied");
}

void prove_take_call(void)
{
	struct thread *taken_out = nullptr;

	any_reply();
	bool serves = MAYBE(), there = reply->caller != nullptr, fault = there && thread_faulted(caller);

	ASSUME((server->serving == reply->claim) == serves);
	server->activity = caller->activity;
	u32 references = caller->activity->object.refs;
	enum status status = reply_take_call(server, reply, &taken_out);
	bool returned = serves && !fault;

	PROVE(status == (fault ? STATUS_INVALID : there ? STATUS_OK : STATUS_PEER_DIED),
		"a call can be handed on, a fault cannot");
	PROVE(taken_out == (status == STATUS_OK ? caller : nullptr) && reply->caller == (fault ? caller : nullptr),
		"who is taken out is out");
	PROVE((server->activity == server->own) == returned && caller->activity->object.refs == references - returned,
		"and nobody runs on his activity any more");
	PROVE(locks_free(), "the lock is free again");
}
