/* SPDX-License-Identifier: Apache-2.0
 *
 * Who needs whom, as lines of a tree.
 */
#include "userspace/services/keeper/forest.h"

enum : u32 { NOBODY = FOREST_MAX };

struct stack {
	u32 who[FOREST_MAX];
};

static bool needs(const struct forest *f, u32 who, u32 whom) { return (*ELEM(f->needs, who) >> whom & 1) != 0; }

/* One deeper than the deepest of those it needs. As many passes as there may be depths: a circle ends nowhere. */
static void find_depths(struct forest *f)
{
	for (u32 pass = 0; pass < f->count; pass++) {
		for (u32 who = 0; who < f->count; who++) {
			for (u32 whom = 0; whom < f->count; whom++) {
				if (needs(f, who, whom) && *ELEM(f->depth, whom) < f->count)
					*ELEM(f->depth, who) = (u32)max_u64(*ELEM(f->depth, who), *ELEM(f->depth, whom) + 1);
			}
		}
	}
}

/* The deepest of those it needs; of a circle, one that is not below it. */
static u32 parent(const struct forest *f, u32 who)
{
	u32 found = NOBODY;

	for (u32 whom = 0; whom < f->count; whom++) {
		if (needs(f, who, whom) && *ELEM(f->depth, whom) < *ELEM(f->depth, who) &&
		    (found == NOBODY || *ELEM(f->depth, whom) > *ELEM(f->depth, found)))
			found = whom;
	}
	return found;
}

/* Puts those below `above` on the stack, the first on top. */
static u32 push_below(const struct forest *f, u32 above, struct stack *stack, u32 used)
{
	for (u32 who = f->count; who-- > 0;) {
		if (parent(f, who) == above)
			*ELEM(stack->who, used++) = who;
	}
	return used;
}

void forest_make(struct forest *f)
{
	struct stack stack = {};
	u32 line = 0;

	mspan_fill(MSPAN_OF_ARRAY(f->depth), 0);
	find_depths(f);
	u32 used = push_below(f, NOBODY, &stack, 0);

	while (used > 0) {
		u32 who = *ELEM(stack.who, --used);

		*ELEM(f->order, line++) = who;
		used = push_below(f, who, &stack, used);
	}
}
