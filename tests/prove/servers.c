/* SPDX-License-Identifier: Apache-2.0
 *
 * Senders and servers of endpoints. Two endpoints with up to two servers in all and up to two senders at the first, on any
 * activities; one operation. What an activity makes of being waited for is told; the tree of senders is a list in order.
 *
 * INV-SERVES: a thread serves at most one endpoint, whose list it is in; an endpoint knows how many serve it.
 */
#include "kernel/core/ipc/servers.c"
#include "kernel/core/sched/sched.h"
#include "tests/prove/include/tree_list.h"

enum : u32 { EACH = 2, NOBODY = EACH };

struct cpu *prove_this_cpu;

static struct endpoint *endpoint[EACH];
static struct thread *server[EACH], *sender[EACH];
static struct activity *activity[EACH];
static u64 place[EACH];                       /* of senders, by what their activities are now */
static u32 awaited_by[EACH], hops[EACH];      /* of servers: which sender; how far what they inherit has come */
static u32 entered[EACH], left[EACH];         /* senders, among their activities' waiters */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; }

static u32 sender_of(const struct thread *at)
{
	PROVE(at == sender[0] || at == sender[1], "a thread that sends");
	return at == sender[0] ? 0 : 1;
}

u64 inherit_enter(struct thread *at) { entered[sender_of(at)]++; return place[sender_of(at)]; }
void inherit_leave(struct thread *at) { left[sender_of(at)]++; }
u64 inherit_place(const struct thread *at) { return place[sender_of(at)]; }

struct urgency inherit_urgency(const struct thread *at)
{
	return (struct urgency){ .priority = sender_of(at), .hops = 7 };
}

void inherit_update(struct awaited *awaited, const struct thread *at, const struct urgency *by)
{
	u32 i = at == server[0] ? 0 : 1;

	PROVE(at == server[i] && awaited == &server[i]->awaited, "a server's own");
	PROVE(server[i]->serves != nullptr && server[i]->serves->lock.taken != 0, "under the lock of what it serves");
	awaited_by[i] = by == nullptr ? NOBODY : by->priority;
	hops[i] = by == nullptr ? 0 : by->hops;
}

/* ---- any endpoints ---- */

static bool listed(u32 e, u32 i)
{
	const struct list_node *at = endpoint[e]->servers.first;

	for (u32 step = 0; step < EACH && at != nullptr && at != &server[i]->server_node; step++)
		at = at->next;
	return at == &server[i]->server_node;
}

static bool kept(void)
{
	bool holds = true;

	for (u32 e = 0; e < EACH; e++) {
		u32 count = 0;

		for (u32 i = 0; i < EACH; i++) {
			holds = holds && listed(e, i) == (server[i]->serves == endpoint[e]);
			count += listed(e, i);
		}
		holds = holds && endpoint[e]->server_count == count && endpoint[e]->lock.taken == 0;
	}
	return holds;
}

static bool sends(u32 i) { return tree_contains(&sender[i]->send_node); }

static void any_endpoints(void)
{
	for (u32 i = 0; i < EACH; i++) {
		endpoint[i] = NEW(struct endpoint);
		endpoint[i]->lock.taken = 0;
		endpoint[i]->object.dead = MAYBE();
		endpoint[i]->servers = (struct list){};
		endpoint[i]->server_count = 0;
		endpoint[i]->senders = (struct tree){};
		endpoint[i]->awaiting = MAYBE();
		activity[i] = NEW(struct activity);
		place[i] = ANY(u64);
		entered[i] = left[i] = 0;
		awaited_by[i] = MAYBE() ? 0 : MAYBE() ? 1 : NOBODY;
		hops[i] = 0;
	}
	for (u32 i = 0; i < EACH; i++) {
		u32 e = MAYBE() ? 1 : 0;

		server[i] = NEW(struct thread);
		server[i]->activity = MAYBE() ? activity[1] : activity[0];
		server[i]->serves = nullptr;
		if (MAYBE()) {
			server[i]->serves = endpoint[e];
			list_push(&endpoint[e]->servers, &server[i]->server_node);
			endpoint[e]->server_count++;
		}
		sender[i] = NEW(struct thread);
		sender[i]->send_node.height = 0;
		sender[i]->activity = MAYBE() ? activity[1] : activity[0];
		sender[i]->endpoint = nullptr;
		if (MAYBE()) {
			sender[i]->endpoint = endpoint[0];
			tree_insert(&endpoint[0]->senders, &sender[i]->send_node, ANY(u64));
		}
	}
	endpoint[0]->awaiting = endpoint[0]->awaiting || sends(0) || sends(1);
	ASSUME(kept());
}

/* Which sender should be lent by to a server of the first endpoint: the most urgent that is not on the same activity. */
static u32 first_other(u32 i)
{
	const struct tree_node *at = endpoint[0]->senders.first;

	for (u32 step = 0; step < EACH && at != nullptr; step++, at = at->child[1]) {
		u32 k = at == &sender[0]->send_node ? 0 : 1;

		if (sender[k]->activity != server[i]->activity)
			return k;
	}
	return NOBODY;
}

/* All who serve the first endpoint are as urgent as who waits there. */
static void check_raised(void)
{
	for (u32 i = 0; i < EACH; i++) {
		if (server[i]->serves != endpoint[0])
			continue;
		PROVE(awaited_by[i] == first_other(i), "a server inherits from the first who waits with another activity, or nobody");
		PROVE(awaited_by[i] == NOBODY || hops[i] == 8, "and it is known how far that has come");
	}
	PROVE(endpoint[0]->awaiting == (endpoint[0]->senders.first != nullptr), "and it is looked at again while anybody waits");
}

/* ---- proofs ---- */

void prove_raise(void)
{
	any_endpoints();
	endpoint[0]->lock.taken = 1;
	servers_raise(endpoint[0]);
	endpoint[0]->lock.taken = 0;
	check_raised();
	PROVE(kept(), "and nobody else changes");
}

void prove_senders(void)
{
	any_endpoints();
	bool waits[EACH] = { sends(0), sends(1) };
	const struct tree_node *first = endpoint[0]->senders.first;
	struct thread *taken = senders_take(endpoint[0]);

	PROVE(taken == nullptr ? first == nullptr : first == &taken->send_node, "the most urgent one goes");
	for (u32 i = 0; i < EACH; i++) {
		bool it = taken == sender[i];

		PROVE(sends(i) == (waits[i] && !it) && left[i] == it, "and waits no more, nor for its activity");
		PROVE(!it || sender[i]->endpoint == nullptr, "nor looks as if it did");
	}
	if (taken == nullptr)
		return;
	senders_add(endpoint[0], taken);
	PROVE(sends(sender_of(taken)) && taken->send_node.key == place[sender_of(taken)] && entered[sender_of(taken)] == 1,
		"who comes is where it belongs");
}

void prove_reorder(void)
{
	any_endpoints();
	bool waits = sends(0), other = sends(1);
	u64 key = sender[1]->send_node.key;

	servers_reorder(sender[0]);
	PROVE(kept() && sends(0) == waits && sends(1) == other, "nobody begins or ceases to wait");
	PROVE(!waits || sender[0]->send_node.key == place[0], "who waits has the place of what its activity is now");
	PROVE(!other || sender[1]->send_node.key == key, "others keep theirs");
	const struct tree_node *first = endpoint[0]->senders.first;

	PROVE(first == nullptr || first->child[1] == nullptr || first->key <= first->child[1]->key, "in order");
	if (waits)
		check_raised();
}

void prove_join(void)
{
	any_endpoints();
	u32 e = MAYBE() ? 1 : 0;
	bool dead = endpoint[e]->object.dead, leaves = server[0]->serves != nullptr;

	server_join(server[0], endpoint[e]);
	PROVE(kept(), "a thread is in the list of the one endpoint that it serves");
	PROVE(server[0]->serves == nullptr || server[0]->serves == endpoint[e], "which is this one");
	PROVE(endpoint[e]->server_count <= SERVERS_MAX, "there are not too many");
	PROVE((server[0]->serves == nullptr) == (dead || (server[1]->serves == endpoint[e] && SERVERS_MAX == 1)),
		"it is listed if there is room");
	PROVE(!leaves || awaited_by[0] == NOBODY, "who waits elsewhere lends it nothing any more");
}

void prove_forget(void)
{
	any_endpoints();
	bool served[EACH] = { server[0]->serves == endpoint[0], server[1]->serves == endpoint[0] };

	servers_forget(endpoint[0]);
	PROVE(kept() && endpoint[0]->server_count == 0 && endpoint[0]->servers.first == nullptr, "nobody serves it any more");
	for (u32 i = 0; i < EACH; i++)
		PROVE(!served[i] || (server[i]->serves == nullptr && awaited_by[i] == NOBODY), "nor inherits from who waits there");
}

void prove_moved(void)
{
	any_endpoints();
	ASSUME(server[0]->serves == endpoint[0]);
	server[0]->activity = MAYBE() ? activity[1] : activity[0];
	bool waits = sends(0) || sends(1);

	server_moved(server[0]);
	PROVE(kept(), "nobody else changes");
	if (waits)
		check_raised();
}
