/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces. See namespace.h.
 */
#include "kernel/core/ns/namespace.h"
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

enum : u32 { CLOSE_STEP = 16 };

/* ---- nodes ---- */

static void give_node(struct ns_node *node)
{
	if (node->cap.object != nullptr) {
		receivable_gone(&node->cap);
		cap_release(&node->cap);
	}
	pool_give(&node->pooled);
}

/* Gives a reference to a list up; nodes nobody refers to any more go, `most` of them. Returns the one to go on with, to
 * which there is a reference too many still. */
static struct ns_node *unref_some(struct ns_node *node, u32 most)
{
	for (; node != nullptr && most != 0; most--) {
		if (atomic_sub(&node->refs, 1u) != 1)
			return nullptr;
		struct ns_node *older = node->older;

		give_node(node);
		node = older;
	}
	return node;
}

static void unref_list(struct ns_node *node) { (void)unref_some(node, NS_NODES_MAX); }

static struct span path_of(const struct ns_node *node)
{
	return span_first(SPAN_OF_ARRAY(node->path), node->length);
}

static struct ns_node *make_node(struct span path, const struct cap *cap, u32 order)
{
	struct pooled *item = pool_take(POOL_NS_NODE);

	if (item == nullptr)
		return nullptr;
	struct ns_node *node = pooled_as_ns_node(item);

	node->refs = 1;
	node->order = order;
	node->length = (u32)span_len(path);
	span_copy(MSPAN_OF_ARRAY(node->path), path);
	node->removed = cap == nullptr;
	if (cap == nullptr)
		return node;
	node->cap = *cap;
	cap_ref(cap);
	receivable_kept(cap);
	return node;
}

/* Puts a node, whose reference goes over, in front. With the lock held. */
static void push(struct namespace *names, struct ns_node *node)
{
	node->older = names->head;
	names->head = node;
	names->nodes++;
}

/* ---- meaning ---- */

/* True if something newer than `node` hides it: a replacement or removal of the same path. */
static bool hidden(const struct ns_node *head, const struct ns_node *node)
{
	for (const struct ns_node *at = head; at != node; at = at->older)
		if ((at->removed || at->order == NS_ORDER_REPLACE) && span_equal(path_of(at), path_of(node)))
			return true;
	return false;
}

/* The `index`-th binding of exactly this path: what was bound before or in place, newest first,
 * then what was bound after, oldest first. */
static const struct ns_node *nth(const struct ns_node *head, struct span path, u32 index)
{
	u32 after = 0;

	for (const struct ns_node *at = head; at != nullptr; at = at->older) {
		if (!span_equal(path_of(at), path))
			continue;
		if (at->removed)
			break;
		if (at->order == NS_ORDER_AFTER) {
			after++;
			continue;
		}
		if (index == 0)
			return at;
		index--;
		if (at->order == NS_ORDER_REPLACE)
			break;
	}
	if (index >= after)
		return nullptr;
	u32 skip = after - 1 - index;

	for (const struct ns_node *at = head; at != nullptr; at = at->older) {
		if (!span_equal(path_of(at), path) || at->order != NS_ORDER_AFTER)
			continue;
		if (skip == 0)
			return at;
		skip--;
	}
	return nullptr;
}

/* Rebuilds the list without hidden and removed nodes. With the lock held; what is given up is left
 * to the caller, because giving capabilities up may take locks that come before this one. */
static enum status rebuild(struct namespace *names, struct ns_node **old)
{
	struct ns_node *fresh = nullptr, *last = nullptr;
	u32 count = 0;

	for (struct ns_node *at = names->head; at != nullptr; at = at->older) {
		if (at->removed || hidden(names->head, at))
			continue;
		struct ns_node *copy = make_node(path_of(at), &at->cap, at->order);

		if (copy == nullptr) {
			*old = fresh;
			return STATUS_OUT_OF_FRAMES;
		}
		if (last == nullptr)
			fresh = copy;
		else
			last->older = copy;
		last = copy;
		count++;
	}
	*old = names->head;
	names->head = fresh;
	names->nodes = count;
	return count < NS_NODES_MAX ? STATUS_OK : STATUS_NO_SPACE;
}

/* An absolute path without a slash at its end, empty components, '.' or '..'. "/" is the root. */
static bool path_good(struct span path)
{
	usize length = span_len(path), start = 1;

	if (length == 0 || span_u8(path, 0) != '/')
		return false;
	if (length == 1)
		return true;
	for (usize at = 1; at <= length; at++) {
		if (at < length && span_u8(path, at) == 0)
			return false;
		if (at < length && span_u8(path, at) != '/')
			continue;
		struct span part = span_part(path, start, at - start);

		if (span_len(part) == 0 || span_equal(part, span_text(".")) || span_equal(part, span_text("..")))
			return false;
		start = at + 1;
	}
	return true;
}

static enum status change(struct namespace *names, struct span path, const struct cap *cap, u32 order)
{
	enum status status = STATUS_OK;
	struct ns_node *node = make_node(path, cap, order);

	if (node == nullptr)
		return STATUS_OUT_OF_FRAMES;
	struct ns_node *old = nullptr;

	lock_take(&names->lock);
	if (names->object.dead)
		status = STATUS_DEAD;
	else if (names->nodes >= NS_NODES_MAX)
		status = rebuild(names, &old);
	if (status == STATUS_OK && cap == nullptr && nth(names->head, path, 0) == nullptr)
		status = STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		push(names, node);
	lock_release(&names->lock);
	unref_list(old);
	if (status != STATUS_OK)
		give_node(node);
	return status;
}

enum status namespace_bind(struct namespace *names, struct span path, const struct cap *cap, u32 order)
{
	return path_good(path) ? change(names, path, cap, order) : STATUS_INVALID;
}

bool namespace_close(struct namespace *names)
{
	lock_take(&names->lock);
	struct ns_node *head = names->head;

	names->head = nullptr;
	names->nodes = 0;
	lock_release(&names->lock);
	names->leaving = unref_some(head != nullptr ? head : names->leaving, CLOSE_STEP);
	return names->leaving == nullptr;
}

/* ---- system calls ---- */

static struct sys_result create(struct thread *self, struct group *group, struct ns_node *head, u32 nodes)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_NAMESPACE, group, &object);

	if (status != STATUS_OK) {
		unref_list(head);
		return sys_fail(status);
	}
	struct namespace *names = object_as_namespace(object);

	lock_init(&names->lock, LOCK_NAMES);
	names->head = head;
	names->nodes = nodes;
	return sys_new_handle(self, object, NAMESPACE_RIGHTS_ALL, 0);
}

struct sys_result syscall_ns_create(struct thread *self, struct group *group)
{
	return create(self, group, nullptr, 0);
}

struct sys_result syscall_ns_clone(struct thread *self, struct namespace *names, struct group *group)
{
	lock_take(&names->lock);
	struct ns_node *head = names->head;
	u32 nodes = names->nodes;

	if (head != nullptr)
		atomic_add(&head->refs, 1u);
	lock_release(&names->lock);
	return create(self, group, head, nodes);
}

struct sys_result syscall_ns_bind(struct thread *self, struct namespace *names, struct user_span path, handle_t source,
	u32 order)
{
	u8 text[NS_PATH_BYTES];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(text), path.bytes);
	struct cap cap;
	enum status status = user_copy_in(self->process, into, path.at);

	if (status == STATUS_OK)
		status = cap_acquire(self->process, source, RIGHT_DUPLICATE, &cap);
	if (status != STATUS_OK)
		return sys_fail(status);
	/* Inside itself it would never end. */
	status = cap.type != OBJECT_NAMESPACE ? namespace_bind(names, span_of(into), &cap, order) : STATUS_INVALID;
	cap_release(&cap);
	return sys_status(status);
}

struct sys_result syscall_ns_unbind(struct thread *self, struct namespace *names, struct user_span path)
{
	u8 text[NS_PATH_BYTES];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(text), path.bytes);
	enum status status = user_copy_in(self->process, into, path.at);

	if (status == STATUS_OK)
		status = change(names, span_of(into), nullptr, NS_ORDER_REPLACE);
	return sys_status(status);
}

/* The path one component shorter; "/" at last, then nothing. */
static struct span parent_of(struct span path)
{
	usize length = span_len(path);

	if (length <= 1)
		return span_part(path, 0, 0);
	do
		length--;
	while (length > 0 && span_u8(path, length) != '/');
	return span_part(path, 0, length == 0 ? 1 : length);
}

/* The binding, taken out of the namespace as a capability with references of its own. */
static enum status find(struct namespace *names, struct span path, u32 index, struct cap *cap, u64 *matched)
{
	enum status status = STATUS_NOT_FOUND;

	lock_take(&names->lock);
	for (struct span at = path; span_len(at) != 0; at = parent_of(at)) {
		const struct ns_node *node = nth(names->head, at, 0);

		if (node == nullptr)
			continue;
		node = nth(names->head, at, index);
		if (node == nullptr)
			break;
		*cap = node->cap;
		cap_ref(cap);
		*matched = span_len(at);
		status = STATUS_OK;
		break;
	}
	lock_release(&names->lock);
	return status;
}

struct sys_result syscall_ns_lookup(struct thread *self, struct namespace *names, struct user_span path, u32 index)
{
	u8 text[256];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(text), path.bytes);
	struct cap cap;
	u64 matched = 0;
	enum status status = user_copy_in(self->process, into, path.at);

	if (status == STATUS_OK && !path_good(span_of(into)))
		status = STATUS_INVALID;
	if (status == STATUS_OK)
		status = find(names, span_of(into), index, &cap, &matched);
	if (status != STATUS_OK)
		return sys_fail(status);
	if (!lineage_valid(cap.lineage)) {
		cap_release(&cap);
		return sys_fail(STATUS_REVOKED);
	}
	struct sys_result granted = sys_grant(self->process, &cap);

	return granted.status == STATUS_OK ? sys_ok(granted.value | matched << 32) : granted;
}

struct sys_result syscall_ns_entry(struct thread *self, struct namespace *names, u32 index, struct ns_entry *entry)
{
	enum status status = STATUS_NOT_FOUND;

	(void)self;
	lock_take(&names->lock);
	for (const struct ns_node *at = names->head; at != nullptr; at = at->older) {
		if (at->removed || hidden(names->head, at))
			continue;
		if (index-- != 0)
			continue;
		span_copy(MSPAN_OF_ARRAY(entry->path), SPAN_OF_ARRAY(at->path));
		entry->type = at->cap.type;
		entry->rights = at->cap.rights;
		entry->object_id = at->cap.object->id;
		status = STATUS_OK;
		break;
	}
	lock_release(&names->lock);
	return sys_status(status);
}
