/* SPDX-License-Identifier: Apache-2.0
 *
 * Who needs whom, as lines of a tree.
 */
#include "userspace/services/keeper/forest.h"

enum : u32 { NOBODY = FOREST_MAX };

struct stack {
	u32 who[FOREST_MAX];
};

/* The next of those in the set, which is taken out; NOBODY: there is none. */
static u32 take_next(const struct forest *f, u64 *set)
{
	u32 next = *set == 0 ? NOBODY : (u32)__builtin_ctzll(*set);

	*set &= *set - 1;
	return next < f->count ? next : NOBODY;
}

/* One deeper than the deepest of those it needs; true if it was not. */
static bool goes_deeper(struct forest *f, u32 who)
{
	u64 needs = *ELEM(f->needs, who);
	u32 *depth = ELEM(f->depth, who), before = *depth;

	for (u32 whom = take_next(f, &needs); whom != NOBODY; whom = take_next(f, &needs)) {
		if (*ELEM(f->depth, whom) < f->count)
			*depth = (u32)max_u64(*depth, *ELEM(f->depth, whom) + 1);
	}
	return *depth != before;
}

/* As many passes as there may be depths at most: a circle ends nowhere. */
static void find_depths(struct forest *f)
{
	bool deeper = true;

	for (u32 pass = 0; pass < f->count && deeper; pass++) {
		deeper = false;
		for (u32 who = 0; who < f->count; who++)
			deeper |= goes_deeper(f, who);
	}
}

/* The deepest of those it needs; of a circle, one that is not below it. */
static u32 find_above(const struct forest *f, u32 who)
{
	u64 needs = *ELEM(f->needs, who);
	u32 found = NOBODY;

	for (u32 whom = take_next(f, &needs); whom != NOBODY; whom = take_next(f, &needs)) {
		if (*ELEM(f->depth, whom) < *ELEM(f->depth, who) &&
		    (found == NOBODY || *ELEM(f->depth, whom) > *ELEM(f->depth, found)))
			found = whom;
	}
	return found;
}

/* Puts those below `above` on the stack, the first on top. */
static u32 push_below(const struct forest *f, u32 above, struct stack *stack, u32 used)
{
	for (u32 who = f->count; who-- > 0;) {
		if (*ELEM(f->above, who) == above)
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
	for (u32 who = 0; who < f->count; who++)
		*ELEM(f->above, who) = find_above(f, who);
	u32 used = push_below(f, NOBODY, &stack, 0);

	while (used > 0) {
		u32 who = *ELEM(stack.who, --used);

		*ELEM(f->order, line++) = who;
		used = push_below(f, who, &stack, used);
	}
}
