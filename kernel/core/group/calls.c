/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on groups.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/share.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/cpu.h"
#include "kernel/raw/downcast.h"

static u64 limit_or_none(u64 value) { return value != 0 ? value : U64_MAX; }

static void set_limits(struct group *group, const struct group_limits *limits)
{
	atomic_store(&group->account[GROUP_FRAMES].limit, limit_or_none(limits->frames));
	atomic_store(&group->account[GROUP_OBJECTS].limit, limit_or_none(limits->objects));
	atomic_store(&group->account[GROUP_CAPS].limit, limit_or_none(limits->caps));
	atomic_store(&group->account[GROUP_THREADS].limit, limit_or_none(limits->threads));
	atomic_store(&group->account[GROUP_RESERVED].limit, limit_or_none(limits->reserved_ppm));
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

	if (status == STATUS_OK)
		status = parent->depth + 1 < GROUP_DEPTH_MAX ? check_limits(limits, parent->max_priority) : STATUS_TOO_DEEP;
	if (status == STATUS_OK)
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
	group_add_child(parent, group);
	atomic_fence(); /* whoever destroys those above finds it, or that is seen here */
	if (parent->object.dead) {
		object_unref(object);
		return sys_fail(STATUS_DEAD);
	}
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
	group_rules_changed();
	share_update_group(group);
	if (limits->max_priority != 0)
		group->max_priority = limits->max_priority;
	return sys_ok(0);
}

struct sys_result syscall_group_stat(struct thread *self, struct group *group, struct group_stat *stat)
{
	(void)self;
	*stat = (struct group_stat){
		.id = group->object.id, .cpu_ns = group->cpu_ns, .frames_peak = group->peak_frames,
		.frames = group_use(group, GROUP_FRAMES), .frames_limit = group->account[GROUP_FRAMES].limit,
		.objects = group_use(group, GROUP_OBJECTS), .objects_limit = group->account[GROUP_OBJECTS].limit,
		.caps = group_use(group, GROUP_CAPS), .caps_limit = group->account[GROUP_CAPS].limit,
		.threads = group_use(group, GROUP_THREADS), .threads_limit = group->account[GROUP_THREADS].limit,
		.reserved_ppm = group_use(group, GROUP_RESERVED), .reserved_limit_ppm = group->account[GROUP_RESERVED].limit,
	};
	span_copy(MSPAN_OF_ARRAY(stat->name), SPAN_OF_ARRAY(group->name));
	return sys_ok(0);
}

struct sys_result syscall_group_full(struct thread *self, struct group *group, u32 which, u64 amount, struct group_limit *out)
{
	const struct group *full = group_full(group, (enum group_account)which, amount);

	(void)self;
	if (full == nullptr)
		return sys_fail(STATUS_NOT_FOUND);
	*out = (struct group_limit){ .id = full->object.id, .limit = ELEM(full->account, which)->limit };
	span_copy(MSPAN_OF_ARRAY(out->name), SPAN_OF_ARRAY(full->name));
	return sys_ok(0);
}

/* Others than those inside give way to interrupts, and go on with those that have not ended. */
struct sys_result syscall_group_destroy(struct thread *self, struct group *group)
{
	bool inside = group_contains(group, self->process->object.group);
	struct process *process;

	for (struct group *at = group; at != nullptr; at = group_walk(group, at)) {
		at->object.dead = true;
		atomic_fence(); /* whoever adds one below sees it, or that is found */
	}
	group_rules_changed(); /* nothing can be charged to them any more */
	while ((process = group_next(group, 0, false)) != nullptr) {
		process_end(process, 0, EXIT_REASON_GROUP_DESTROYED);
		object_unref(&process->object);
		if (!inside && hal_interrupt_pending())
			return sys_again();
	}
	return sys_ok(0);
}

struct sys_result syscall_group_next_process(struct thread *self, struct group *group, u64 after,
	struct process_info *info)
{
	struct process *process = group_next(group, after, true);

	(void)self;
	if (process == nullptr)
		return sys_fail(STATUS_NOT_FOUND);
	process_describe(process, info);
	object_unref(&process->object);
	return sys_ok(0);
}

struct sys_result syscall_group_open_process(struct thread *self, struct group *group, u64 id, u32 rights)
{
	struct process *process = id != 0 ? group_next(group, id - 1, true) : nullptr;

	if (process != nullptr && process->object.id == id)
		return sys_new_handle(self, &process->object, rights & PROCESS_RIGHTS_ALL & ~(u32)RIGHT_REVOKE, 0);
	if (process != nullptr)
		object_unref(&process->object);
	return sys_fail(STATUS_NOT_FOUND);
}
