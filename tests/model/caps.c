/* SPDX-License-Identifier: Apache-2.0
 *
 * The model's capabilities: derive, grant, revoke, drop, and the making of objects.
 */
#include "tests/model/model.h"

struct model model;

void line_add(struct line *line, u32 value)
{
	if (line->count == QUEUE_MAX) {
		model.full = true;
		return;
	}
	*ELEM(line->at, line->count) = value;
	line->count++;
}

void line_remove(struct line *line, u32 value)
{
	u32 kept = 0;

	for (u32 i = 0; i < line->count; i++)
		if (line->at[i] != value)
			*ELEM(line->at, kept++) = line->at[i];
	line->count = kept;
}

/* ---- nodes ---- */

static u32 node_new(u32 parent, u32 object, u32 depth)
{
	if (model.nodes == NODES_MAX) {
		model.full = true;
		return 0;
	}
	*ELEM(model.node, model.nodes) = (struct node){ .parent = parent, .object = object, .depth = depth };
	return model.nodes++;
}

u32 node_below(u32 node)
{
	const struct node *parent = ELEM(model.node, node);
	u32 made = node_new(node, parent->object, parent->depth + 1);

	/* What is derived from an invalid one would be invalid; nobody can. */
	ELEM(model.node, made)->invalid = parent->invalid;
	return made;
}

static bool is_below(u32 node, u32 above)
{
	for (u32 at = ELEM(model.node, node)->parent; at != NONE; at = ELEM(model.node, at)->parent)
		if (at == above)
			return true;
	return false;
}

void node_revoke(u32 node)
{
	for (u32 i = 0; i < model.nodes; i++)
		if (is_below(i, node))
			model.node[i].invalid = true;
}

static bool node_referred_to(u32 node)
{
	for (u32 process = 0; process < PROCESSES; process++)
		for (u32 i = 0; i < CAPS_MAX; i++)
			if (model.space[process].cap[i].used && model.space[process].cap[i].node == node)
				return true;
	for (u32 i = 0; i < model.nodes; i++)
		if (!model.node[i].gone && model.node[i].parent == node)
			return true;
	for (u32 i = 0; i < model.objects; i++)
		if (model.object[i].bound != NONE && (model.object[i].bound_node == node || model.object[i].bound_through == node))
			return true;
	return false;
}

/* Something that referred to it does not any more. Whoever watches learns of its end; then its parent may end. */
void node_unref(u32 node)
{
	while (node != NONE && !ELEM(model.node, node)->gone && !node_referred_to(node)) {
		struct node *gone = ELEM(model.node, node);
		struct thing *endpoint = ELEM(model.object, gone->object);

		gone->gone = gone->parent != NONE;
		if (gone->gone && gone->watched && !endpoint->dead) {
			line_add(&endpoint->gone, node);
			endpoint_note(gone->object);
		}
		node = gone->parent;
	}
}

/* ---- objects ---- */

u32 model_object(enum object_type type, u64 id)
{
	if (model.objects == OBJECTS_MAX) {
		model.full = true;
		return 0;
	}
	struct thing *thing = ELEM(model.object, model.objects);

	*thing = (struct thing){ .type = type, .id = id, .bound = NONE, .bound_to = NONE, .caller = NONE, .receiver = NONE,
		.attached = NONE };
	thing->root = node_new(NONE, model.objects, 0);
	return model.objects++;
}

bool object_referred_to(u32 object)
{
	for (u32 process = 0; process < PROCESSES; process++)
		for (u32 i = 0; i < CAPS_MAX; i++)
			if (model.space[process].cap[i].used && model.space[process].cap[i].object == object)
				return true;
	for (u32 i = 0; i < THREADS; i++)
		if (model.thread[i].note != NONE && ELEM(model.node, model.thread[i].note)->object == object)
			return true;
	return ELEM(model.object, object)->bound_to != NONE;
}

bool object_receivable(u32 object)
{
	for (u32 process = 0; process < PROCESSES; process++)
		for (u32 i = 0; i < CAPS_MAX; i++) {
			const struct held *cap = ELEM(model.space[process].cap, i);

			if (cap->used && cap->object == object && (cap->rights & ENDPOINT_RIGHT_RECEIVE) != 0 &&
			    !ELEM(model.node, cap->node)->invalid)
				return true;
		}
	return false;
}

/* ---- spaces ---- */

enum status cap_find(u32 process, u32 handle, struct held **out)
{
	for (u32 i = 0; i < CAPS_MAX; i++) {
		struct held *cap = ELEM(model.space[process].cap, i);

		if (!cap->used || cap->handle == 0 || cap->handle != handle) /* 0: not known yet */
			continue;
		*out = cap;
		return ELEM(model.node, cap->node)->invalid ? STATUS_REVOKED : STATUS_OK;
	}
	return STATUS_BAD_HANDLE;
}

enum status cap_of(u32 process, u32 handle, enum object_type type, u32 rights, struct held **out)
{
	enum status status = cap_find(process, handle, out);

	if (status != STATUS_OK)
		return status;
	if (ELEM(model.object, (*out)->object)->type != type)
		return STATUS_WRONG_TYPE;
	return ((*out)->rights & rights) == rights ? STATUS_OK : STATUS_DENIED;
}

void model_cap(u32 process, u32 object, u32 node, u32 rights, u64 value, u32 handle)
{
	u32 place = cap_put(process, object, node, rights, value);

	if (place != NONE)
		ELEM(model.space[process].cap, place)->handle = handle;
}

u32 cap_put(u32 process, u32 object, u32 node, u32 rights, u64 value)
{
	struct holdings *space = ELEM(model.space, process);

	for (u32 i = 0; i < CAPS_MAX && !space->closed; i++)
		if (!space->cap[i].used) {
			space->cap[i] = (struct held){ .used = true, .object = object, .node = node, .rights = rights, .value = value };
			return i;
		}
	model.full = model.full || !space->closed;
	return NONE;
}

void cap_take(u32 process, u32 place)
{
	struct held *cap = ELEM(model.space[process].cap, place);

	cap->used = false;
	node_unref(cap->node);
	endpoint_unserved(cap->object);
}

/* The process is gone: its capabilities go in the order of their slots. */
void caps_close(u32 process)
{
	struct holdings *space = ELEM(model.space, process);

	space->closed = true;
	for (;;) {
		u32 first = NONE;

		for (u32 i = 0; i < CAPS_MAX; i++)
			if (space->cap[i].used && (first == NONE || (space->cap[i].handle & 0xffff) < (space->cap[first].handle & 0xffff)))
				first = i;
		if (first == NONE)
			return;
		cap_take(process, first);
	}
}

/* ---- system calls ---- */

static void put_result(u32 self, u32 process, u32 object, u32 node, u32 rights, u64 value)
{
	struct runner *thread = ELEM(model.thread, self);
	u32 place = cap_put(process, object, node, rights, value);

	if (place == NONE) {
		finish(self, STATUS_DEAD, 0);
		return;
	}
	finish(self, STATUS_OK, 0);
	thread->result.made_in = process;
	thread->result.made = place;
}

static void derive(u32 self, const struct request *r)
{
	u32 process = ELEM(model.thread, self)->process;
	struct held *cap = nullptr;
	enum status status = cap_find(process, r->handle, &cap);

	if (status == STATUS_OK && (cap->rights & RIGHT_DUPLICATE) == 0)
		status = STATUS_DENIED;
	u64 value = cap != nullptr ? cap->value : 0;

	if (status == STATUS_OK && ELEM(model.object, cap->object)->type != OBJECT_ENDPOINT && (r->at[1] != 0 || r->at[2] != 0))
		status = STATUS_INVALID;
	else if (status == STATUS_OK && r->at[1] != 0) {
		if ((cap->rights & ENDPOINT_RIGHT_BADGE) == 0 || cap->value != 0)
			status = STATUS_DENIED;
		value = r->at[1];
	}
	if (status == STATUS_OK && ELEM(model.node, cap->node)->depth + 1 >= DEPTH_MAX)
		status = STATUS_TOO_DEEP;
	if (status != STATUS_OK)
		finish(self, status, 0);
	else
		put_result(self, process, cap->object, node_below(cap->node), cap->rights & (u32)r->at[0], value);
}

static void grant(u32 self, const struct request *r)
{
	u32 process = ELEM(model.thread, self)->process, need = RIGHT_DUPLICATE | RIGHT_TRANSFER;
	struct held *target = nullptr, *cap = nullptr;
	enum status status = cap_of(process, r->handle, OBJECT_PROCESS, PROCESS_RIGHT_GRANT, &target);

	if (status == STATUS_OK)
		status = cap_find(process, r->second, &cap);
	if (status == STATUS_OK && (cap->rights & need) != need)
		status = STATUS_DENIED;
	if (status != STATUS_OK)
		finish(self, status, 0);
	else /* processes are the first objects there are */
		put_result(self, target->object, cap->object, cap->node, cap->rights & (u32)r->at[0], cap->value);
}

static void revoke(u32 self, const struct request *r)
{
	struct held *cap = nullptr;
	enum status status = cap_find(ELEM(model.thread, self)->process, r->handle, &cap);

	if (status == STATUS_OK && (cap->rights & RIGHT_REVOKE) == 0)
		status = STATUS_DENIED;
	if (status == STATUS_OK) {
		node_revoke(cap->node);
		waits_undo(cap->object);
		endpoint_unserved(cap->object);
	}
	finish(self, status, 0);
}

static void drop(u32 self, const struct request *r)
{
	struct holdings *space = ELEM(model.space, ELEM(model.thread, self)->process);

	finish(self, STATUS_BAD_HANDLE, 0);
	for (u32 i = 0; i < CAPS_MAX; i++)
		if (space->cap[i].used && r->handle != 0 && space->cap[i].handle == r->handle) {
			finish(self, STATUS_OK, 0);
			cap_take(ELEM(model.thread, self)->process, i);
			return;
		}
}

static void create(u32 self, const struct request *r, enum object_type type, u32 rights)
{
	u32 process = ELEM(model.thread, self)->process;
	struct held *group = nullptr;
	enum status status = cap_of(process, r->handle, OBJECT_GROUP, GROUP_RIGHT_CREATE, &group);

	if (status == STATUS_OK && type == OBJECT_ENDPOINT && r->at[0] > 64)
		status = STATUS_RANGE;
	if (status != STATUS_OK) {
		finish(self, status, 0);
		return;
	}
	u32 made = model_object(type, 0);

	ELEM(model.object, made)->depth = type == OBJECT_ENDPOINT ? (u32)r->at[0] : 0;
	put_result(self, process, made, ELEM(model.object, made)->root, rights, 0);
}

bool caps_call(u32 self, const struct request *r)
{
	if (r->number == SYSCALL_CAP_DERIVE)
		derive(self, r);
	else if (r->number == SYSCALL_CAP_GRANT)
		grant(self, r);
	else if (r->number == SYSCALL_CAP_REVOKE)
		revoke(self, r);
	else if (r->number == SYSCALL_CAP_DROP)
		drop(self, r);
	else if (r->number == SYSCALL_ENDPOINT_CREATE)
		create(self, r, OBJECT_ENDPOINT, ENDPOINT_RIGHTS_ALL);
	else if (r->number == SYSCALL_REPLY_CREATE)
		create(self, r, OBJECT_REPLY, REPLY_RIGHTS_ALL);
	else if (r->number == SYSCALL_SIGNAL_CREATE)
		create(self, r, OBJECT_SIGNAL, SIGNAL_RIGHTS_ALL);
	else
		return false;
	return true;
}
