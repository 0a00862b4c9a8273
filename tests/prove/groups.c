/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of groups: who is below whom, who is in which, and the walk over all of them.
 */
#include "kernel/core/group/group.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;

/* The accounts are those of another proof. */
void group_give_ready(struct group *group) { (void)group; }

/* A group above, and below it two, of which one has another below, and that one more. */
static struct group *above, *one, *other, *below, *lowest;

static void some_tree(void)
{
	above = NEW(struct group);
	one = NEW(struct group);
	other = NEW(struct group);
	below = NEW(struct group);
	lowest = NEW(struct group);
	*above = (struct group){};
	*one = (struct group){ .parent = above };
	*other = (struct group){ .parent = above };
	*below = (struct group){ .parent = MAYBE() ? one : other };
	list_push(&above->children, &one->sibling);
	list_push(&above->children, &other->sibling);
	if (below->parent == one)
		list_push(&one->children, &below->sibling);
	else
		list_push(&other->children, &below->sibling);
	*lowest = (struct group){ .parent = below };
	list_push(&below->children, &lowest->sibling);
}

void prove_contains(void)
{
	some_tree();
	PROVE(group_contains(above, lowest) && group_contains(below->parent, below) && group_contains(below, below),
		"a group contains itself and what is below");
	PROVE(!group_contains(lowest, above) && !group_contains(one, other), "and nothing else");
}

void prove_walk(void)
{
	u32 seen_one = 0, seen_other = 0, seen_below = 0, seen_lowest = 0;

	some_tree();
	for (struct group *at = group_walk(above, above); at != nullptr; at = group_walk(above, at)) {
		seen_one += at == one;
		seen_other += at == other;
		seen_below += at == below;
		seen_lowest += at == lowest;
	}
	PROVE(seen_one == 1 && seen_other == 1 && seen_below == 1 && seen_lowest == 1, "each below is met once");
	PROVE(group_walk(below->parent, below->parent) == below, "what is below comes next");
	PROVE(group_walk(below->parent, lowest) == nullptr, "a walk ends below where it began");
}

void prove_members(void)
{
	struct group *group = NEW(struct group);
	struct process *first = NEW(struct process), *second = NEW(struct process), *third = NEW(struct process);
	u32 who = ANY(u32);

	group->lock.taken = 0;
	group->processes.first = nullptr;
	group_enter(group, first);
	group_enter(group, second);
	group_enter(group, third);
	group_leave(group, who == 0 ? first : who == 1 ? second : third);
	u32 count = 0;

	LIST_EACH (process, &group->processes, struct process, in_group) {
		PROVE(process != (who == 0 ? first : who == 1 ? second : third), "who has left is not listed");
		count++;
	}
	PROVE(count == 2 && group->lock.taken == 0, "the others are");
}
