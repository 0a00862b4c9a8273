/* SPDX-License-Identifier: Apache-2.0
 *
 * References, and the death of objects in steps. See object.h.
 */
#include "kernel/core/object/object.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/object/lifecycle.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/work.h"
#include "kernel/hal/atomic.h"
#include "kernel/raw/downcast.h"

/* Retired items that make a grace period worth its cost. */
enum : u32 { RETIRED_BATCH = 32 };

/* Light steps between looks at the interrupt controller, which cost as much as one. */
enum : u32 { STEPS_UNTIL_LOOK = 8 };

static u64 next_id;

u64 object_grace_wanted;

void object_init(struct object *object, enum object_type type, struct group *group)
{
	object->type = type;
	object->refs = 1;
	object->id = atomic_add(&next_id, 1u) + 1;
	object->group = group;
	object->root.object = object;
	object->root.refs = 1; /* the object itself: the root node goes with it */
}

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	enum status status = group_charge_one(group, GROUP_OBJECTS);

	if (status != STATUS_OK)
		return status;
	if (!object_try_ref(group_object(group))) {
		group_release(group, GROUP_OBJECTS, 1);
		return STATUS_DEAD;
	}
	struct pooled *item = pool_take(type);

	if (item == nullptr) {
		group_release(group, GROUP_OBJECTS, 1);
		object_unref(group_object(group));
		return STATUS_OUT_OF_FRAMES;
	}
	struct object *object = pooled_as_object(item);

	object_init(object, type, group);
	*out = object;
	return STATUS_OK;
}

static void prepend(struct pooled **list, struct pooled *item)
{
	item->next = *list;
	*list = item;
}

HAL_RARE_CALL void object_last_unref(struct object *object)
{
	struct cpu *cpu = hal_this_cpu();

	prepend(&cpu->dead, &object->pooled);
	work_add(cpu, cpu->current);
}

void object_add_work(struct object *object, const struct thread *by)
{
	struct cpu *cpu = hal_this_cpu();

	if (!object->at_work) {
		if (!object_try_ref(object))
			return;
		object->at_work = true;
		prepend(&cpu->at_work, &object->pooled);
	}
	work_add(cpu, by);
}

void object_retire(struct pooled *item)
{
	struct cpu *cpu = hal_this_cpu();

	prepend(&cpu->closed, item);
	if (++cpu->retired % RETIRED_BATCH == 0)
		work_add(cpu, cpu->current);
}

u64 object_grace_ask(void)
{
	u64 grace = atomic_add(&object_grace_wanted, 1u) + 1;

	atomic_fence_after_update(); /* who comes back from idling finds nothing of before, or is seen not to idle */
	return grace;
}

bool object_grace_over(u64 grace, bool nudge)
{
	const struct cpu *cpu = hal_this_cpu();
	bool over = true;

	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *other = cpu_at(i);

		if (other == cpu || atomic_load_acquire(&other->idle) || atomic_load_acquire(&other->grace_seen) >= grace)
			continue;
		over = false;
		if (nudge && other->grace_nudged < grace) {
			other->grace_nudged = grace;
			hal_ipi_send(i, HAL_IPI_RESCHEDULE);
		}
	}
	return over;
}

/* For mere items others are not nudged at the first look, a batch before the next one: most come by without. */
static bool closing_over(struct cpu *cpu)
{
	bool nudge = cpu->closing_objects || cpu->closed_objects || cpu->closing_looked_at;

	cpu->closing_looked_at = true;
	return object_grace_over(cpu->closing_grace, nudge);
}

/* Moves what was closed before the grace period on to being freed. */
static void grace_step(struct cpu *cpu)
{
	if (cpu->closing != nullptr && closing_over(cpu)) {
		INVARIANT(cpu->freeing == nullptr, "INV-GRACE-LISTS");
		cpu->freeing = cpu->closing;
		cpu->closing = nullptr;
		cpu->closing_objects = false;
	}
	if (cpu->closing == nullptr && cpu->closed != nullptr) {
		cpu->closing = cpu->closed;
		cpu->closed = nullptr;
		cpu->closing_objects = cpu->closed_objects;
		cpu->closed_objects = false;
		cpu->retired = 0;
		cpu->closing_looked_at = false;
		cpu->closing_grace = object_grace_ask();
	}
}

/* The last step: the item goes back to its pool; or, for a process that has ended but is still
 * referred to, its maker's reference goes. */
static void object_freed(struct object *object)
{
	if (atomic_load(&object->refs) != 0) {
		process_gone(object_as_process(object));
		return;
	}
	if (object->group != nullptr) {
		group_release(object->group, GROUP_OBJECTS, 1);
		object_unref(group_object(object->group));
	}
	pool_give(&object->pooled);
}

/* What a step did. LIGHT ones are a hundred instructions, others may be some thousand. */
enum reaped : u8 { REAPED_NOTHING, REAPED_LIGHT, REAPED_HEAVY };

/* One bounded step; with nothing that can be done now, none. */
static enum reaped reap_step(struct cpu *cpu)
{
	if (cpu->at_work != nullptr) {
		struct pooled *item = cpu->at_work;

		cpu->at_work = item->next; /* with its last step it may go to another's list */
		if (object_work(pooled_as_object(item)))
			object_unref(pooled_as_object(item));
		else
			prepend(&cpu->at_work, item);
		return REAPED_HEAVY;
	}
	if (cpu->dead != nullptr) {
		struct pooled *item = cpu->dead;

		cpu->dead = item->next;
		if (object_close(pooled_as_object(item))) {
			prepend(&cpu->closed, item);
			cpu->closed_objects = true;
		} else {
			prepend(&cpu->dead, item); /* closing may have made others dead */
		}
		return REAPED_HEAVY;
	}
	if (cpu->freeing != nullptr) {
		struct pooled *item = cpu->freeing;

		if (item->pool >= OBJECT_COUNT) {
			cpu->freeing = item->next;
			pool_give(item);
			return REAPED_LIGHT;
		}
		struct object *object = pooled_as_object(item);

		if (object_free(object)) {
			cpu->freeing = item->next;
			object_freed(object);
		}
		return REAPED_HEAVY;
	}
	if (cpu->closing == nullptr && cpu->closed == nullptr)
		return REAPED_NOTHING;
	grace_step(cpu);
	return cpu->freeing != nullptr ? REAPED_LIGHT : REAPED_NOTHING;
}

void object_reap(void)
{
	struct cpu *cpu = hal_this_cpu();

	enum reaped reaped = reap_step(cpu);

	for (u32 light = 0; reaped != REAPED_NOTHING; reaped = reap_step(cpu)) {
		light = reaped == REAPED_LIGHT ? light + 1 : 0;
		if (light % STEPS_UNTIL_LOOK == 0 && hal_interrupt_pending())
			return;
	}
	/* For the grace period of mere items nobody waits: it is looked at again with the next batch. */
	if (!cpu->closing_objects && !cpu->closed_objects)
		work_done(cpu);
}
