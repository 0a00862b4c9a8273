/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on endpoints: making one, binding a signal, watching a badge. Any outcome of what may be refused.
 */
#include "kernel/core/ipc/endpoint.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 lineage_revocations;

static struct thread *self, *receiver;
static struct group *group;
static struct endpoint *endpoint, *another;
static struct signal *signal;
static struct cap named;           /* to be watched */
static u64 charged;
static u32 held, handles, notes, woken;
static struct lineage *of_before, *of_signal, *of_endpoint;
static bool valid;                 /* what is bound may still be */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void sched_wake(struct thread *at) { PROVE(at == receiver, "who waits"); woken++; }
void reply_unclaim(struct reply *at) { (void)at; }

bool note_take(struct endpoint *at, struct thread *to)
{
	PROVE(at == endpoint && to == receiver && at->lock.taken != 0, "what waits is taken under the lock");
	return notes != 0;
}

enum status group_charge(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_OBJECTS, "objects, to who pays");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	charged += amount;
	return STATUS_OK;
}

void group_release(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_OBJECTS && amount <= charged, "no more than was charged");
	charged -= amount;
}

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	PROVE(type == OBJECT_ENDPOINT && at == group, "an endpoint");
	if (MAYBE())
		return STATUS_OUT_OF_FRAMES;
	*endpoint = (struct endpoint){ .object = { .type = type, .refs = 1, .group = at } };
	*out = &endpoint->object;
	return STATUS_OK;
}

struct sys_result sys_new_handle(struct thread *who, struct object *object, u32 rights, u64 value)
{
	PROVE(who == self && object == &endpoint->object && rights == ENDPOINT_RIGHTS_ALL && value == 0,
		"its maker's, with all rights and no badge");
	handles++;
	return sys_ok(5);
}

bool binding_make(struct signal_binding *binding, const struct cap *cap, u64 bits, struct lineage *through)
{
	PROVE(binding != &endpoint->bound && through == of_endpoint, "through the capability to receive with");
	if (MAYBE())
		return false;
	held++;
	*binding = (struct signal_binding){ .signal = object_as_signal(cap->object), .lineage = of_signal, .bits = bits };
	return true;
}

bool lineage_walk(struct lineage *at) { return at == of_before && valid; }

void binding_drop(struct signal_binding *binding)
{
	PROVE(binding != &endpoint->bound && endpoint->lock.taken == 0, "with no lock held: badges end");
	held -= binding->signal != nullptr;
	*binding = (struct signal_binding){};
}

void cap_release(const struct cap *cap)
{
	PROVE(cap == &named && cap->object->refs == 2 && cap->lineage->refs == 2, "what is held, once");
	cap->object->refs--;
	cap->lineage->refs--;
}

/* ---- the proofs ---- */

static void any_endpoint(void)
{
	self = NEW(struct thread);
	self->process = NEW(struct process);
	group = NEW(struct group);
	endpoint = NEW(struct endpoint);
	another = NEW(struct endpoint);
	signal = NEW(struct signal);
	receiver = NEW(struct thread);
	endpoint->lock.taken = 0;
	endpoint->object.type = OBJECT_ENDPOINT;
	endpoint->object.group = group;
	endpoint->receivers.first = MAYBE() ? receiver : nullptr;
	endpoint->receivers.last = receiver;
	receiver->wait_next = receiver->wait_prev = nullptr;
	receiver->endpoint = endpoint;
	signal->object.type = OBJECT_SIGNAL;
	charged = 0;
	held = handles = woken = 0;
	notes = MAYBE();
}

void prove_create(void)
{
	u32 depth = ANY(u32);

	any_endpoint();
	struct sys_result result = syscall_endpoint_create(self, group, depth);

	PROVE((result.status == STATUS_OK) == (handles == 1), "an endpoint is made, and its maker has it, or it is not");
	PROVE(charged == (handles == 1 ? depth : 0), "and the places of its queue are charged exactly then");
	PROVE(handles == 0 || (endpoint->depth == depth && endpoint->lock.taken == 0 && endpoint->bound.signal == nullptr),
		"as asked for");
}

void prove_bind(void)
{
	u64 mask = ANY(u64);
	struct cap cap = {};

	any_endpoint();
	cap.object = &signal->object;
	of_before = NEW(struct lineage);
	of_endpoint = NEW(struct lineage);
	of_signal = NEW(struct lineage);
	of_before->checked_at = 0;
	lineage_revocations = 1;
	valid = MAYBE();
	signal->endpoint = MAYBE() ? another : nullptr;
	endpoint->bound = (struct signal_binding){};
	if (MAYBE()) {
		/* The same one perhaps, of which the right to receive was revoked. */
		endpoint->bound = (struct signal_binding){ MAYBE() ? signal : NEW(struct signal), of_before, 1, nullptr };
		endpoint->bound.signal->endpoint = endpoint;
		held++;
	}
	struct signal *before = endpoint->bound.signal;
	struct endpoint *of = signal->endpoint;
	struct cap through = { .object = &endpoint->object, .lineage = of_endpoint };
	bool waits = endpoint->receivers.first != nullptr, stays = before != nullptr && valid;
	struct sys_result result = syscall_endpoint_bind(self, &through, &cap, mask);
	bool ok = result.status == STATUS_OK;

	PROVE(!ok || (!stays && of != another && mask != 0 && !endpoint->object.dead),
		"one signal for an endpoint, and the other way round");
	PROVE(ok ? endpoint->bound.signal == signal && endpoint->bound.bits == mask && signal->endpoint == endpoint :
		endpoint->bound.signal == nullptr || endpoint->bound.signal == before, "bound, or nothing new is");
	PROVE(ok || !stays || (endpoint->bound.signal == before && signal->endpoint == of), "what is bound and may be stays");
	PROVE(ok || of != another || signal->endpoint == another, "and so does what is bound elsewhere");
	PROVE(held == (endpoint->bound.signal != nullptr) && (before == nullptr || before == endpoint->bound.signal ||
		before->endpoint != endpoint), "what was bound and is no more holds nothing");
	PROVE(woken == (ok && waits && notes != 0) && (woken == 0 || endpoint->receivers.first == nullptr),
		"who waits learns what there is already");
	PROVE(endpoint->lock.taken == 0, "the lock is free again");
}

void prove_watch(void)
{
	any_endpoint();
	named.object = &endpoint->object;
	named.value = ANY(u64);
	named.lineage = NEW(struct lineage);
	/* Its last copy may be dropped meanwhile. */
	named.object->refs = 1;
	named.lineage->refs = MAYBE() ? 1 : 0;
	u32 refs = named.lineage->refs;
	named.lineage->parent = MAYBE() ? NEW(struct lineage) : nullptr;
	named.lineage->watcher = MAYBE() ? endpoint : nullptr;
	bool watched = named.lineage->watcher != nullptr;
	bool may = named.value != 0 && named.lineage->parent != nullptr && refs != 0;
	struct sys_result result = syscall_endpoint_watch_badge(self, &named);

	PROVE(result.status != STATUS_OK || may, "only a badge is watched, that somebody has");
	PROVE((named.lineage->watcher != nullptr) == (watched || result.status == STATUS_OK), "from then on it is");
	PROVE(result.status != STATUS_OK || named.lineage->badge == named.value, "and known which it is");
	PROVE(charged == (result.status == STATUS_OK && !watched) && named.object->refs == 1 && named.lineage->refs == refs,
		"its note is charged once, and nothing stays held");
}
