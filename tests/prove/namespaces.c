/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces. Any list of up to three bindings of two paths, in any order and of any kind, perhaps shared with a clone; one
 * operation on it. And every path there can be.
 *
 * What a path means is said here once more, plainly: bindings of it from the newest that replaces or removes on.
 */
#include "kernel/core/ns/namespace.c"

enum : u32 { NODES = 3, PATHS = 2 };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct namespace *names;
static struct ns_node *node[NODES];      /* the newest first */
static u32 path_number[NODES];
static struct object *object;
static struct lineage *lineage;
static u32 taken, given;                 /* nodes */
static u32 receivers;
static bool no_memory;

/* ---- what is modelled ---- */

static struct ns_node *fresh_node(void)
{
	struct ns_node *fresh = NEW(struct ns_node);

	*fresh = (struct ns_node){ .pooled.pool = POOL_NS_NODE };
	return fresh;
}

struct pooled *pool_take(u32 pool)
{
	PROVE(pool == POOL_NS_NODE, "a node is taken");
	if (no_memory || MAYBE())
		return nullptr;
	taken++;
	return &fresh_node()->pooled;
}

void pool_give(struct pooled *item) { PROVE(item->pool == POOL_NS_NODE, "a node is given back"); given++; }

void lineage_unref(struct lineage *at)
{
	PROVE(at == lineage && names->lock.taken == 0, "lineages are given up without a lock");
	lineage->refs--;
}

void object_last_unref(struct object *at) { PROVE(at == nullptr, "another reference is left"); }
void receivable_more(struct object *at, struct lineage *by) { PROVE(at == object && by == lineage,
	"the bound one counts"); receivers++; }
void receivable_less(struct object *at, struct lineage *by) { PROVE(at == object && by == lineage && receivers > 0,
	"what counts no more did"); receivers--; }

void cap_release(const struct cap *cap)
{
	PROVE(cap->object == object && cap->lineage == lineage && names->lock.taken == 0, "what is given up is held");
	object->refs--;
	lineage->refs--;
}

enum status cap_acquire(struct process *process, handle_t handle, u32 rights, struct cap *out)
{
	(void)process;
	(void)handle;
	if (MAYBE())
		return STATUS_BAD_HANDLE;
	*out = (struct cap){ .object = object, .lineage = lineage, .value = ANY(u64), .type = ANY(u32), .rights = ANY(u32) };
	if ((out->rights & rights) != rights)
		return STATUS_DENIED;
	object->refs++;
	lineage->refs++;
	return STATUS_OK;
}

static struct namespace *made;

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	(void)group;
	PROVE(type == OBJECT_NAMESPACE, "a namespace is made");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	made->object.type = type;
	*out = &made->object;
	return STATUS_OK;
}

struct sys_result sys_new_handle(struct thread *self, struct object *at, u32 rights, u64 value)
{
	(void)self;
	PROVE(at == &made->object && rights == NAMESPACE_RIGHTS_ALL && value == 0, "its maker has all rights to it");
	return sys_ok(ANY(u32));
}

static u64 user_bytes;

enum status user_copy_in(struct process *process, struct mspan to, uaddr_t from)
{
	(void)process;
	(void)from;
	PROVE(mspan_len(to) == user_bytes, "as much is read as was said");
	for (usize i = 0; i < mspan_len(to); i++)
		mspan_put_u8(to, i, ANY(u8));
	return MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS;
}

static bool good;                        /* the lineage of what is bound */
bool lineage_walk(struct lineage *at) { PROVE(at == lineage, "what is bound is looked at"); return good; }

static struct cap added;

struct sys_result sys_grant(struct process *to, const struct cap *cap)
{
	(void)to;
	PROVE(good, "nothing revoked is given out");
	if (MAYBE()) {
		cap_release(cap);
		return sys_fail(STATUS_OUT_OF_CAPS);
	}
	added = *cap;
	return sys_ok(ANY(u32));
}

/* ---- any namespace ---- */

static bool deep;   /* one path lies below the other */

/* The paths: "/a", and one that is as long or the root. */
static struct span path(u32 number)
{
	return number == 0 ? span_text("/a") : deep ? span_text("/") : span_text("/b");
}

static void any_node(u32 i, struct ns_node *older)
{
	node[i] = fresh_node();
	path_number[i] = MAYBE() ? 1 : 0;
	node[i]->older = older;
	node[i]->refs = 1;
	node[i]->length = deep && path_number[i] == 1 ? 1 : 2;
	node[i]->path[0] = '/';
	node[i]->path[1] = path_number[i] == 0 ? 'a' : 'b';
	node[i]->removed = MAYBE();
	node[i]->order = ANY(u32);
	ASSUME(node[i]->order <= NS_ORDER_AFTER);
	ASSUME(IMPLIES(node[i]->removed, node[i]->order == NS_ORDER_REPLACE));
	node[i]->cap.value = i;
	if (node[i]->removed)
		return;
	node[i]->cap.object = object;
	node[i]->cap.lineage = lineage;
	node[i]->cap.type = MAYBE() ? OBJECT_ENDPOINT : OBJECT_MEMORY;
	node[i]->cap.rights = ANY(u32) & 0xffff;
	receivers += may_receive_by(node[i]->cap.type, node[i]->cap.rights);
	object->refs++;
	lineage->refs++;
}

/* `shared`: how many of the oldest nodes a clone has too; it refers to the newest of these. */
static u32 any_names(u32 nodes)
{
	struct ns_node *head = nullptr;
	u32 shared = ANY(u32);

	names = NEW(struct namespace);
	made = NEW(struct namespace);
	object = NEW(struct object);
	lineage = NEW(struct lineage);
	object->refs = lineage->refs = 1;
	taken = given = receivers = 0;
	no_memory = MAYBE();
	ASSUME(shared <= nodes);
	for (u32 i = nodes; i > 0; i--) {
		any_node(i - 1, head);
		head = node[i - 1];
		if (nodes - i + 1 == shared)
			head->refs++;
	}
	names->head = head;
	names->nodes = nodes;
	names->lock.taken = 0;
	return shared;
}

/* What node i of the list means nothing, because of a newer one of its path. */
static bool covered(u32 i)
{
	bool found = false;

	for (u32 k = 0; k < i; k++)
		found = found || (path_number[k] == path_number[i] && (node[k]->removed || node[k]->order == NS_ORDER_REPLACE));
	return found;
}

static bool means(u32 i, u32 number) { return path_number[i] == number && !node[i]->removed && !covered(i); }

/* The place of node i among those of its path: those before and in place, newest first, then those after,
 * oldest first. */
static u32 place(u32 i)
{
	u32 before = 0;
	bool after = node[i]->order == NS_ORDER_AFTER;

	for (u32 k = 0; k < NODES; k++) {
		if (k == i || !means(k, path_number[i]))
			continue;
		if (node[k]->order == NS_ORDER_AFTER)
			before += after && k > i;
		else
			before += after || k < i;
	}
	return before;
}

/* ---- proofs ---- */

void prove_meaning(void)
{
	u32 number = ANY(u32), index = ANY(u32);
	bool found = false;

	any_names(NODES);
	ASSUME(number < PATHS && index < NODES + 1);
	const struct ns_node *got = nth(names->head, path(number), index);

	for (u32 i = 0; i < NODES; i++) {
		bool wanted = means(i, number) && place(i) == index;

		PROVE((got == node[i]) == wanted, "the index-th of exactly this path is found");
		PROVE(hidden(names->head, node[i]) == covered(i), "what a newer one hides is hidden");
		found = found || wanted;
	}
	PROVE((got != nullptr) == found, "and nothing else");
}

void prove_rebuild(void)
{
	struct ns_node *old = nullptr;
	u32 number = ANY(u32), index = ANY(u32);

	u32 shared = any_names(NODES);
	ASSUME(number < PATHS && index < NODES);
	const struct ns_node *before = nth(names->head, path(number), index), *head = names->head;
	u64 meant = before != nullptr ? before->cap.value : NODES;
	u32 counted = receivers, refs = object->refs;

	lock_take(&names->lock);
	enum status status = rebuild(names, &old);

	lock_release(&names->lock);
	const struct ns_node *after = nth(names->head, path(number), index);

	PROVE((after != nullptr ? after->cap.value : NODES) == meant, "every path means what it meant");
	PROVE(IMPLIES(status == STATUS_OUT_OF_FRAMES, names->head == head), "without memory nothing has changed");
	unref_list(old);
	u32 live = 0, kept = 0;

	for (u32 i = 0; i < NODES; i++) {
		live += !node[i]->removed && !covered(i);
		kept += i >= NODES - shared && !node[i]->removed;
	}
	PROVE(lineage->refs == object->refs, "references go in pairs");
	PROVE(IMPLIES(status == STATUS_OK, taken == live && object->refs == 1 + live + kept), "and with the nodes");
	PROVE(IMPLIES(status == STATUS_OUT_OF_FRAMES, given == taken && object->refs == refs && receivers == counted),
		"and what was begun is given back");
	PROVE(IMPLIES(status == STATUS_OK, given == NODES - shared), "what a clone has stays, the rest goes");
}

void prove_change(void)
{
	u32 number = ANY(u32);
	bool bind = MAYBE();
	struct cap cap = { .object = nullptr };

	any_names(2);
	ASSUME(number < PATHS);
	cap = (struct cap){ .object = object, .lineage = lineage, .value = NODES, .type = OBJECT_ENDPOINT,
		.rights = ENDPOINT_RIGHT_RECEIVE };
	u32 order = ANY(u32), refs = object->refs, counted = receivers;

	ASSUME(order <= NS_ORDER_AFTER);
	bool there = nth(names->head, path(number), 0) != nullptr, dead = names->object.dead;
	struct ns_node *head = names->head;
	enum status status = change(names, path(number), bind ? &cap : nullptr, bind ? order : NS_ORDER_REPLACE);
	bool done = status == STATUS_OK;

	PROVE(names->lock.taken == 0 && IMPLIES(dead, !done), "nothing is bound in a dead one");
	PROVE(IMPLIES(!bind && !there, !done), "nothing is removed that is not there");
	PROVE(object->refs == refs + (done && bind) && lineage->refs == object->refs, "what is bound is held, once");
	PROVE(receivers == counted + (done && bind) && taken == given + done, "and counts, and nothing is left of a failure");
	PROVE(IMPLIES(!done, names->head == head), "which changes nothing");
	PROVE(IMPLIES(done, names->head->older == head && names->nodes == 3), "a change goes in front");
	const struct ns_node *got = nth(names->head, path(number), 0);

	PROVE(IMPLIES(done && bind && order != NS_ORDER_AFTER, got == names->head),
		"what is bound before or in place is found first");
	PROVE(IMPLIES(done && !bind, got == nullptr), "what is removed is not found");
}

void prove_close(void)
{
	u32 shared = any_names(NODES), nodes = 0;

	for (u32 i = 0; i < NODES; i++)
		nodes += i >= NODES - shared && !node[i]->removed;
	bool whole = false;

	for (u32 step = 0; step < 2 && !whole; step++) {
		whole = namespace_close(names);
		PROVE(names->head == nullptr && names->lock.taken == 0, "from the first step on nobody finds anything");
	}
	PROVE(whole, "an end is as many steps as there are twos of names");
	PROVE(given == NODES - shared, "what a clone has stays, the rest goes");
	PROVE(object->refs == 1 + nodes && lineage->refs == 1 + nodes, "with what it referred to");
}

void prove_clone(void)
{
	struct thread *self = NEW(struct thread);
	u32 shared = any_names(2), refs = names->head->refs;
	bool own = MAYBE();
	struct sys_result result = own ? syscall_ns_create(self, nullptr) : syscall_ns_clone(self, names, nullptr);

	(void)shared;
	PROVE(names->lock.taken == 0 && given == 0, "the original stays");
	PROVE(names->head->refs == refs + (!own && result.status == STATUS_OK), "a clone counts the list once");
	PROVE(IMPLIES(result.status == STATUS_OK, made->head == (own ? nullptr : names->head) && made->nodes == (own ? 0 : 2)),
		"and has all of it, a new one nothing");
}

/* Every path of up to so many bytes. */
enum : usize { PATH_BYTES = 6 };

void prove_paths(void)
{
	u8 text[PATH_BYTES];
	usize length = ANY(usize), at = ANY(usize);

	ASSUME(length <= PATH_BYTES);
	for (usize i = 0; i < PATH_BYTES; i++)
		text[i] = ANY(u8);
	struct span whole = span_first(SPAN_OF_ARRAY(text), length);

	if (!path_good(whole))
		return;
	PROVE(length != 0 && text[0] == '/' && (length == 1 || text[length - 1] != '/'),
		"a path begins with a slash, and does not end with one");
	ASSUME(at < length);
	PROVE(text[at] != 0 && IMPLIES(at + 1 < length && text[at] == '/', text[at + 1] != '/'),
		"it has no empty part, and no end inside");
	bool begins = text[at] == '/' && at + 1 < length && text[at + 1] == '.';

	PROVE(IMPLIES(begins, at + 2 < length && text[at + 2] != '/'), "nor one that is a dot");
	PROVE(IMPLIES(begins && text[at + 2] == '.', at + 3 < length && text[at + 3] != '/'), "nor two");
	struct span parent = parent_of(whole);
	usize shorter = span_len(parent);

	PROVE(shorter < length && path_good(shorter == 0 ? span_text("/") : parent),
		"its parent is a shorter path, at last none");
	PROVE(IMPLIES(length > 1, shorter > 0 && (shorter == 1 || text[shorter] == '/')), "up to a slash");
	PROVE(IMPLIES(at > shorter && at < length, text[at] != '/'), "the last one");
}

void prove_calls(void)
{
	struct thread *self = NEW(struct thread);
	struct user_span span = { .bytes = 2 };
	bool bind = MAYBE();

	any_names(1);
	user_bytes = span.bytes;
	u32 refs = object->refs;
	u32 order = ANY(u32);

	ASSUME(order <= NS_ORDER_AFTER);
	struct sys_result result = bind ? syscall_ns_bind(self, names, span, ANY(handle_t), order) : syscall_ns_unbind(self,
		names, span);

	PROVE(object->refs == refs + (bind && result.status == STATUS_OK) && names->lock.taken == 0,
		"nothing stays held on the way but what is bound");
	PROVE(IMPLIES(bind && result.status == STATUS_OK, (names->head->cap.type != OBJECT_NAMESPACE)),
		"a namespace is not bound in one");
}

/* ---- looking up ---- */

/* Paths that are looked up: those that are bound, one below, and one beside. */
static struct span wanted_path(u32 which)
{
	return which == 0 ? span_text("/a") : which == 1 ? span_text("/") : which == 2 ? span_text("/a/b") : span_text("/ab");
}

/* Anything is bound to the path. */
static bool bound(u32 number)
{
	bool any = false;

	for (u32 i = 0; i < NODES; i++)
		any = any || means(i, number);
	return any;
}

void prove_find(void)
{
	u32 which = ANY(u32), index = ANY(u32);
	struct cap cap = { .value = NODES };
	u64 matched = 0;

	deep = true;
	any_names(NODES);
	ASSUME(which < 4);
	bool below = (which == 0 || which == 2) && bound(0), held = false;
	u32 number = below ? 0 : 1, refs = object->refs;
	enum status status = find(names, wanted_path(which), index, &cap, &matched);

	for (u32 i = 0; i < NODES; i++) {
		bool it = means(i, number) && place(i) == index;

		PROVE(!it || (status == STATUS_OK && cap.value == i && cap.object == object && cap.lineage == lineage &&
			cap.type == node[i]->cap.type && cap.rights == node[i]->cap.rights),
			"the index-th of the nearest path above is found");
		held = held || it;
	}
	PROVE((status == STATUS_OK) == held, "and nothing else");
	PROVE(!held || matched == (below ? 2 : 1), "it is said how much of the path that is");
	PROVE(object->refs == refs + held && lineage->refs == object->refs && names->lock.taken == 0, "what is found is held");
}

void prove_lookup(void)
{
	struct thread *self = NEW(struct thread);
	struct user_span span = { .bytes = 2 };
	u32 index = ANY(u32);

	any_names(2);
	good = MAYBE();
	lineage_revocations = ANY(u64);
	ASSUME(lineage->checked_at != lineage_revocations || good);
	user_bytes = span.bytes;
	u32 refs = object->refs;
	struct sys_result result = syscall_ns_lookup(self, names, span, index);
	bool ok = result.status == STATUS_OK;

	PROVE(object->refs == refs + ok && lineage->refs == object->refs && names->lock.taken == 0,
		"nothing stays held but by what is given out");
	PROVE(!ok || (good && result.value >> 32 == 2), "which is not revoked, and found by all of the path");
	PROVE(!ok || (added.value < 2 && index < 2), "and is one that is bound");
}

void prove_entry(void)
{
	u32 index = ANY(u32), seen = 0;
	struct ns_entry entry = {};

	any_names(NODES);
	u32 refs = object->refs;
	struct sys_result result = syscall_ns_entry(nullptr, names, index, &entry);

	for (u32 i = 0; i < NODES; i++) {
		if (!means(i, path_number[i]))
			continue;
		PROVE(seen != index || (result.status == STATUS_OK && entry.path[1] == node[i]->path[1] &&
			entry.type == node[i]->cap.type && entry.rights == node[i]->cap.rights && entry.object_id == object->id),
			"what is bound is described in order, the newest first");
		seen++;
	}
	PROVE((result.status == STATUS_OK) == (index < seen), "and nothing else");
	PROVE(object->refs == refs && names->lock.taken == 0, "nothing is held");
}
