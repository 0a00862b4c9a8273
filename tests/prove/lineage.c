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
