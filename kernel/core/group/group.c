/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource groups: charging, and the tree. See group.h.
 */
#include "kernel/core/group/group.h"
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/share.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

/* Of each processor a twentieth is never promised, so that best effort goes on. */
enum : u64 { PROMISED_MOST = 950000 };

static enum status exhausted_status(enum group_account account)
{
	switch (account) {
	case GROUP_FRAMES:
		return STATUS_OUT_OF_FRAMES;
	case GROUP_OBJECTS:
		return STATUS_OUT_OF_OBJECTS;
	case GROUP_CAPS:
		return STATUS_OUT_OF_CAPS;
	case GROUP_THREADS:
		return STATUS_OUT_OF_THREADS;
	case GROUP_RESERVED:
		return STATUS_OUT_OF_TIME;
	case GROUP_ACCOUNTS:
		break;
	}
	return STATUS_INVALID;
}

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
		group->limit[i] = U64_MAX;
	group->limit[GROUP_RESERVED] = (u64)cpu_count() * PROMISED_MOST;
	group->max_priority = 255;
	group->weight = WEIGHT_DEFAULT;
	span_copy(MSPAN_OF_ARRAY(group->name), span_text("root"));
	*out = group;
	return STATUS_OK;
}

/* Undoes a charge from `group` up to, but without, `end`. */
static void release_until(struct group *group, const struct group *end, enum group_account account, u64 amount)
{
	for (; group != end; group = group->parent) {
		u64 before = atomic_sub(ELEM(group->used, account), amount);

		INVARIANT(before >= amount, "INV-GROUP-BALANCE");
	}
}

enum status group_charge(struct group *group, enum group_account account, u64 amount)
{
	for (struct group *at = group; at != nullptr; at = at->parent) {
		u64 used = atomic_add(ELEM(at->used, account), amount) + amount;

		if (LIKELY(used <= atomic_load(ELEM(at->limit, account)) && !at->object.dead)) {
			if (account == GROUP_FRAMES && used > atomic_load(&at->peak_frames))
				atomic_store(&at->peak_frames, used);
			continue;
		}
		release_until(group, at->parent, account, amount);
		if (at->object.dead)
			return STATUS_DEAD;
		event_out_of(exhausted_status(account), at->object.id, at->limit[account]);
		return exhausted_status(account);
	}
	return STATUS_OK;
}

void group_release(struct group *group, enum group_account account, u64 amount)
{
	release_until(group, nullptr, account, amount);
}

/* The machine itself is out of memory: said where it can be seen, a few times. With any locks held. */
static void tell_exhausted(const struct group *group)
{
	enum : u32 { TELL_MAX = 4 };
	static u32 told; /* atomic */

	if (atomic_add(&told, 1u) >= TELL_MAX)
		return;
	klog_loud_begin();
	klog_time();
	klog_text("ferrous: no memory left in the machine for group ");
	klog_write(span_until_zero(SPAN_OF_ARRAY(group->name)));
	klog_text("\n");
	klog_loud_end();
}

struct frame_result group_frame_alloc(struct group *group)
{
	enum status status = group_charge(group, GROUP_FRAMES, 1);

	if (status != STATUS_OK)
		return (struct frame_result){ .ok = false, .status = status };
	struct frame_result frame = frame_alloc_zeroed();

	if (UNLIKELY(!frame.ok)) {
		tell_exhausted(group);
		group_release(group, GROUP_FRAMES, 1);
	}
	return frame;
}

void group_frame_free(struct group *group, paddr_t frame)
{
	frame_free_one(frame);
	group_release(group, GROUP_FRAMES, 1);
}

bool group_contains(const struct group *outer, const struct group *inner)
{
	while (inner != nullptr && inner != outer)
		inner = inner->parent;
	return inner != nullptr;
}

/* ---- the tree ---- */

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

static void add_child(struct group *parent, struct group *child)
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
	lock_take(&parent->lock);
	list_remove(&parent->children, &group->sibling);
	lock_release(&parent->lock);
	return true;
}

static struct group *group_at(struct list_node *node) { return LIST_ENTRY(node, struct group, sibling); }

/* The next group in depth-first order below `top`; `from` may be `top`. Without recursion or lock. */
static struct group *next_group(const struct group *top, struct group *from)
{
	struct list_node *below = atomic_load_acquire(&from->children.first);

	if (below != nullptr)
		return group_at(below);
	while (from != top && from->sibling.next == nullptr)
		from = from->parent;
	return from == top ? nullptr : group_at(from->sibling.next);
}

static struct process *smallest_above(struct group *group, u64 after, struct process *best)
{
	lock_take(&group->lock);
	LIST_EACH (at, &group->processes, struct process, in_group) {
		if (at->object.id <= after || (best != nullptr && at->object.id >= best->object.id))
			continue;
		if (!object_try_ref(&at->object))
			continue;
		if (best != nullptr)
			object_unref(&best->object);
		best = at;
	}
	lock_release(&group->lock);
	return best;
}

struct process *group_next(struct group *group, u64 after)
{
	struct process *best = nullptr;

	for (struct group *at = group; at != nullptr; at = next_group(group, at))
		best = smallest_above(at, after, best);
	return best;
}

/* ---- system calls ---- */

static u64 limit_or_none(u64 value) { return value != 0 ? value : U64_MAX; }

static void set_limits(struct group *group, const struct group_limits *limits)
{
	atomic_store(ELEM(group->limit, GROUP_FRAMES), limit_or_none(limits->frames));
	atomic_store(ELEM(group->limit, GROUP_OBJECTS), limit_or_none(limits->objects));
	atomic_store(ELEM(group->limit, GROUP_CAPS), limit_or_none(limits->caps));
	atomic_store(ELEM(group->limit, GROUP_THREADS), limit_or_none(limits->threads));
	atomic_store(ELEM(group->limit, GROUP_RESERVED), limit_or_none(limits->reserved_ppm));
	atomic_store(&group->weight, limits->weight != 0 ? limits->weight : WEIGHT_DEFAULT);
}

static enum status check_limits(const struct group_limits *limits, u32 max_priority)
{
	if (limits->weight > WEIGHT_MAX)
		return STATUS_INVALID;
	return limits->max_priority > max_priority ? STATUS_DENIED : STATUS_OK;
}

struct sys_result syscall_group_create(struct thread *self, struct group *parent, const struct group_limits *limits,
	struct user_span name)
{
	struct object *object = nullptr;
	char text[NAME_BYTES] = {};
	enum status status = user_copy_in(self->process, mspan_first(MSPAN_OF_ARRAY(text), name.bytes), name.at);

	if (status != STATUS_OK)
		return sys_fail(status);
	if (parent->depth + 1 >= GROUP_DEPTH_MAX)
		return sys_fail(STATUS_TOO_DEEP);
	status = check_limits(limits, parent->max_priority);
	if (status != STATUS_OK)
		return sys_fail(status);
	status = object_create(OBJECT_GROUP, parent, &object);
	if (status != STATUS_OK)
		return sys_fail(status);
	struct group *group = object_as_group(object);

	lock_init(&group->lock, LOCK_GROUP);
	group->parent = parent; /* object.group is the same and counted */
	group->depth = parent->depth + 1;
	group->max_priority = limits->max_priority != 0 ? limits->max_priority : parent->max_priority;
	set_limits(group, limits);
	span_copy(MSPAN_OF_ARRAY(group->name), SPAN_OF_ARRAY(text));
	add_child(parent, group);
	event_group_create(object->id, parent->object.id);
	return sys_new_handle(self, object, GROUP_RIGHTS_ALL, 0);
}

struct sys_result syscall_group_set_limits(struct thread *self, struct group *group, const struct group_limits *limits)
{
	enum status status = check_limits(limits, group->max_priority);

	(void)self;
	if (status != STATUS_OK)
		return sys_fail(status);
	set_limits(group, limits);
	share_update_group(group);
	if (limits->max_priority != 0)
		group->max_priority = limits->max_priority;
	return sys_ok(0);
}

struct sys_result syscall_group_stat(struct thread *self, struct group *group, struct group_stat *stat)
{
	(void)self;
	stat->id = group->object.id;
	stat->frames = group->used[GROUP_FRAMES];
	stat->frames_limit = group->limit[GROUP_FRAMES];
	stat->frames_peak = group->peak_frames;
	stat->objects = group->used[GROUP_OBJECTS];
	stat->objects_limit = group->limit[GROUP_OBJECTS];
	stat->caps = group->used[GROUP_CAPS];
	stat->caps_limit = group->limit[GROUP_CAPS];
	stat->threads = group->used[GROUP_THREADS];
	stat->threads_limit = group->limit[GROUP_THREADS];
	stat->cpu_ns = group->cpu_ns;
	stat->reserved_ppm = group->used[GROUP_RESERVED];
	stat->reserved_limit_ppm = group->limit[GROUP_RESERVED];
	span_copy(MSPAN_OF_ARRAY(stat->name), SPAN_OF_ARRAY(group->name));
	return sys_ok(0);
}

struct sys_result syscall_group_destroy(struct thread *self, struct group *group)
{
	u64 id = 0;
	struct process *process;

	(void)self;
	for (struct group *at = group; at != nullptr; at = next_group(group, at))
		at->object.dead = true; /* nothing can be charged to it any more */
	while ((process = group_next(group, id)) != nullptr) {
		id = process->object.id;
		process_end(process, 0, EXIT_REASON_GROUP_DESTROYED);
		object_unref(&process->object);
	}
	return sys_ok(0);
}

struct sys_result syscall_group_next_process(struct thread *self, struct group *group, u64 after,
	struct process_info *info)
{
	struct process *process = group_next(group, after);

	(void)self;
	if (process == nullptr)
		return sys_fail(STATUS_NOT_FOUND);
	process_describe(process, info);
	object_unref(&process->object);
	return sys_ok(0);
}

struct sys_result syscall_group_open_process(struct thread *self, struct group *group, u64 id, u32 rights)
{
	struct process *process = id != 0 ? group_next(group, id - 1) : nullptr;

	if (process == nullptr)
		return sys_fail(STATUS_NOT_FOUND);
	if (process->object.id != id) {
		object_unref(&process->object);
		return sys_fail(STATUS_NOT_FOUND);
	}
	return sys_new_handle(self, &process->object, rights & PROCESS_RIGHTS_ALL & ~(u32)RIGHT_REVOKE, 0);
}
