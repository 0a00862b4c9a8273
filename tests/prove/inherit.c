/* SPDX-License-Identifier: Apache-2.0
 *
 * Inheritance. Any two activities, any two who are waited for with them, up to two threads that wait with one; one
 * operation. Trees are lists in order; tree.c proves the real one.
 *
 * Who is waited for is in the tree of the activity that its thread was seen to run on, and counts that; an activity
 * runs at the most urgent of what it has itself and what is in its tree.
 */
#include "kernel/core/sched/inherit.c"
#include "tests/prove/include/tree_list.h"
#include "tests/prove/include/quiet.h"

enum : u32 { EACH = 2, NOWHERE = EACH };

struct cpu *prove_this_cpu;

static struct activity *activity[EACH];
static struct awaited *awaited[EACH];
static struct thread *server, *waiter[EACH];
static bool reordered[EACH], died[EACH];   /* waiters; activities that nobody holds any more */
static u32 told[EACH], shared[EACH];       /* of activities: others were told that it changed; its share was counted anew */
static u32 moved, owner_moved;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
bool hal_interrupt_pending(void) { return MAYBE(); }

static u32 number_of(const struct activity *at)
{
	PROVE(at == activity[0] || at == activity[1], "an activity that there is");
	return at == activity[0] ? 0 : 1;
}

void object_last_unref(struct object *object)
{
	u32 i = object == &activity[0]->object ? 0 : 1;

	PROVE(object == &activity[i]->object && activity[i]->lock.taken == 0, "an activity goes with no lock held");
	died[i] = true;
}

struct urgency activity_own_urgency(const struct activity *at)
{
	return (struct urgency){ at->own_priority, 0, at->budget_ns != 0 ? at->period_deadline_ns : VIRTUAL_BASE };
}

/* As activities.c shows the real one: the most urgent of its own and what it inherits. */
static void settle(struct activity *at)
{
	struct urgency now = activity_own_urgency(at);
	const struct urgency *more = inherit_more_urgent(at, now.priority, now.deadline_ns);

	if (more != nullptr)
		now = *more;
	at->priority = now.priority;
	at->hops = now.hops;
	at->deadline_ns = now.deadline_ns;
	at->best_effort = MAYBE();
}

void activity_settle(struct activity *at, bool was_best_effort)
{
	PROVE(at->lock.taken != 0 && was_best_effort == (at->best_effort != 0), "under the lock");
	settle(at);
}

void share_update(struct activity *at) { PROVE(at->lock.taken == 0, "with no lock held"); shared[number_of(at)]++; }
void sched_activity_changed(struct activity *at) { PROVE(at->lock.taken == 0, "with no lock held"); told[number_of(at)]++; }
void server_moved(struct thread *at) { PROVE(at == server, "who has moved"); moved++; }
void word_owner_moved(const struct thread *at) { PROVE(at == server, "who has moved"); owner_moved++; }

static void looked_at(struct thread *at)
{
	PROVE(at == waiter[0] || at == waiter[1], "a thread that waits");
	PROVE(activity[0]->lock.taken == 0 && activity[1]->lock.taken == 0, "with no lock held");
	reordered[at == waiter[0] ? 0 : 1] = true;
}

static bool by_server;
void servers_reorder(struct thread *sender) { looked_at(sender); by_server = true; }
void word_reorder(struct thread *at) { PROVE(by_server, "it waits at one of the two"); by_server = false; looked_at(at); }

/* ---- any activities ---- */

static struct urgency any_urgency(void)
{
	struct urgency urgency = { ANY(u32), ANY(u32), ANY(u64) };

	ASSUME(urgency.priority < PRIORITIES && urgency.hops <= HOPS_MAX && urgency.deadline_ns <= VIRTUAL_BASE);
	return urgency;
}

static bool in_tree(const struct activity *at, const struct awaited *who)
{
	const struct tree_node *node = at->awaited.first;

	for (u32 step = 0; step < EACH && node != nullptr && node != &who->node; step++)
		node = node->child[1];
	return node == &who->node;
}

/* The activity runs at the most urgent of all. */
static bool right(const struct activity *at)
{
	struct urgency own = activity_own_urgency(at), most = own;

	for (u32 i = 0; i < EACH; i++) {
		const struct urgency *by = &awaited[i]->by;

		if (in_tree(at, awaited[i]) && key_of(by) < key_of(&most))
			most = *by;
	}
	return at->priority == most.priority && key_of(&most) ==
		key_of(&(struct urgency){ at->priority, 0, at->deadline_ns });
}

static bool kept(void)
{
	bool holds = true;

	for (u32 i = 0; i < EACH; i++) {
		for (u32 k = 0; k < EACH; k++)
			holds = holds && in_tree(activity[k], awaited[i]) == (awaited[i]->on == activity[k]);
		holds = holds && tree_contains(&awaited[i]->node) == (awaited[i]->on != nullptr);
		holds = holds && (awaited[i]->on == nullptr || awaited[i]->node.key == key_of(&awaited[i]->by));
		holds = holds && activity[i]->lock.taken == 0;
	}
	return holds;
}

static u32 held_by(u32 k) { return (awaited[0]->on == activity[k]) + (awaited[1]->on == activity[k]); }

static void any_activities(void)
{
	server = NEW(struct thread);
	for (u32 i = 0; i < EACH; i++) {
		activity[i] = NEW(struct activity);
		activity[i]->lock.taken = 0;
		activity[i]->awaited = (struct tree){};
		activity[i]->waiters = (struct thread_queue){};
		activity[i]->waiter_count = 0;
		activity[i]->waiters_left = 0;
		activity[i]->listed = false;
		activity[i]->exhausted = 0;
		activity[i]->best_effort = MAYBE();
		awaited[i] = NEW(struct awaited);
		awaited[i]->node.height = 0;
		awaited[i]->on = nullptr;
		waiter[i] = NEW(struct thread);
		reordered[i] = died[i] = false;
		told[i] = shared[i] = 0;
		ASSUME(activity[i]->own_priority < PRIORITIES && activity[i]->priority < PRIORITIES && activity[i]->hops <= HOPS_MAX);
		ASSUME(activity[i]->object.refs < 8);
	}
	for (u32 i = 0; i < EACH; i++) {
		struct activity *on = MAYBE() ? activity[0] : activity[1];

		if (MAYBE())
			continue;
		awaited[i]->on = on;
		awaited[i]->by = any_urgency();
		tree_insert(&on->awaited, &awaited[i]->node, key_of(&awaited[i]->by));
	}
	for (u32 k = 0; k < EACH; k++)
		ASSUME(activity[k]->object.refs >= held_by(k));
	server->activity = MAYBE() ? activity[0] : activity[1];
	server->own = MAYBE() ? activity[0] : activity[1];
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->changed = nullptr;
	prove_this_cpu->attention = 0;
	moved = owner_moved = 0;
	by_server = false;
}

/* ---- order ---- */

/* The deadline in quarters of a microsecond; the same for all who have none. */
static u64 quarters(const struct urgency *of)
{
	return (of->deadline_ns < VIRTUAL_BASE ? of->deadline_ns : VIRTUAL_BASE) / 256;
}

void prove_order(void)
{
	struct urgency a = any_urgency(), b = any_urgency();

	a.deadline_ns = ANY(u64);
	b.deadline_ns = ANY(u64);
	u64 one = key_of(&a), other = key_of(&b);

	PROVE(a.priority <= b.priority || one < other, "who has a higher priority is before");
	PROVE(a.priority != b.priority || (one < other) == (quarters(&a) < quarters(&b)), "at the same, whose deadline is earlier");
}

/* ---- who is waited for ---- */

void prove_update(void)
{
	any_activities();
	struct urgency by = any_urgency();
	bool anybody = MAYBE();
	bool receives = server->state == THREAD_STATE_RECEIVING && server->endpoint != nullptr;
	u32 refs[EACH], held[EACH], k = (receives ? server->own : server->activity) == activity[0] ? 0 : 1;
	struct urgency before[EACH];

	for (u32 i = 0; i < EACH; i++) {
		settle(activity[i]);
		refs[i] = activity[i]->object.refs;
		held[i] = held_by(i);
		before[i] = (struct urgency){ activity[i]->priority, 0, activity[i]->deadline_ns };
	}
	inherit_update(awaited[0], server, anybody ? &by : nullptr);
	PROVE(kept(), "who is waited for is known to one activity at most, in order");
	for (u32 i = 0; i < EACH; i++) {
		PROVE(activity[i]->object.refs + held[i] == refs[i] + held_by(i), "and holds it, once");
		PROVE(died[i] == (refs[i] != 0 && activity[i]->object.refs == 0), "one that nobody holds any more goes");
		PROVE(right(activity[i]), "an activity runs at the most urgent of all that is lent to it, and at its own");
		PROVE(told[i] != 0 || (activity[i]->priority == before[i].priority && activity[i]->deadline_ns == before[i].deadline_ns),
			"whoever goes by what it runs at is told of a change");
	}
	bool lives = refs[k] != 0;

	PROVE(awaited[0]->on == (anybody && lives ? activity[k] : nullptr), "what the thread runs on now inherits, if it lives");
	PROVE(awaited[0]->on == nullptr || same(&awaited[0]->by, &by), "as urgently as was said");
}

/* ---- waiters ---- */

static bool waits(u32 i)
{
	const struct thread *at = activity[0]->waiters.first;

	for (u32 step = 0; step < EACH && at != nullptr && at != waiter[i]; step++)
		at = at->wait_next;
	return at == waiter[i];
}

static void any_waiters(void)
{
	for (u32 i = 0; i < EACH; i++) {
		waiter[i]->activity = activity[0];
		if (MAYBE()) {
			thread_queue_push(&activity[0]->waiters, waiter[i]);
			activity[0]->waiter_count++;
		}
	}
	activity[0]->waiters_left = ANY(u32);
	ASSUME(activity[0]->waiters_left <= activity[0]->waiter_count);
}

void prove_waiters(void)
{
	any_activities();
	any_waiters();
	ASSUME(!waits(0));
	bool other = waits(1);
	u64 place = inherit_enter(waiter[0]);

	PROVE(waits(0) && waits(1) == other && activity[0]->waiter_count == 1u + other, "who waits is known to its activity, once");
	struct urgency lent = inherit_urgency(waiter[0]);

	PROVE(place == inherit_place(waiter[0]) && place == key_of(&lent), "its place is by what it lends");
	PROVE(lent.hops < HOPS_MAX, "what has come too far is not lent on");
	PROVE(activity[0]->hops >= HOPS_MAX ? lent.priority == activity[0]->own_priority : lent.priority == activity[0]->priority,
		"but its own is, or what it runs at");
	inherit_leave(waiter[0]);
	PROVE(!waits(0) && waits(1) == other && activity[0]->waiter_count == other && activity[0]->lock.taken == 0,
		"until it waits no more");
}

void prove_changed(void)
{
	any_activities();
	any_waiters();
	activity[0]->listed = activity[0]->waiter_count != 0 && MAYBE();
	bool there[EACH] = { waits(0), waits(1) }, elsewhere = activity[0]->listed;
	u32 refs = activity[0]->object.refs;

	inherit_changed(activity[0]);
	bool listed = prove_this_cpu->changed == activity[0];

	PROVE(listed == (!elsewhere && refs != 0 && (there[0] || there[1])), "it is on one list, if anybody waits with it");
	PROVE(activity[0]->object.refs == refs + listed && (!listed || (prove_this_cpu->attention & ATTEND_INHERIT) != 0),
		"which holds it, and is worked off");
	if (!listed)
		return;
	inherit_propagate();
	bool done = prove_this_cpu->changed == nullptr;

	PROVE(done == !activity[0]->listed && activity[0]->object.refs == refs + !done, "when it is through it is on no list");
	PROVE(done || (prove_this_cpu->attention & ATTEND_INHERIT) != 0, "and until then it is gone on with");
	for (u32 i = 0; i < EACH; i++) {
		PROVE(!done || !there[i] || reordered[i], "everybody who waited with it has been looked at");
		PROVE(waits(i) == there[i], "and waits still");
	}
}

void prove_moved(void)
{
	any_activities();
	inherit_moved(server);
	PROVE(moved == 1 && owner_moved == 1,
		"who waits for it at an endpoint or a word lends to what it runs on now");
}
