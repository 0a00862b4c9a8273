/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on capabilities of any type.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cap/slot.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	handle_t handle = {};
	enum status status = cap_add_new(self->process, object, rights, value, &handle);

	if (status == STATUS_OK)
		event_cap_create(object->id, object->type, rights);
	return status == STATUS_OK ? sys_ok(handle.v) : sys_fail(status);
}

struct sys_result sys_reserved_handle(struct thread *self, struct object *object, u32 rights)
{
	event_cap_create(object->id, object->type, rights);
	return sys_ok(cap_insert_new(self->process, object, rights).v);
}

struct sys_result sys_grant(struct process *to, const struct cap *cap)
{
	handle_t handle = {};
	enum status status = cap_add(to, cap, &handle);

	if (status == STATUS_OK && handle.v == 0)
		status = STATUS_DEAD;
	if (status != STATUS_OK)
		return sys_fail(status);
	event_cap_grant(cap->object->id, cap->rights, to->object.id);
	return sys_ok(handle.v);
}

static FORCE_INLINE struct sys_result new_child(struct thread *self, struct cap *cap, u32 rights)
{
	struct cap_added child = cap_add_child_inline(self->process, cap, rights);

	if (UNLIKELY(child.status != STATUS_OK))
		return sys_fail(child.status);
	event_cap_derive(cap->object->id, rights, cap->lineage->depth);
	return sys_ok(child.handle.v);
}

struct sys_result sys_new_child(struct thread *self, struct cap *cap, u32 rights) { return new_child(self, cap, rights); }

/* The value of a child: a badge where the parent may give one, or a part of the parent's range. */
static FORCE_INLINE enum status derive_value(struct cap *cap, u64 value, u64 count)
{
	if (cap->type == OBJECT_ENDPOINT) {
		if (value == 0)
			return STATUS_OK;
		/* A badge once given is final, or its holder could pose as another. */
		if ((cap->rights & ENDPOINT_RIGHT_BADGE) == 0 || cap->value != 0)
			return STATUS_DENIED;
		cap->value = value;
		return STATUS_OK;
	}
	if (!cap_is_ranged(cap->type) || count == 0)
		return value == 0 && count == 0 ? STATUS_OK : STATUS_INVALID;
	u64 first = cap_range_first(cap), have = cap_range_count(cap);

	if (value > have || count > have - value)
		return STATUS_RANGE;
	cap->value = (first + value) | count << 32;
	return STATUS_OK;
}

struct sys_result syscall_cap_derive(struct thread *self, handle_t parent, u32 rights, u64 value, u64 count)
{
	struct cap cap;
	enum status status = cap_acquire_inline(self->process, parent, RIGHT_DUPLICATE, &cap);

	if (UNLIKELY(status != STATUS_OK))
		return sys_fail(status);
	status = derive_value(&cap, value, count);
	if (UNLIKELY(status != STATUS_OK)) {
		cap_release_inline(&cap);
		return sys_fail(status);
	}
	return new_child(self, &cap, rights & cap.rights);
}

struct sys_result syscall_cap_grant(struct thread *self, struct process *process, handle_t source, u32 rights)
{
	struct cap cap;
	enum status status = cap_acquire(self->process, source, RIGHT_DUPLICATE | RIGHT_TRANSFER, &cap);

	if (status != STATUS_OK)
		return sys_fail(status);
	cap.rights &= rights;
	return sys_grant(process, &cap);
}

struct sys_result syscall_cap_drop(struct thread *self, handle_t source)
{
	return sys_status(cap_drop(self->process, source));
}

struct sys_result syscall_cap_inspect(struct thread *self, handle_t source, struct cap_info *info)
{
	struct cap cap;
	enum status status = cap_read(self->process, source, &cap);

	if (status != STATUS_OK)
		return sys_fail(status);
	cap_describe(&cap, source, info);
	if ((cap.rights & RIGHT_INSPECT) == 0)
		info->object_id = 0;
	return sys_ok(0);
}
