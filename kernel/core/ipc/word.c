/* SPDX-License-Identifier: Apache-2.0
 *
 * Words to wait for. See word.h.
 *
 * Why no wake-up is lost: who waits reads the word with the bucket's lock held and has queued before it lets go.
 * Who wakes has changed the word before he takes that lock: either the reader saw the change, or he is found.
 *
 * Why no wait outlives its mapping: memory->words counts who waits before the mapping is looked up for good. Who
 * takes a mapping away looks at the count afterwards. The look-up fails, or the count is seen, and then the
 * buckets are gone through. An owner that dies, and THREAD_OWED, are the same again.
 *
 * Owners inherit (sched/inherit.h): each wait that names one lends its own urgency to what the owner runs on, so
 * nobody has to know which of several words' waiters is the most urgent.
 *
 * LOCK ORDER: a bucket's lock, then the space's (and the memory object's) to look the word up; timers and run
 * queues to wake.
 */
#include "kernel/core/ipc/word.h"
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/frame_access.h"

/* WAKE_MAX: as many as one should be kept waiting for. */
enum : u32 { BUCKETS_LOG2 = 6, BUCKETS = 1u << BUCKETS_LOG2, WAKE_MAX = 32, WORD_BYTES = 4 };

struct STABLE word_bucket {
	alignas(64) struct lock lock;
	/* under lock */
	u32 owned;            /* how many of the waiters name an owner */
	struct tree waiters;  /* by priority, deadline, arrival */
};

static struct word_bucket buckets[BUCKETS];

void word_init(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		lock_init(&ELEM(buckets, i)->lock, LOCK_WORDS);
}

/* SPEC: Fibonacci hashing, Knuth, The Art of Computer Programming 3, 6.4. */
static struct word_bucket *bucket_of(const struct space_word *word)
{
	u64 mixed = (word->memory->object.id + (word->offset / WORD_BYTES << 20)) * 0x9e3779b97f4a7c15ull;

	return ELEM(buckets, mixed >> (64 - BUCKETS_LOG2));
}

static struct thread *waiter_of(struct tree_node *node)
{
	return node != nullptr ? TREE_ENTRY(node, struct thread, word.node) : nullptr;
}

/* ---- owners; with the bucket's lock held ---- */

/* Makes the owner as urgent as the waiter. On the waiter's own activity it goes on for a caller that gave up, which
 * is no reason to be more urgent. */
static void raise_owner(struct thread *waiter)
{
	const struct thread *owner = waiter->word.owner;

	if (owner == nullptr)
		return;
	struct urgency by = inherit_urgency(waiter);

	by.hops++;
	inherit_update(&waiter->word.awaited, owner, activity_of(owner) != waiter->activity ? &by : nullptr);
}

static void give_up_owner(struct thread *waiter)
{
	struct thread *owner = waiter->word.owner;

	if (owner == nullptr)
		return;
	inherit_update(&waiter->word.awaited, owner, nullptr);
	waiter->word.bucket->owned--;
	waiter->word.owner = nullptr;
	(void)atomic_sub(&owner->flags, THREAD_OWED);
	object_unref(&owner->object);
}

/* False: it is dead, or about to be. */
static bool take_owner(struct thread *waiter, struct thread *owner)
{
	if (owner == nullptr)
		return true;
	if (!object_try_ref(&owner->object))
		return false;
	(void)atomic_add(&owner->flags, THREAD_OWED);
	atomic_fence_after_update(); /* who dies sees the count, or is seen to be dead here */
	waiter->word.owner = owner;
	waiter->word.bucket->owned++;
	if (atomic_load(&owner->state) != THREAD_STATE_DEAD)
		return true;
	give_up_owner(waiter);
	return false;
}

/* ---- ending waits; with the bucket's lock held ---- */

static void take_out(struct thread *waiter)
{
	struct word_bucket *bucket = waiter->word.bucket;

	tree_remove(&bucket->waiters, &waiter->word.node);
	inherit_leave(waiter);
	give_up_owner(waiter);
	(void)atomic_sub(&waiter->word.memory->words, 1u);
	atomic_store(&waiter->word.bucket, nullptr);
}

static void end_wait(struct thread *waiter, enum status status)
{
	take_out(waiter);
	thread_finish_wait(waiter, status, 0);
}

bool word_withdraw(struct thread *thread, u64 due_ns)
{
	struct word_bucket *bucket = atomic_load(&thread->word.bucket);

	if (bucket == nullptr)
		return false;
	lock_take(&bucket->lock);
	bool mine = thread->word.bucket == bucket && thread->deadline_ns <= due_ns;

	if (mine)
		take_out(thread);
	lock_release(&bucket->lock);
	return mine;
}

static bool went_through(const struct thread *waiter, const struct region *region)
{
	u64 start = region->node.key;

	return waiter->word.memory == region->memory && &waiter->process->space == region->space &&
		waiter->word.at >= start && waiter->word.at - start < region->pages << PAGE_SHIFT;
}

void word_unmapped(const struct region *region)
{
	enum status why = lineage_valid(region->lineage) ? STATUS_BAD_ADDRESS : STATUS_REVOKED;

	for (u32 i = 0; i < BUCKETS && atomic_load(&region->memory->words) != 0; i++) {
		struct word_bucket *bucket = ELEM(buckets, i);

		lock_take(&bucket->lock);
		for (struct thread *at = waiter_of(tree_first(&bucket->waiters)), *next; at != nullptr; at = next) {
			next = waiter_of(tree_next(&at->word.node));
			if (went_through(at, region))
				end_wait(at, why);
		}
		lock_release(&bucket->lock);
	}
}

/* ---- what becomes of owners ---- */

static void look_at_owner(const struct thread *owner, bool died)
{
	atomic_fence(); /* who names it sees what has become of it, or is counted */
	for (u32 i = 0; i < BUCKETS && thread_owed(owner) != 0; i++) {
		struct word_bucket *bucket = ELEM(buckets, i);

		lock_take(&bucket->lock);
		for (struct thread *at = waiter_of(tree_first(&bucket->waiters)), *next; at != nullptr; at = next) {
			next = waiter_of(tree_next(&at->word.node));
			if (at->word.owner == owner && died)
				end_wait(at, STATUS_PEER_DIED);
			else if (at->word.owner == owner)
				raise_owner(at);
		}
		lock_release(&bucket->lock);
	}
}

void word_owner_died(const struct thread *owner) { look_at_owner(owner, true); }
void word_owner_moved(const struct thread *owner) { look_at_owner(owner, false); }

/* ---- inheritance ---- */

void word_reorder(struct thread *waiter)
{
	struct word_bucket *bucket = atomic_load(&waiter->word.bucket);

	if (bucket == nullptr)
		return;
	lock_take(&bucket->lock);
	if (waiter->word.bucket == bucket && tree_contains(&waiter->word.node)) {
		u64 place = inherit_place(waiter);

		if (place != waiter->word.node.key) {
			tree_remove(&bucket->waiters, &waiter->word.node);
			tree_insert(&bucket->waiters, &waiter->word.node, place);
		}
		raise_owner(waiter);
	}
	lock_release(&bucket->lock);
}

/* ---- waiting ---- */

static u32 value_of(const struct space_word *word)
{
	return atomic_load(ELEM(frame_words(word->frame)->half, (word->offset & PAGE_MASK) / WORD_BYTES));
}

/* Whether the word still is where it was found, and has the value. */
static enum status look(struct thread *self, u64 address, const struct space_word *found, u32 expected, u64 deadline_ns)
{
	struct space_word word = {};
	enum status status = space_word(&self->process->space, address, HAL_PROT_READ, true, &word);

	if (status != STATUS_OK)
		return status;
	if (word.memory != found->memory || word.offset != found->offset)
		return STATUS_BAD_ADDRESS;
	if (value_of(&word) != expected)
		return STATUS_CHANGED;
	return deadline_ns == 0 ? STATUS_WOULD_BLOCK : STATUS_OK;
}

/* With the bucket's lock held; nothing of the thread may be used after it is released. */
static enum status begin(struct thread *self, struct word_bucket *bucket, struct thread *owner, u64 deadline_ns)
{
	atomic_store(&self->word.bucket, bucket); /* before it can be found waiting: whoever cancels it goes by this */
	enum status status = take_owner(self, owner) ? STATUS_OK : STATUS_PEER_DIED;

	if (status == STATUS_OK && !thread_begin_wait(self, THREAD_STATE_WORD, deadline_ns)) {
		give_up_owner(self);
		status = STATUS_CANCELLED;
	}
	if (status != STATUS_OK) {
		atomic_store(&self->word.bucket, nullptr);
		return status;
	}
	tree_insert(&bucket->waiters, &self->word.node, inherit_enter(self));
	raise_owner(self);
	return STATUS_OK;
}

struct sys_result syscall_wait_word(struct thread *self, u64 address, u32 expected, struct thread *owner, u64 deadline_ns)
{
	struct space_word word = {};

	if (address % WORD_BYTES != 0 || owner == self)
		return sys_fail(STATUS_INVALID);
	enum status status = space_word(&self->process->space, address, HAL_PROT_READ, true, &word);

	if (status != STATUS_OK)
		return sys_fail(status);
	struct word_bucket *bucket = bucket_of(&word);

	self->word.memory = word.memory;
	self->word.offset = word.offset;
	self->word.at = address;
	lock_take(&bucket->lock);
	(void)atomic_add(&word.memory->words, 1u); /* before it is looked up for good */
	atomic_fence_after_update();
	status = look(self, address, &word, expected, deadline_ns);
	if (status == STATUS_OK)
		status = begin(self, bucket, owner, deadline_ns);
	if (status != STATUS_OK)
		(void)atomic_sub(&word.memory->words, 1u);
	else
		event_block(self, THREAD_STATE_WORD, word.memory->object.id, deadline_ns);
	lock_release(&bucket->lock);
	return status == STATUS_OK ? sys_none() : sys_fail(status);
}

/* ---- waking ---- */

/* Wakes the first `count` who wait for the word. Of the others those who named an owner wait for the first of these
 * from now on, or for nobody. With the bucket's lock held. */
static u32 wake(struct word_bucket *bucket, const struct space_word *word, u32 count, bool hand_over)
{
	struct thread *first = nullptr;
	u32 woken = 0;

	for (struct thread *at = waiter_of(tree_first(&bucket->waiters)), *next; at != nullptr; at = next) {
		next = waiter_of(tree_next(&at->word.node));
		if (at->word.memory != word->memory || at->word.offset != word->offset)
			continue;
		if (woken < count) {
			end_wait(at, STATUS_OK); /* the thread lives as long as this stay in the kernel */
			first = first == nullptr ? at : first;
			woken++;
			continue;
		}
		bool named = at->word.owner != nullptr;

		give_up_owner(at);
		if (hand_over && named && !take_owner(at, first))
			end_wait(at, STATUS_PEER_DIED);
		else
			raise_owner(at);
		if (bucket->owned == 0)
			break;
	}
	return woken;
}

struct sys_result syscall_wake_word(struct thread *self, u64 address, u32 count, u32 flags)
{
	struct space_word word = {};

	if (address % WORD_BYTES != 0 || count == 0)
		return sys_fail(STATUS_INVALID);
	enum status status = space_word(&self->process->space, address, HAL_PROT_WRITE, false, &word);

	if (status != STATUS_OK)
		return sys_fail(status);
	struct word_bucket *bucket = bucket_of(&word);

	lock_take(&bucket->lock);
	u32 woken = wake(bucket, &word, count < WAKE_MAX ? count : WAKE_MAX, (flags & WAKE_HAND_OVER) != 0);

	lock_release(&bucket->lock);
	event_word_wake(word.memory->object.id, word.offset, woken);
	return sys_ok(woken);
}
