/* SPDX-License-Identifier: Apache-2.0
 *
 * No operation adds a right. Whatever capability a caller has, the one that an operation makes of it is of the
 * same object, has no other rights, and no wider value.
 *
 * Acquiring and adding are modelled: handles.c and slots.c prove them.
 */
#include "tests/prove/include/no_slots.h"
#include "kernel/core/cap/calls.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;

static struct cap source;       /* what the caller's handle names */
static bool released, given;    /* what became of what was held */
static struct cap result;       /* the capability that was made */

enum status cap_read(struct process *process, handle_t handle, struct cap *out)
{
	(void)process;
	(void)handle;
	if (MAYBE())
		return MAYBE() ? STATUS_REVOKED : STATUS_BAD_HANDLE;
	*out = source;
	return STATUS_OK;
}

enum status cap_acquire(struct process *process, handle_t handle, u32 rights, struct cap *out)
{
	enum status status = cap_read(process, handle, out);

	return status == STATUS_OK && (out->rights & rights) != rights ? STATUS_DENIED : status;
}

void cap_release(const struct cap *cap)
{
	PROVE(cap->object == source.object && !released && !given, "what is held is given up once");
	released = true;
}

static enum status give(const struct cap *cap, handle_t *out)
{
	PROVE(cap->object == source.object && !released && !given, "what is held is given on once");
	given = true;
	if (MAYBE())
		return STATUS_OUT_OF_CAPS;
	result = *cap;
	*out = (handle_t){ ANY(u32) };
	return STATUS_OK;
}

enum status cap_add_child(struct process *process, struct cap *cap, u32 rights, handle_t *out)
{
	(void)process;
	cap->rights = rights;
	return give(cap, out);
}

enum status cap_add(struct process *process, const struct cap *cap, handle_t *out)
{
	(void)process;
	return give(cap, out);
}

static struct thread *any_caller(void)
{
	struct thread *self = NEW(struct thread);

	self->process = NEW(struct process);
	source.object = NEW(struct object);
	source.lineage = NEW(struct lineage);
	source.value = ANY(u64);
	source.type = ANY(u32) % OBJECT_COUNT;
	source.rights = ANY(u32) & 0xffff;
	result.object = nullptr;
	released = false;
	given = false;
	return self;
}

/* Units [first, first + count) of a ranged capability lie inside the other's. */
static bool inside(const struct cap *inner, const struct cap *outer)
{
	u64 first = cap_range_first(inner), count = cap_range_count(inner);

	return first >= cap_range_first(outer) && first + count <= cap_range_first(outer) + cap_range_count(outer);
}

/* What a source can be: a range that does not leave 32 bits, as every maker of one ensures. */
static void plausible(void)
{
	ASSUME(IMPLIES(cap_is_ranged(source.type), cap_range_first(&source) + cap_range_count(&source) <= U32_MAX));
}

static void check_result(void)
{
	PROVE((result.rights & ~source.rights) == 0, "no right is added");
	PROVE(result.object == source.object && result.type == source.type, "the object is the same");
	PROVE(IMPLIES(cap_is_ranged(source.type), inside(&result, &source)), "a range is not widened");
	PROVE(IMPLIES(source.type == OBJECT_ENDPOINT && source.value != 0, result.value == source.value), "a badge is final");
	PROVE(IMPLIES(result.value != source.value && source.type == OBJECT_ENDPOINT, (source.rights & ENDPOINT_RIGHT_BADGE) != 0),
		"a badge is given only by who may");
}

void prove_derive(void)
{
	struct thread *self = any_caller();

	plausible();
	struct sys_result done = syscall_cap_derive(self, ANY(handle_t), ANY(u32), ANY(u64), ANY(u64));

	PROVE(IMPLIES(done.status == STATUS_OK, result.object != nullptr), "success has a result");
	if (result.object == nullptr)
		return;
	check_result();
	PROVE((source.rights & RIGHT_DUPLICATE) != 0, "only what may be duplicated has children");
}

void prove_grant(void)
{
	struct thread *self = any_caller();
	u32 rights = ANY(u32);

	plausible();
	struct sys_result done = syscall_cap_grant(self, NEW(struct process), ANY(handle_t), rights);

	PROVE(IMPLIES(done.status == STATUS_OK, result.object != nullptr), "success has a result");
	if (result.object == nullptr)
		return;
	check_result();
	PROVE(result.rights == (source.rights & rights) && result.value == source.value, "exactly what was offered is granted");
	PROVE((source.rights & RIGHT_DUPLICATE) != 0 && (source.rights & RIGHT_TRANSFER) != 0, "only by who may give it away");
}

/* ---- looking, dropping, the first one ---- */

static u32 drops;
enum status cap_drop(struct process *process, handle_t handle)
{
	(void)process;
	(void)handle;
	drops++;
	return MAYBE() ? STATUS_OK : STATUS_BAD_HANDLE;
}

void cap_describe(const struct cap *cap, handle_t handle, struct cap_info *info)
{
	PROVE(cap->object == source.object, "what the handle names");
	*info = (struct cap_info){ .handle = handle.v, .object_id = cap->object->id };
}

void prove_inspect(void)
{
	struct thread *self = any_caller();
	struct cap_info info = {};
	struct sys_result done = syscall_cap_inspect(self, ANY(handle_t), &info);

	PROVE(info.object_id == 0 || (done.status == STATUS_OK && (source.rights & RIGHT_INSPECT) != 0 &&
		info.object_id == source.object->id), "which object it is learns only who may");
	drops = 0;
	done = syscall_cap_drop(self, ANY(handle_t));
	PROVE(drops == 1 && !released && !given, "a capability is dropped once, and nothing else given up");
}

static struct object *fresh;
static u32 made_rights;

static handle_t made(struct object *object, u32 rights)
{
	PROVE(object == fresh && !given, "what is new is handed out, once");
	given = true;
	made_rights = rights;
	return (handle_t){ 1 };
}

enum status cap_add_new(struct process *process, struct object *object, u32 rights, u64 value, handle_t *out)
{
	(void)process;
	(void)value;
	*out = made(object, rights);
	return MAYBE() ? STATUS_OUT_OF_CAPS : STATUS_OK;
}

handle_t cap_insert_new(struct process *process, struct object *object, u32 rights)
{
	(void)process;
	return made(object, rights);
}

void prove_new(void)
{
	struct thread *self = any_caller();
	u32 rights = ANY(u32);
	bool reserved = MAYBE();

	fresh = NEW(struct object);
	struct sys_result done = reserved ? sys_reserved_handle(self, fresh, rights) : sys_new_handle(self, fresh, rights, ANY(u64));

	PROVE(given && made_rights == rights, "its maker has the rights that were said");
	PROVE(done.status != STATUS_OK || done.value == 1, "and the handle");
}
