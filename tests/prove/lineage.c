/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocation. A chain of lineage nodes of any length up to the deepest there may be, with any epochs, that
 * satisfies what the kernel keeps; one operation; what must hold for the node at its end.
 *
 * A chain is always the last nodes of `node`; its first is `base`. So each step of a walk is at a node that
 * CBMC knows, however long the chain is.
 */
#include "kernel/core/cap/lineage.c"
#include "kernel/core/cap/child.h"

enum { DEEPEST = LINEAGE_DEPTH_MAX, LAST = DEEPEST - 1 };

static struct lineage *node[DEEPEST];
static u32 base;

/* The epochs that a node and its parents have agree: a capability that refers to it is good. */
static bool agrees(void)
{
	bool valid = true;

	for (u32 at = 1; at < DEEPEST; at++)
		valid = valid && IMPLIES(at > base, node[at]->parent_epoch == node[at - 1]->epoch);
	return valid;
}

/* What the kernel keeps: an epoch that is remembered is not from the future, a node that was found good at the
 * present count of revocations is good, and before the first revocation all epochs are 0. */
static bool kept(void)
{
	bool holds = node[LAST]->checked_at <= lineage_revocations;

	for (u32 at = 1; at < DEEPEST; at++)
		holds = holds && IMPLIES(at > base, node[at]->parent_epoch <= node[at - 1]->epoch &&
			IMPLIES(lineage_revocations == 0, node[at - 1]->epoch == 0));
	return holds && IMPLIES(node[LAST]->checked_at == lineage_revocations, agrees());
}

static void any_chain(void)
{
	struct object *object = NEW(struct object);

	base = ANY(u32);
	ASSUME(base < DEEPEST);
	for (u32 at = 0; at < DEEPEST; at++) {
		node[at] = NEW(struct lineage);
		node[at]->parent = at <= base ? nullptr : node[at - 1];
		node[at]->depth = at - base;
		node[at]->watcher = nullptr;
		node[at]->object = object;
		ASSUME(node[at]->epoch < U64_MAX && node[at]->refs != 0 && node[at]->refs < U32_MAX);
	}
	lineage_revocations = ANY(u64);
	ASSUME(lineage_revocations < U64_MAX);
}

void prove_revoke(void)
{
	u32 revoked = ANY(u32);

	any_chain();
	ASSUME(kept() && base <= revoked && revoked < DEEPEST);
	bool before = agrees();

	lineage_revoke(node[revoked]);
	PROVE(kept(), "revoking keeps what the kernel keeps");
	bool good = lineage_valid(node[LAST]);

	PROVE(IMPLIES(revoked < LAST, !good), "after a revocation no descendant is valid");
	PROVE(IMPLIES(revoked == LAST, good == before), "the one at which was revoked stays as it was");
	PROVE(kept(), "looking keeps what the kernel keeps");
	PROVE(lineage_valid(node[LAST]) == good, "looking again gives the same answer");
}

/* A node that was invalid stays so, whatever else is revoked: epochs only grow. */
void prove_for_ever(void)
{
	u32 revoked = ANY(u32);

	any_chain();
	ASSUME(kept() && !agrees() && base <= revoked && revoked < DEEPEST);
	PROVE(!lineage_valid(node[LAST]), "a node that does not agree is found invalid");
	lineage_revoke(node[revoked]);
	PROVE(!lineage_valid(node[LAST]), "what is invalid stays invalid");
}

static struct lineage *made;

struct pooled *pool_take(u32 pool)
{
	PROVE(pool == POOL_LINEAGE, "the item is of the pool of lineages");
	if (MAYBE())
		return nullptr;
	made = NEW(struct lineage);
	*made = (struct lineage){ .pooled = { .pool = POOL_LINEAGE } };
	return &made->pooled;
}

void prove_child(void)
{
	struct cap cap = { };

	any_chain();
	ASSUME(kept());
	cap.lineage = node[LAST];
	cap.object = node[LAST]->object;
	bool before = agrees();
	enum status status = lineage_child(&cap);

	if (status != STATUS_OK) {
		PROVE(cap.lineage == node[LAST], "nothing has changed after a failure");
		return;
	}
	PROVE(cap.lineage == made && made->parent == node[LAST] && made->refs == 1, "the child hangs below its parent");
	PROVE(made->depth < LINEAGE_DEPTH_MAX && made->depth == node[LAST]->depth + 1, "a chain is never longer than allowed");
	PROVE(made->parent_epoch == node[LAST]->epoch && made->object == cap.object, "the child agrees with its parent");
	PROVE(lineage_valid(made) == before, "a child is valid exactly if its parent is");
}

/* ---- giving up ---- */

static struct endpoint *watcher;
static struct lineage *one;         /* any node of the chain */
static u32 freed, told;             /* times that one */
static u32 released, watches;       /* what was charged for watching, and what is watched and freed */
static bool heard;                  /* the endpoint lives, and has one from then on */

void object_retire(struct pooled *item)
{
	freed += item == &one->pooled;
}

void group_release(struct group *group, enum group_account account, u64 amount)
{
	PROVE(group == one->object->group && account == GROUP_OBJECTS && amount == 1, "a watch was charged as an object");
	released++;
}

bool endpoint_badge_gone(struct endpoint *endpoint, struct lineage *gone)
{
	bool takes = MAYBE();

	PROVE(endpoint == watcher && gone->refs == 0, "who watches a badge is told when its last capability is gone");
	told += gone == one;
	heard = heard || (takes && gone == one);
	watches += !takes;
	return takes;
}

/* All from this one down to the last are held by the next one alone. */
static bool last_of(u32 from)
{
	bool alone = true;

	for (u32 at = 0; at < DEEPEST; at++)
		alone = alone && (at < from || node[at]->refs == 1);
	return alone;
}

void prove_unref(void)
{
	u32 number = ANY(u32);

	any_chain();
	ASSUME(number >= base && number < DEEPEST);
	watcher = NEW(struct endpoint);
	one = node[number];
	for (u32 at = 0; at < DEEPEST; at++)
		node[at]->watcher = at > base && MAYBE() ? watcher : nullptr;
	bool goes = number > base && last_of(number), is_told = goes && one->watcher != nullptr;
	bool held_less = number == LAST || last_of(number + 1);
	u32 refs = one->refs;

	freed = told = released = watches = 0;
	heard = false;
	lineage_unref(node[LAST]);
	PROVE(freed == (goes && !heard), "exactly what nothing refers to any more goes, once, but for the root");
	PROVE(told == is_told, "and who watches it is told, once");
	PROVE(one->refs == refs - held_less, "a reference is given up by who goes");
	PROVE(released == watches, "a watch is charged until its node goes");
}
