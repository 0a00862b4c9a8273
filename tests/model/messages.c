/* SPDX-License-Identifier: Apache-2.0
 *
 * The model's messages: endpoints, reply objects, signals, and what their end means to who waits.
 */
#include "tests/model/model.h"

static struct runner *runner(u32 thread) { return ELEM(model.thread, thread); }
static struct thing *thing(u32 object) { return ELEM(model.object, object); }

void finish(u32 thread, enum status status, u64 value)
{
	runner(thread)->result = (struct result){ .status = status, .value = value, .made = NONE };
}

void activity_home(u32 thread)
{
	runner(thread)->serving = NONE;
	runner(thread)->activity = thread;
}

/* ---- waits ---- */

static bool use_up_cancel(u32 self)
{
	bool cancelled = runner(self)->cancel;

	runner(self)->cancel = false;
	return cancelled;
}

/* False: it is cancelled, and has been told. */
static bool wait_begin(u32 self, enum thread_state state, u32 place, const struct request *r)
{
	if (use_up_cancel(self)) {
		finish(self, STATUS_CANCELLED, 0);
		return false;
	}
	runner(self)->state = state;
	runner(self)->place = place;
	runner(self)->wait = *r;
	return true;
}

void wait_withdraw(u32 thread)
{
	struct runner *waits = runner(thread);

	if (waits->state == THREAD_STATE_SENDING)
		line_remove(&thing(waits->place)->senders, thread);
	if (waits->state == THREAD_STATE_WAITING)
		line_remove(&thing(waits->place)->waiters, thread);
	if (waits->state == THREAD_STATE_CALLING)
		thing(waits->reply)->caller = NONE;
	if (waits->state == THREAD_STATE_RECEIVING) {
		line_remove(&thing(waits->place)->receivers, thread);
		thing(waits->reply)->receiver = NONE;
	}
	waits->state = THREAD_STATE_READY;
}

void wait_end(u32 thread, enum status status, u64 value)
{
	wait_withdraw(thread);
	finish(thread, status, value);
}

/* Whether the handle that it waits with still leads to the object. */
static enum status leads_to(u32 thread, u32 handle, u32 object)
{
	struct held *cap = nullptr;
	enum status status = cap_find(runner(thread)->process, handle, &cap);

	return status == STATUS_OK && cap->object != object ? STATUS_BAD_HANDLE : status;
}

static bool barred(u32 thread, u32 handle, u32 object) { return leads_to(thread, handle, object) != STATUS_OK; }

static void end_barred(const struct line *waiting, u32 object)
{
	struct line all = *waiting;

	for (u32 i = 0; i < all.count; i++)
		if (barred(all.at[i], runner(all.at[i])->wait.handle, object))
			wait_end(all.at[i], STATUS_REVOKED, 0);
}

void waits_undo(u32 object)
{
	const struct thing *at = thing(object);

	end_barred(&at->senders, object);
	end_barred(&at->receivers, object);
	end_barred(&at->waiters, object);
	if (at->receiver != NONE && barred(at->receiver, runner(at->receiver)->wait.second, object))
		wait_end(at->receiver, STATUS_REVOKED, 0);
	for (u32 i = 0; i < model.objects; i++) {
		u32 caller = thing(i)->caller;

		if (caller != NONE && thing(i)->attached == object && barred(caller, runner(caller)->wait.handle, object))
			wait_end(caller, STATUS_REVOKED, 0);
	}
}

/* ---- contents ---- */

static void receive_message(u32 to, u64 badge, u64 info, u32 kind, const u64 (*word)[WORDS])
{
	struct result *result = &runner(to)->result;

	*result = (struct result){ .status = STATUS_OK, .value = badge, .made = NONE, .message = true,
		.info = msg_info_set_kind(info, kind), .words = (u32)msg_info_words(info), .caps = (u32)msg_info_caps(info) };
	for (u32 i = 0; i < WORDS; i++)
		result->word[i] = (*word)[i];
}

static bool moves(u32 keep) { return keep != ALL_RIGHTS && (keep & MOVE) != 0; }

static enum status may_transfer(u32 from, const struct request *r)
{
	for (u32 i = 0; i < msg_info_caps(r->info); i++) {
		struct held *cap = nullptr;
		enum status status = cap_find(runner(from)->process, r->cap[i], &cap);
		u32 need = RIGHT_TRANSFER | (moves(r->keep[i]) ? 0 : RIGHT_DUPLICATE);

		if (status != STATUS_OK)
			return status;
		if ((cap->rights & need) != need)
			return STATUS_DENIED;
	}
	return STATUS_OK;
}

/* All or nothing: nothing moves before everything was found to be right. */
static enum status transfer(u32 from, u32 to, const struct request *r, u32 (*arrived)[SENT_CAPS])
{
	u32 count = (u32)msg_info_caps(r->info), source = runner(from)->process, target = runner(to)->process;
	struct held taken[SENT_CAPS];

	enum status status = may_transfer(from, r);

	if (status != STATUS_OK)
		return status;
	for (u32 i = 0; i < count; i++) {
		struct held *cap = nullptr;

		(void)cap_find(source, r->cap[i], &cap);
		*ELEM(taken, i) = *cap;
		taken[i].rights &= r->keep[i];
	}
	for (u32 i = 0; i < count; i++) {
		struct held *cap = nullptr;
		bool move = moves(r->keep[i]);

		(*arrived)[i] = NONE;
		if (move && cap_find(source, r->cap[i], &cap) == STATUS_BAD_HANDLE)
			continue; /* an earlier place of the message gave it away */
		(*arrived)[i] = cap_put(target, taken[i].object, taken[i].node, taken[i].rights, taken[i].value);
		for (u32 place = 0; place < CAPS_MAX && move; place++)
			if (ELEM(model.space[source].cap, place) == cap)
				cap_take(source, place);
	}
	return STATUS_OK;
}

static enum status deliver(u32 from, u32 to, const struct request *r, u64 badge, u32 kind)
{
	u32 arrived[SENT_CAPS] = { NONE, NONE };
	enum status status = transfer(from, to, r, &arrived);

	if (status != STATUS_OK)
		return status;
	receive_message(to, badge, r->info, kind, &r->word);
	for (u32 i = 0; i < SENT_CAPS; i++)
		runner(to)->result.cap[i] = arrived[i];
	return STATUS_OK;
}

/* ---- what waits at an endpoint without a thread ---- */

/* What is bound, through capabilities that are both still valid. */
static bool bound_holds(const struct thing *at)
{
	return at->bound != NONE && !ELEM(model.node, at->bound_node)->invalid && !ELEM(model.node, at->bound_through)->invalid;
}

static bool note_take(u32 endpoint, u32 to)
{
	struct thing *at = thing(endpoint);
	u64 word[WORDS] = {}, info = msg_info_make(0, 1, 0, 0, 0);

	if (at->gone.count != 0) {
		const struct node *gone = ELEM(model.node, at->gone.at[0]);

		runner(to)->note = at->gone.at[0];
		line_remove(&at->gone, at->gone.at[0]);
		word[0] = gone->badge;
		receive_message(to, gone->badge, info, MSG_KIND_NOTE_BADGE_GONE, &word);
		return true;
	}
	if (bound_holds(at) && (thing(at->bound)->bits & at->bound_mask) != 0) {
		word[0] = thing(at->bound)->bits & at->bound_mask;
		thing(at->bound)->bits &= ~at->bound_mask;
		receive_message(to, 0, info, MSG_KIND_NOTE_SIGNAL, &word);
		return true;
	}
	if (at->kept_count == 0)
		return false;
	receive_message(to, at->kept[0].badge, at->kept[0].info, MSG_KIND_SEND, &at->kept[0].word);
	at->kept_count--;
	for (u32 i = 0; i < at->kept_count; i++)
		*ELEM(at->kept, i) = *ELEM(at->kept, i + 1);
	return true;
}

/* Something came to be there: the first who waits gets it. */
void endpoint_note(u32 endpoint)
{
	struct thing *at = thing(endpoint);

	if (at->receivers.count == 0)
		return;
	u32 first = at->receivers.at[0];

	if (note_take(endpoint, first))
		wait_withdraw(first);
}

void note_return(u32 thread)
{
	u32 node = runner(thread)->note;

	if (node == NONE)
		return;
	runner(thread)->note = NONE;
	line_add(&thing(ELEM(model.node, node)->object)->gone, node);
	endpoint_note(ELEM(model.node, node)->object);
}

void endpoint_unserved(u32 object)
{
	struct thing *at = thing(object);

	if (at->type != OBJECT_ENDPOINT || object_receivable(object))
		return;
	while (at->senders.count != 0)
		wait_end(at->senders.at[0], STATUS_DEAD, 0);
}

/* ---- receiving ---- */

static void bind(u32 caller, u32 server, u32 reply)
{
	runner(caller)->state = THREAD_STATE_CALLING;
	runner(caller)->reply = reply;
	thing(reply)->caller = caller;
	thing(reply)->receiver = NONE;
	runner(server)->activity = runner(caller)->activity;
	runner(server)->serving = reply;
}

/* The most important sender; of equals the one that came first. */
static u32 first_sender(const struct line *senders)
{
	u32 first = senders->at[0];

	for (u32 i = 1; i < senders->count; i++) {
		const struct runner *best = runner(first), *other = runner(senders->at[i]);

		if (other->place_priority > best->place_priority ||
		    (other->place_priority == best->place_priority && other->place_since < best->place_since))
			first = senders->at[i];
	}
	return first;
}

/* The first sender whose message can be delivered. */
static bool accept_sender(u32 self, u32 endpoint, u32 reply)
{
	while (thing(endpoint)->senders.count != 0) {
		u32 sender = first_sender(&thing(endpoint)->senders);
		bool call = runner(sender)->wait.number == SYSCALL_CALL;

		line_remove(&thing(endpoint)->senders, sender);
		enum status status = may_transfer(sender, &runner(sender)->wait);

		if (status == STATUS_OK && call && barred(sender, runner(sender)->wait.handle, endpoint))
			status = STATUS_REVOKED;
		if (status == STATUS_OK)
			status = deliver(sender, self, &runner(sender)->wait, runner(sender)->badge, call ? MSG_KIND_CALL : MSG_KIND_SEND);
		if (status == STATUS_OK && call) {
			bind(sender, self, reply);
			return true;
		}
		wait_end(sender, status, 0);
		if (status == STATUS_OK)
			return true;
		/* What its message would have released may have left a note. */
		if (note_take(endpoint, self))
			return true;
	}
	return false;
}

/* From here on the object's callers are this thread's: another that ran for one of them does not answer it any more. */
static void claim(u32 self, u32 reply)
{
	thing(reply)->receiver = self;
	for (u32 i = 0; i < THREADS; i++)
		if (i != self && runner(i)->serving == reply)
			runner(i)->serving = NONE;
}

static void receive(u32 self, u32 endpoint, u32 reply, const struct request *r)
{
	thing(reply)->attached = endpoint;
	runner(self)->serves = endpoint;
	runner(self)->note = NONE;
	if (note_take(endpoint, self) || accept_sender(self, endpoint, reply)) {
		if (thing(reply)->receiver == self)
			thing(reply)->receiver = NONE;
		return;
	}
	/* An answer just before may have given away what it would wait with. */
	enum status status = r->deadline == 0 ? STATUS_WOULD_BLOCK : leads_to(self, r->handle, endpoint);

	if (status == STATUS_OK)
		status = leads_to(self, r->second, reply);
	if (status != STATUS_OK) {
		thing(reply)->receiver = NONE;
		finish(self, status, 0);
	} else {
		runner(self)->reply = reply;
		if (wait_begin(self, THREAD_STATE_RECEIVING, endpoint, r))
			line_add(&thing(endpoint)->receivers, self);
		else
			thing(reply)->receiver = NONE;
	}
}

static enum status pair(u32 self, const struct request *r, u32 *endpoint, u32 *reply)
{
	u32 process = runner(self)->process;
	struct held *cap = nullptr;
	enum status status = cap_of(process, r->handle, OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE, &cap);

	if (status != STATUS_OK)
		return status;
	*endpoint = cap->object;
	status = cap_of(process, r->second, OBJECT_REPLY, REPLY_RIGHT_USE, &cap);
	if (status == STATUS_OK)
		*reply = cap->object;
	return status;
}

static void call_receive(u32 self, const struct request *r)
{
	u32 endpoint = NONE, reply = NONE;
	enum status status = pair(self, r, &endpoint, &reply);

	if (status == STATUS_OK && (thing(reply)->caller != NONE || thing(reply)->receiver != NONE))
		status = STATUS_BUSY;
	if (status != STATUS_OK) {
		finish(self, status, 0);
		return;
	}
	activity_home(self);
	claim(self, reply);
	receive(self, endpoint, reply, r);
}

/* ---- answering ---- */

/* The caller has the answer, or learns why not. */
static enum status answer(u32 self, u32 caller, const struct request *r)
{
	enum status status = deliver(self, caller, r, 0, MSG_KIND_SEND);

	runner(caller)->state = THREAD_STATE_READY;
	if (status != STATUS_OK)
		finish(caller, status, 0);
	return status;
}

static u32 take_caller(u32 self, u32 reply)
{
	u32 caller = thing(reply)->caller;

	thing(reply)->caller = NONE;
	if (runner(self)->serving == reply)
		activity_home(self);
	return caller;
}

static void call_reply(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_of(runner(self)->process, r->second, OBJECT_REPLY, REPLY_RIGHT_USE, &cap);

	if (status == STATUS_OK) {
		u32 caller = take_caller(self, cap->object);

		status = caller == NONE ? STATUS_PEER_DIED : answer(self, caller, r);
	}
	finish(self, status, 0);
}

static void call_reply_receive(u32 self, const struct request *r)
{
	u32 endpoint = NONE, reply = NONE;
	enum status status = pair(self, r, &endpoint, &reply);

	if (status != STATUS_OK) {
		finish(self, status, 0);
		return;
	}
	u32 caller = take_caller(self, reply);
	bool busy = thing(reply)->receiver != NONE;

	if (!busy)
		claim(self, reply);
	if (caller != NONE)
		status = answer(self, caller, r);
	if (busy || status != STATUS_OK) {
		if (!busy)
			thing(reply)->receiver = NONE;
		finish(self, busy ? STATUS_BUSY : status, 0);
		return;
	}
	activity_home(self);
	receive(self, endpoint, reply, r);
}

/* ---- sending ---- */

/* True: somebody waits; the message went to him, or could not and the sender knows. */
static bool to_receiver(u32 self, u32 endpoint, u64 badge, const struct request *r)
{
	struct line *receivers = &thing(endpoint)->receivers;
	bool call = r->number == SYSCALL_CALL;

	if (receivers->count == 0)
		return false;
	u32 first = receivers->at[0], reply = runner(first)->reply;

	line_remove(receivers, first);
	enum status status = may_transfer(self, r);

	if (status == STATUS_OK && call && use_up_cancel(self))
		status = STATUS_CANCELLED;
	if (status == STATUS_OK)
		status = deliver(self, first, r, badge, call ? MSG_KIND_CALL : MSG_KIND_SEND);

	if (status != STATUS_OK) {
		thing(reply)->receiver = NONE; /* he asks again, when he comes to run */
		runner(first)->state = THREAD_STATE_READY;
		runner(first)->again = true;
		runner(first)->wait.number = SYSCALL_RECEIVE;
		finish(self, status, 0);
		return true;
	}
	thing(reply)->receiver = NONE;
	runner(first)->state = THREAD_STATE_READY;
	if (call) {
		INVARIANT(wait_begin(self, THREAD_STATE_CALLING, endpoint, r), "TEST: what was asked before");
		bind(self, first, reply);
	} else {
		finish(self, STATUS_OK, 0);
	}
	return true;
}

static bool keep(u32 self, u32 endpoint, u64 badge, const struct request *r)
{
	struct thing *at = thing(endpoint);

	if (r->number == SYSCALL_CALL || at->kept_count >= at->depth || msg_info_caps(r->info) != 0 || at->senders.count != 0)
		return false;
	struct message *message = ELEM(at->kept, at->kept_count);

	*message = (struct message){ .badge = badge, .info = r->info };
	for (u32 i = 0; i < WORDS; i++)
		message->word[i] = r->word[i];
	at->kept_count++;
	finish(self, STATUS_OK, 0);
	runner(self)->result.any_value = true;
	return true;
}

static void call_send(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_of(runner(self)->process, r->handle, OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, &cap);

	if (status != STATUS_OK) {
		finish(self, status, 0);
		return;
	}
	u32 endpoint = cap->object;
	u64 badge = cap->value;

	if (to_receiver(self, endpoint, badge, r))
		return;
	if (!object_receivable(endpoint)) {
		finish(self, STATUS_DEAD, 0);
		return;
	}
	if (keep(self, endpoint, badge, r))
		return;
	if (r->deadline == 0) {
		finish(self, STATUS_WOULD_BLOCK, 0);
		return;
	}
	runner(self)->badge = badge;
	if (!wait_begin(self, THREAD_STATE_SENDING, endpoint, r))
		return;
	line_add(&thing(endpoint)->senders, self);
	place_give(self);
}

/* ---- signals ---- */

void signal_bits(u32 signal, u64 bits)
{
	struct thing *at = thing(signal);

	at->bits |= bits;
	for (u32 i = 0; i < at->waiters.count;) {
		u32 waiter = at->waiters.at[i];
		u64 taken = at->bits & runner(waiter)->wait.at[0];

		if (taken == 0) {
			i++;
			continue;
		}
		at->bits &= ~taken;
		wait_end(waiter, STATUS_OK, taken);
	}
	if (at->bound_to != NONE)
		endpoint_note(at->bound_to);
}

static void call_signal(u32 self, const struct request *r, bool raise)
{
	struct held *cap = nullptr;
	enum status status = cap_of(runner(self)->process, r->handle, OBJECT_SIGNAL,
		raise ? SIGNAL_RIGHT_RAISE : SIGNAL_RIGHT_WAIT, &cap);

	if (status == STATUS_OK && !raise && r->at[0] == 0)
		status = STATUS_INVALID;
	finish(self, status, 0);
	if (status != STATUS_OK)
		return;
	if (raise) {
		signal_bits(cap->object, r->at[0]);
		return;
	}
	u64 bits = thing(cap->object)->bits & r->at[0];

	thing(cap->object)->bits &= ~r->at[0];
	if (bits != 0 || r->deadline == 0) {
		finish(self, bits != 0 ? STATUS_OK : STATUS_WOULD_BLOCK, bits);
		return;
	}
	if (wait_begin(self, THREAD_STATE_WAITING, cap->object, r))
		line_add(&thing(cap->object)->waiters, self);
}

/* Gives up what was bound, whose nodes are told. */
static void unbind(struct thing *at, u32 *node, u32 *through)
{
	if (at->bound == NONE)
		return;
	thing(at->bound)->bound_to = NONE;
	at->bound = NONE;
	*node = at->bound_node;
	*through = at->bound_through;
}

static void call_bind(u32 self, const struct request *r)
{
	u32 process = runner(self)->process, node = NONE, through = NONE;
	struct held *endpoint = nullptr, *signal = nullptr;
	enum status status = cap_of(process, r->handle, OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE, &endpoint);

	if (status == STATUS_OK)
		status = cap_of(process, r->second, OBJECT_SIGNAL, SIGNAL_RIGHT_WAIT, &signal);
	if (status == STATUS_OK && r->at[0] == 0)
		status = STATUS_INVALID;
	if (status == STATUS_OK && bound_holds(thing(endpoint->object)))
		status = STATUS_BUSY;
	if (status == STATUS_OK)
		unbind(thing(endpoint->object), &node, &through);
	if (status == STATUS_OK && thing(signal->object)->bound_to != NONE)
		status = STATUS_BUSY;
	finish(self, status, 0);
	if (status == STATUS_OK) {
		thing(endpoint->object)->bound = signal->object;
		thing(endpoint->object)->bound_node = signal->node;
		thing(endpoint->object)->bound_through = endpoint->node;
		thing(endpoint->object)->bound_mask = r->at[0];
		thing(signal->object)->bound_to = endpoint->object;
		endpoint_note(endpoint->object);
	}
	node_unref(node);
	node_unref(through);
}

static void call_watch(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_find(runner(self)->process, r->handle, &cap);

	if (status == STATUS_OK && thing(cap->object)->type != OBJECT_ENDPOINT)
		status = STATUS_WRONG_TYPE;
	else if (status == STATUS_OK && (cap->rights & ENDPOINT_RIGHT_BADGE) == 0)
		status = STATUS_DENIED;
	else if (status == STATUS_OK && (ELEM(model.node, cap->node)->parent == NONE || cap->value == 0))
		status = STATUS_INVALID;
	if (status == STATUS_OK) {
		ELEM(model.node, cap->node)->watched = true;
		ELEM(model.node, cap->node)->badge = cap->value;
	}
	finish(self, status, 0);
}

/* ---- the end of objects ---- */

static void object_end(u32 object)
{
	struct thing *at = thing(object);

	at->dead = true;
	while (at->senders.count != 0)
		wait_end(at->senders.at[0], STATUS_DEAD, 0);
	while (at->receivers.count != 0)
		wait_end(at->receivers.at[0], STATUS_DEAD, 0);
	while (at->waiters.count != 0)
		wait_end(at->waiters.at[0], STATUS_DEAD, 0);
	if (at->caller != NONE)
		wait_end(at->caller, STATUS_PEER_DIED, 0);
	if (at->receiver != NONE)
		wait_end(at->receiver, STATUS_DEAD, 0);
	u32 node = NONE, through = NONE;

	unbind(at, &node, &through);
	node_unref(node);
	node_unref(through);
}

/* Whatever no capability leads to any more ends; that may be the end of more. */
void objects_reap(void)
{
	bool more = true;

	while (more) {
		more = false;
		for (u32 i = 0; i < model.objects; i++) {
			enum object_type type = thing(i)->type;

			if (thing(i)->dead || (type != OBJECT_ENDPOINT && type != OBJECT_REPLY && type != OBJECT_SIGNAL) ||
			    object_referred_to(i))
				continue;
			object_end(i);
			more = true;
		}
	}
}

bool message_call(u32 self, const struct request *r)
{
	bool message = r->number == SYSCALL_CALL || r->number == SYSCALL_SEND || r->number == SYSCALL_REPLY ||
		r->number == SYSCALL_REPLY_RECEIVE;

	if (message && (msg_info_words(r->info) > 64 || msg_info_caps(r->info) > 4))
		finish(self, STATUS_TOO_LONG, 0);
	else if (r->number == SYSCALL_CALL || r->number == SYSCALL_SEND)
		call_send(self, r);
	else if (r->number == SYSCALL_RECEIVE)
		call_receive(self, r);
	else if (r->number == SYSCALL_REPLY)
		call_reply(self, r);
	else if (r->number == SYSCALL_REPLY_RECEIVE)
		call_reply_receive(self, r);
	else if (r->number == SYSCALL_SIGNAL_RAISE || r->number == SYSCALL_SIGNAL_WAIT)
		call_signal(self, r, r->number == SYSCALL_SIGNAL_RAISE);
	else if (r->number == SYSCALL_ENDPOINT_BIND)
		call_bind(self, r);
	else if (r->number == SYSCALL_ENDPOINT_WATCH_BADGE)
		call_watch(self, r);
	else
		return false;
	return true;
}
