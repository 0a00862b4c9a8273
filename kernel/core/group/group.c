/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource groups: the tree, and who is in it. See group.h.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/share.h"
#include "kernel/raw/downcast.h"

/* Of each processor a twentieth is never promised, so that best effort goes on. */
enum : u64 { PROMISED_MOST = 950000 };

enum status group_make_root(struct group **out)
{
	struct pooled *item = pool_take(OBJECT_GROUP);

	if (item == nullptr)
		return STATUS_OUT_OF_FRAMES;
	struct object *object = pooled_as_object(item);

	object_init(object, OBJECT_GROUP, nullptr);
	struct group *group = object_as_group(object);

	lock_init(&group->lock, LOCK_GROUP);
	for (u32 i = 0; i < GROUP_ACCOUNTS; i++)
		ELEM(group->account, i)->limit = U64_MAX;
	group->account[GROUP_RESERVED].limit = (u64)cpu_count() * PROMISED_MOST;
	group->max_priority = 255;
	group->weight = WEIGHT_DEFAULT;
	span_copy(MSPAN_OF_ARRAY(group->name), span_text("root"));
	*out = group;
	return STATUS_OK;
}

bool group_contains(const struct group *outer, const struct group *inner)
{
	while (inner != nullptr && inner != outer)
		inner = inner->parent;
	return inner != nullptr;
}

void group_enter(struct group *group, struct process *process)
{
	lock_take(&group->lock);
	list_push(&group->processes, &process->in_group);
	lock_release(&group->lock);
}

void group_leave(struct group *group, struct process *process)
{
	lock_take(&group->lock);
	list_remove(&group->processes, &process->in_group);
	lock_release(&group->lock);
}

void group_add_child(struct group *parent, struct group *child)
{
	lock_take(&parent->lock);
	list_push(&parent->children, &child->sibling);
	lock_release(&parent->lock);
}

bool group_close(struct group *group)
{
	struct group *parent = group->parent;

	if (parent == nullptr)
		return true;
	group_give_ready(group); /* before it leaves: who looks for what is ready below misses none */
	lock_take(&parent->lock);
	list_remove(&parent->children, &group->sibling);
	lock_release(&parent->lock);
	return true;
}

static struct group *group_at(struct list_node *node) { return LIST_ENTRY(node, struct group, sibling); }

/* Without recursion. */
struct group *group_walk(const struct group *top, struct group *from)
{
	struct list_node *below = atomic_load_acquire(&from->children.first);

	if (below != nullptr)
		return group_at(below);
	for (; from != top; from = from->parent) {
		struct list_node *beside = atomic_load_acquire(&from->sibling.next);

		if (beside != nullptr)
			return group_at(beside);
	}
	return nullptr;
}

static struct process *smallest_above(struct group *group, u64 after, bool ended, struct process *best)
{
	lock_take(&group->lock);
	LIST_EACH (at, &group->processes, struct process, in_group) {
		bool passed = at->object.id <= after || (!ended && atomic_load(&at->state) != PROCESS_STATE_RUNNING);

		if (passed || (best != nullptr && at->object.id >= best->object.id) || !object_try_ref(&at->object))
			continue;
		if (best != nullptr)
			object_unref(&best->object);
		best = at;
	}
	lock_release(&group->lock);
	return best;
}

struct process *group_next(struct group *group, u64 after, bool ended)
{
	struct process *best = nullptr;

	for (struct group *at = group; at != nullptr; at = group_walk(group, at))
		best = smallest_above(at, after, ended, best);
	return best;
}
