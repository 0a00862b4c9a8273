/* SPDX-License-Identifier: Apache-2.0
 *
 * Endpoints: who leaves their queues and why,
	and what waits there without a thread. Any endpoint with up to two threads of a kind and two things of each other,
		one operation.
 *
 * The tree of senders is a list in order; tree.c proves the real one.
 */
#include "kernel/core/ipc/endpoint.c"
#include "kernel/core/ipc/note.c"
#include "tests/prove/include/tree_list.h"

enum : u32 { EACH = 2, THREADS = 2 * EACH, SENDERS = 0, RECEIVERS = EACH, REFS = 2 };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct endpoint *endpoint;
static struct thread *thread[THREADS];
static bool there[THREADS];
static u32 told[THREADS], woken[THREADS];
static struct reply *reply[EACH];        /* the receivers' */
static struct lineage *badge[EACH];      /* gone */
static struct queued_message *message[EACH];
static struct signal *signal;
static struct lineage *lineage;          /* of the bound signal */
static struct lineage *through;          /* by which it was bound; null: by the endpoint's own capability */
static bool valid, through_valid, refreshed;
static u32 badges_freed, messages_given, last_notes, bindings, unheld;
static u64 charged;                      /* objects: the depth */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }

static u32 number_of(const struct thread *at)
{
	for (u32 i = 0; i < THREADS; i++)
		if (at == thread[i])
			return i;
	PROVE(false, "only threads that wait there");
	return 0;
}

static void tell(struct thread *at)
{
	PROVE(endpoint->lock.taken == 0 && at->endpoint == nullptr, "who is told waits no more, and no lock is held");
	told[number_of(at)]++;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	PROVE(status == STATUS_DEAD && value == 0 && !thread_faulted(at), "it learns why");
	tell(at);
}

void message_peer_died(struct thread *at) { PROVE(thread_faulted(at),
	"a faulted thread has no registers to learn it"); tell(at); }

void sched_wake(struct thread *at)
{
	PROVE(at->endpoint == nullptr, "who is woken waits no more");
	woken[number_of(at)]++;
}

void senders_remove(struct endpoint *at, struct thread *sender)
{
	tree_remove(&at->senders, &sender->send_node);
	refreshed = false;
}

struct thread *senders_take(struct endpoint *at)
{
	struct thread *first = senders_first(at);

	if (first == nullptr)
		return nullptr;
	senders_remove(at, first);
	first->endpoint = nullptr;
	return first;
}

void servers_raise(struct endpoint *at) { PROVE(at == endpoint && at->lock.taken != 0,
	"servers are looked at under the lock"); refreshed = true; }
void servers_forget(struct endpoint *at) { PROVE(at == endpoint && at->lock.taken == 0, "no lock is held"); }
void reply_unclaim(struct reply *at) { at->receiver = nullptr; }
void reply_detach(struct reply *at) { list_remove(&endpoint->replies, &at->at_endpoint); at->endpoint = nullptr; }

bool lineage_walk(struct lineage *at)
{
	PROVE(at == lineage || at == through, "of the bound signal, or of what it was bound by");
	return at == lineage ? valid : through_valid;
}

void object_last_unref(struct object *at) { PROVE(at == &endpoint->object, "the endpoint was held"); unheld++; }
void lineage_free(struct lineage *at) { PROVE(at == badge[0] || at == badge[1], "a badge that is gone"); badges_freed++; }

void pool_give(struct pooled *item)
{
	PROVE(item == &message[0]->pooled || item == &message[1]->pooled, "a kept message");
	messages_given++;
}

struct pooled *pool_take(u32 pool)
{
	PROVE(pool == POOL_MESSAGE, "a message is kept");
	if (MAYBE())
		return nullptr;
	message[1]->pooled.pool = pool;
	return &message[1]->pooled;
}

void message_note(struct thread *to, u32 kind, u64 of, u64 label, const u64 *word)
{
	PROVE(label == 0 && endpoint->lock.taken != 0, "what waits is taken under the lock");
	to->frame.word[0] = *word;
	message_finish(to, of, msg_info_make(label, 1, 0, kind, 0));
	last_notes++;
}

static u32 resumed;

HAL_RARE_CALL void signal_resume_timers(struct signal *at, const struct thread *by)
{
	PROVE(at == signal && by != nullptr, "timers of the bound signal, for who has the bits");
	resumed++;
}

void binding_drop(struct signal_binding *binding)
{
	PROVE(endpoint->lock.taken == 0 && bindings == (binding->signal != nullptr), "what is given up is held");
	bindings = 0;
	*binding = (struct signal_binding){ };
}

void group_release(struct group *group, enum group_account account, u64 amount)
{
	(void)group;
	PROVE(account == GROUP_OBJECTS && amount == charged, "the depth is given back");
	charged -= amount;
}

/* ---- any endpoint ---- */

static void any_threads(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		bool sends = i < RECEIVERS;

		thread[i] = NEW(struct thread);
		thread[i]->send_node.height = 0;
		thread[i]->buffer = NEW(struct frame_words);
		there[i] = MAYBE();
		told[i] = woken[i] = 0;
		thread[i]->state = sends ? THREAD_STATE_SENDING : THREAD_STATE_RECEIVING;
		thread[i]->endpoint = there[i] ? endpoint : nullptr;
		if (!sends) {
			thread[i]->reply = reply[i - RECEIVERS] = NEW(struct reply);
			thread[i]->reply->receiver = there[i] ? thread[i] : nullptr;
			thread[i]->traits &= ~(u32)THREAD_FAULTED;
			thread[i]->note = nullptr; /* INV-NOTE */
		}
		if (there[i] && sends)
			tree_insert(&endpoint->senders, &thread[i]->send_node, ANY(u64));
		else if (there[i])
			thread_queue_push(&endpoint->receivers, thread[i]);
	}
}

/* Up to two badges and two messages, first come first. */
static void any_notes(u32 badges, u32 messages)
{
	for (u32 i = 0; i < EACH; i++) {
		badge[i] = NEW(struct lineage);
		message[i] = NEW(struct queued_message);
		message[i]->pooled.pool = POOL_MESSAGE;
		message[i]->pooled.next = nullptr;
		badge[i]->next_gone = nullptr;
		badge[i]->watcher = endpoint;
		badge[i]->object = &endpoint->object;
		ASSUME(message_check(message[i]->info) == STATUS_OK);
	}
	if (badges > 0)
		endpoint->gone_first = endpoint->gone_last = badge[0];
	if (badges > 1)
		badge[0]->next_gone = endpoint->gone_last = badge[1];
	if (messages > 0)
		endpoint->queue_first = endpoint->queue_last = &message[0]->pooled;
	if (messages > 1)
		message[0]->pooled.next = endpoint->queue_last = &message[1]->pooled;
	endpoint->queued = messages;
}

static void any_endpoint(void)
{
	endpoint = NEW(struct endpoint);
	*endpoint = (struct endpoint){ .object.type = OBJECT_ENDPOINT, .object.refs = REFS, .depth = ANY(u32), .awaiting = true };
	endpoint->object.dead = MAYBE();
	signal = NEW(struct signal);
	lineage = NEW(struct lineage);
	valid = MAYBE();
	lineage_revocations = ANY(u64);
	ASSUME(IMPLIES(lineage->checked_at == lineage_revocations, valid));
	through = MAYBE() ? NEW(struct lineage) : nullptr;
	through_valid = through == nullptr || MAYBE();
	ASSUME(IMPLIES(through != nullptr && through->checked_at == lineage_revocations, through_valid));
	bindings = MAYBE();
	if (bindings != 0) {
		endpoint->bound = (struct signal_binding){ signal, lineage, ANY(u64), through };
		signal->endpoint = endpoint;
	}
	charged = endpoint->depth;
	badges_freed = messages_given = last_notes = unheld = 0;
	refreshed = true;
}

static bool queued(u32 i)
{
	return i < RECEIVERS ? tree_contains(&thread[i]->send_node) :
		endpoint->receivers.first == thread[i] || (endpoint->receivers.first != nullptr &&
			endpoint->receivers.first->wait_next == thread[i]);
}

/* Bits of the bound signal for which a receiver is woken. */
static u64 raised(void) { return bindings != 0 && valid && through_valid ? signal->bits & endpoint->bound.bits : 0; }

/* ---- proofs ---- */

void prove_withdraw(void)
{
	u64 due_ns = ANY(u64);
	u32 who = MAYBE() ? SENDERS : RECEIVERS;

	any_endpoint();
	any_threads();
	struct thread *at = thread[who];
	const struct reply *with = MAYBE() ? nullptr : reply[MAYBE() ? 0 : 1];
	bool wanted = there[who] && at->deadline_ns <= due_ns && (with == nullptr || (who == RECEIVERS && with == reply[0]));

	PROVE(endpoint_withdraw(at, due_ns, with) == wanted, "who waits until then, and with that object, is taken out");
	for (u32 i = 0; i < THREADS; i++)
		PROVE(queued(i) == (there[i] && !(wanted && i == who)), "exactly that one is out");
	PROVE(IMPLIES(wanted, at->endpoint == nullptr && IMPLIES(who == RECEIVERS, reply[0]->receiver == nullptr)),
		"of all that leads to it");
	PROVE(refreshed && endpoint->lock.taken == 0, "servers inherit from nobody who is gone");
}

void prove_badge(void)
{
	u32 before = MAYBE() ? 1 : 0;

	any_endpoint();
	any_threads();
	any_notes(before, 0);
	/* Who waits to receive has what there was. */
	ASSUME(IMPLIES(before != 0 || raised() != 0, !there[RECEIVERS] && !there[RECEIVERS + 1]));
	bool alive = !endpoint->object.dead, waits = there[RECEIVERS] || there[RECEIVERS + 1];
	u64 number = badge[1]->badge;

	PROVE(endpoint_badge_gone(endpoint, badge[1]) == alive && endpoint->lock.taken == 0,
		"an endpoint that is gone takes no note");
	u32 now = there[RECEIVERS] ? RECEIVERS : RECEIVERS + 1;

	PROVE(badges_freed == 0 && endpoint->object.refs == REFS + (alive && waits),
		"it is nobody's before whoever has it has done with it, and until then the endpoint is held");
	for (u32 i = 0; i < THREADS; i++)
		PROVE(woken[i] == (alive && waits && i == now) && queued(i) == (there[i] && woken[i] == 0),
			"the first to wait, and nobody else");
	PROVE(IMPLIES(alive && waits, thread[now]->frame.word[0] == number && thread[now]->frame.status == STATUS_OK &&
		thread[now]->reply->receiver == nullptr && thread[now]->note == badge[1]), "it is told which");
	PROVE(IMPLIES(alive && !waits, endpoint->gone_last == badge[1] && endpoint->gone_first == badge[before != 0 ? 0 : 1]),
		"else it waits behind the others");
}

void prove_signalled(void)
{
	any_endpoint();
	any_threads();
	u64 bits = raised(), before = signal->bits;
	bool waits = there[RECEIVERS] || there[RECEIVERS + 1];

	resumed = 0;
	endpoint_signalled(endpoint, signal);
	PROVE(resumed == (last_notes != 0 && signal->lapsed.first != nullptr), "and its timers are looked at when they are taken");
	PROVE(last_notes == (waits && bits != 0) && endpoint->lock.taken == 0, "who waits has the bits of its signal");
	PROVE(signal->bits == (last_notes != 0 ? before & ~bits : before), "which are taken, and no others");
	PROVE(woken[RECEIVERS] + woken[RECEIVERS + 1] == last_notes && IMPLIES(there[RECEIVERS], woken[RECEIVERS + 1] == 0),
		"one thread has them");
}

void prove_take(void)
{
	u32 badges = ANY(u32), messages = ANY(u32);

	any_endpoint();
	ASSUME(badges <= EACH && messages <= EACH);
	any_notes(badges, messages);
	thread[0] = NEW(struct thread);
	thread[0]->note = nullptr;
	thread[0]->buffer = NEW(struct frame_words);
	lock_take(&endpoint->lock);
	u64 bits = raised(), number = badge[0]->badge, of = message[0]->badge, info = message[0]->info;
	u32 word = ANY(u32);

	ASSUME(word < MESSAGE_WORDS_MAX && word < msg_info_words(info));
	u64 sent = message[0]->word[word];
	bool pending = note_pending(endpoint), taken = note_take(endpoint, thread[0]);

	PROVE(taken == (badges != 0 || bits != 0 || messages != 0) && pending == taken,
		"something is taken exactly if something waits");
	PROVE((thread[0]->note != nullptr) == (badges != 0) && messages_given == (badges == 0 && bits == 0 && messages != 0),
		"one thing, badges first, then bits, then messages");
	PROVE(IMPLIES(badges != 0, thread[0]->note == badge[0] && thread[0]->frame.word[0] == number &&
		(endpoint->gone_first == nullptr) == (badges == 1)), "the first of the badges");
	PROVE(badges_freed == 0 && endpoint->object.refs == REFS + (badges != 0), "which is whose it is now, with the endpoint");
	if (messages_given == 0)
		return;
	PROVE(endpoint->queued == messages - 1 && endpoint->queue_first == (messages > 1 ? &message[1]->pooled : nullptr),
		"the first of the messages");
	PROVE((word < MESSAGE_REGISTER_WORDS ? thread[0]->frame.word[word] : thread[0]->buffer->word[word]) == sent,
		"word for word");
	PROVE(thread[0]->frame.arg0 == of && msg_info_words(thread[0]->frame.arg1) == msg_info_words(info), "from whom it was");
}

/* The running thread, which was told of the second badge. */
void prove_settle(void)
{
	bool heard = MAYBE();
	u32 before = MAYBE() ? 1 : 0;
	struct thread *self = NEW(struct thread);

	any_endpoint();
	any_threads();
	any_notes(before, 0);
	endpoint->object.dead = false; /* it holds it */
	endpoint->object.refs = ANY(u32);
	ASSUME(endpoint->object.refs >= 1 && endpoint->object.refs < U32_MAX);
	ASSUME(IMPLIES(before != 0 || raised() != 0, !there[RECEIVERS] && !there[RECEIVERS + 1]));
	u32 refs = endpoint->object.refs, now = there[RECEIVERS] ? RECEIVERS : RECEIVERS + 1;
	bool waits = there[RECEIVERS] || there[RECEIVERS + 1];

	self->note = badge[1];
	note_settle(self, heard);
	PROVE(self->note == nullptr && endpoint->lock.taken == 0, "it has it no more");
	PROVE(badges_freed == heard && last_notes == (!heard && waits), "either it is done with, or another has it");
	PROVE(IMPLIES(!heard && waits, thread[now]->note == badge[1] && woken[now] == 1), "at once who waits");
	PROVE(IMPLIES(!heard && !waits, endpoint->gone_last == badge[1] && endpoint->gone_first == badge[before != 0 ? 0 : 1]),
		"or who comes, after the others");
	PROVE(endpoint->object.refs == refs - 1 + last_notes && unheld == (endpoint->object.refs == 0),
		"and the endpoint is given up");
}

void prove_keep(void)
{
	u64 info = ANY(u64), of = ANY(u64);
	u32 before = MAYBE() ? 1 : 0;
	bool register_word = MAYBE();

	any_endpoint();
	any_threads();
	any_notes(0, before);
	ASSUME(message_check(info) == STATUS_OK && msg_info_words(info) > (register_word ? 3 : 9));
	const struct thread *self = thread[RECEIVERS];
	bool room = before < endpoint->depth && msg_info_caps(info) == 0 && !there[SENDERS] && !there[SENDERS + 1];
	u64 sent = register_word ? self->frame.word[3] : self->buffer->word[9];
	bool kept = note_enqueue(endpoint, self, of, info);

	PROVE(IMPLIES(kept, room) && endpoint->queued == before + kept,
		"no more are kept than there is room for, and none before who waits");
	PROVE(IMPLIES(!kept, endpoint->queue_last == (before != 0 ? &message[0]->pooled : nullptr)), "a refusal changes nothing");
	if (!kept)
		return;
	PROVE(endpoint->queue_last == &message[1]->pooled && endpoint->queue_first == &message[before != 0 ? 0 : 1]->pooled &&
		IMPLIES(before != 0, message[0]->pooled.next == &message[1]->pooled) && message[1]->pooled.next == nullptr,
			"it is the last");
	PROVE(message[1]->badge == of && (register_word ? message[1]->word[3] : message[1]->word[9]) == sent, "word for word");
}

void prove_close(void)
{
	any_endpoint();
	any_threads();
	any_notes(MAYBE() ? 2 : 0, MAYBE() ? 2 : 0);
	endpoint->object.dead = true;
	struct reply *listed = NEW(struct reply);
	u32 badges = endpoint->gone_first != nullptr ? 2 : 0, messages = endpoint->queued;
	bool bound = bindings != 0;

	if (MAYBE())
		list_push(&endpoint->replies, &listed->at_endpoint);
	PROVE(endpoint_close(endpoint) && endpoint->lock.taken == 0, "so few are one step");
	for (u32 i = 0; i < THREADS; i++)
		PROVE(told[i] == there[i] && !queued(i), "everybody who waits is told, once");
	PROVE(reply[0]->receiver == nullptr && reply[1]->receiver == nullptr && endpoint->replies.first == nullptr,
		"no reply object leads here");
	PROVE(badges_freed == badges && messages_given == messages, "what waits without a thread goes");
	PROVE(bindings == 0 && IMPLIES(bound, signal->endpoint == nullptr) && charged == 0, "with all that is held and charged");
}
