/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether anybody may receive. Any endpoint whose lineage has a chain of three nodes with a few capabilities on and beside
 * them, any epochs that agree with what is counted; one operation.
 *
 * INV-RECEIVABLE: `receivable` is the number of valid capabilities with the right to receive, and each valid node knows
 * how many there are below it.
 */
#include "kernel/core/cap/lineage.c"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/receivable.c"

enum : u32 { NODES = 3 };

struct cpu *prove_this_cpu;

static struct endpoint *endpoint;
static struct lineage *node[NODES];
static u32 own[NODES];     /* capabilities to receive with this lineage */
static u32 beside[NODES];  /* below it, but not below the next node of the chain */
static struct thread *waiting;
static u32 told, refreshed;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_retire(struct pooled *item) { (void)item; }
void group_release(struct group *group, enum group_account account, u64 amount) { (void)group; (void)account; (void)amount; }
bool endpoint_badge_gone(struct endpoint *at, struct lineage *gone) { (void)at; (void)gone; return false; }
static u32 added;

void object_add_work(struct object *object, const struct thread *by)
{
	(void)by;
	PROVE(object == &endpoint->object && endpoint->lock.taken != 0, "work for the endpoint, under its lock");
	added += object->refs != 0;
	object->at_work = object->refs != 0;
}

/* Up to as many senders as the number says. */
static u32 senders;

struct thread *senders_take(struct endpoint *at)
{
	PROVE(at == endpoint && endpoint->lock.taken != 0, "senders are taken out under the lock");
	if (senders == 0)
		return nullptr;
	if (--senders == 0)
		endpoint->senders.first = nullptr;
	return waiting;
}

void servers_raise(struct endpoint *at) { PROVE(at->lock.taken != 0, "servers are looked at under the lock"); refreshed++; }

void endpoint_end_wait(struct thread *thread)
{
	PROVE(thread == waiting && endpoint->lock.taken == 0 && endpoint->receivable == 0,
		"who waits in vain is told, without a lock");
	told++;
}

/* ---- any endpoint ---- */

static bool valid(u32 i)
{
	bool holds = true;

	for (u32 at = 1; at < NODES; at++)
		holds = holds && (at > i || node[at]->parent_epoch == node[at - 1]->epoch);
	return holds;
}

/* What is below a node and valid, if the node is. */
static u32 below(u32 i)
{
	u32 count = 0;

	for (u32 at = 0; at < NODES; at++) {
		if (at >= i && valid(at))
			count += beside[at];
		if (at > i && valid(at))
			count += own[at];
	}
	return count;
}

static bool kept(void)
{
	bool holds = endpoint->receivable == own[0] + below(0) && endpoint->lock.taken == 0 && endpoint->counting.taken == 0;

	for (u32 i = 0; i < NODES; i++)
		holds = holds && (!valid(i) || node[i]->receivers_below == below(i)) &&
			(node[i]->checked_at != lineage_revocations || valid(i)) && node[i]->checked_at <= lineage_revocations;
	return holds;
}

/* Senders who wait in vain are told by whoever has work for the endpoint; or nobody holds it, and its end tells them. */
static bool known(void)
{
	return endpoint->receivable != 0 || endpoint->senders.first == nullptr || endpoint->object.at_work != 0 ||
		endpoint->object.refs == 0;
}

static void any_endpoint(void)
{
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->current = nullptr;
	endpoint = NEW(struct endpoint);
	endpoint->object.type = OBJECT_ENDPOINT;
	endpoint->object.at_work = MAYBE();
	endpoint->awaiting = MAYBE();
	waiting = NEW(struct thread);
	senders = MAYBE() ? 1 : MAYBE() ? 2 : 0;
	endpoint->senders.first = senders != 0 ? &waiting->send_node : nullptr;
	ASSUME(endpoint->object.refs < U32_MAX && (endpoint->object.refs != 0 || endpoint->object.at_work == 0));
	for (u32 i = 0; i < NODES; i++) {
		node[i] = NEW(struct lineage);
		node[i]->parent = i == 0 ? nullptr : node[i - 1];
		own[i] = ANY(u32) & 3;
		beside[i] = ANY(u32) & 3;
		ASSUME(node[i]->epoch < U64_MAX && (i == 0 || node[i]->parent_epoch <= node[i - 1]->epoch));
	}
	lineage_revocations = ANY(u64);
	ASSUME(lineage_revocations < U64_MAX);
	ASSUME(kept() && known());
	told = refreshed = added = 0;
}

/* ---- counting ---- */

static u32 any_node(void)
{
	u32 i = ANY(u32);

	ASSUME(i < NODES);
	return i;
}

void prove_more(void)
{
	any_endpoint();
	u32 i = any_node();

	receivable_more(&endpoint->object, node[i]);
	own[i]++;
	PROVE(kept(), "each valid capability is counted, at every node above it");
	PROVE(known(), "and nobody waits in vain unseen");
}

void prove_less(void)
{
	any_endpoint();
	u32 i = any_node();

	ASSUME(own[i] != 0 && endpoint->object.refs != 0);
	receivable_less(&endpoint->object, node[i]);
	own[i]--;
	PROVE(kept(), "what goes is counted off, at every node above it, unless a revocation has done that");
	PROVE(known(), "who waits in vain is found, when the last goes");
	PROVE(added <= 1 && IMPLIES(added != 0, endpoint->receivable == 0), "and nobody is told who does not wait in vain");
}

void prove_revoke(void)
{
	any_endpoint();
	u32 i = any_node();

	receivable_revoke(&endpoint->object, node[i]);
	beside[i] = 0;
	PROVE(kept(), "all that is below is counted off at once");
	PROVE(known(), "who waits in vain is found, when the last goes");
	PROVE(i == NODES - 1 || !lineage_valid(node[NODES - 1]), "no descendant is valid any more");
}

/* ---- telling ---- */

void prove_work(void)
{
	any_endpoint();
	u32 before = senders;
	bool served = endpoint->receivable != 0;

	ASSUME(endpoint->object.refs != 0);
	endpoint->object.at_work = true;
	bool done = receivable_work(endpoint);

	PROVE(told == before - senders && told <= UNSERVED_STEP, "each who waits in vain is told once, in bounded steps");
	PROVE(!served || told == 0, "and nobody who does not");
	PROVE(done == (endpoint->object.at_work == 0), "and whoever is told that all is done can be asked again");
	PROVE(!done || served || senders == 0, "with nobody left");
	PROVE(done || told == UNSERVED_STEP, "each step gets further");
	PROVE(endpoint->lock.taken == 0, "the lock is free again");
}
