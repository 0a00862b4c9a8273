/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of memory to wait for. Up to two threads that wait for any of four words in two memory objects, in the same bucket, each
 * naming an owner or none; one operation. The tree of a bucket is a list in order; tree.c proves the real one.
 *
 * INV-WAIT-OWNER: who waits is in the bucket of its word, and counted by the memory object, by its activity and by the
 * owner that it named, which it holds; whoever is taken out is told, once.
 */
#include "kernel/raw/frame_access.h"

static struct frame_words *prove_frame_words(paddr_t frame);
#define frame_words(frame) prove_frame_words(frame)
#include "kernel/core/ipc/word.c"
#undef frame_words
#include "tests/prove/include/quiet.h"
#include "tests/prove/include/tree_list.h"

enum : u32 { WAITERS = 2, OWNER = WAITERS, THREADS, OBJECTS = 2, NOBODY = THREADS, LENT_HOPS = 7 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 lineage_revocations;

static struct thread *thread[THREADS];
static struct process *process[OBJECTS];
static struct memory *memory[OBJECTS];
static struct frame_words *page;
static struct activity *activity[OBJECTS];
static u64 place[THREADS];
static u32 others[THREADS], other_flags[THREADS]; /* references that no wait has; what else the flags say */
static u32 lent_to[THREADS], entered[THREADS];   /* what a waiter lends to; whether its activity knows it */
static u32 ended[THREADS];
static enum status told[THREADS];
static bool begun, valid, looked;
static struct space_word where;                  /* what the address names */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *at) { (void)at; PROVE(false, "an owner is held by others, too, or not at all"); }
bool lineage_walk(struct lineage *at) { (void)at; return valid; }
static struct frame_words *prove_frame_words(paddr_t frame) { PROVE(frame.v == 0, "the page of the word"); return page; }

void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}

static u32 number_of(const struct thread *at)
{
	PROVE(at == thread[0] || at == thread[1] || at == thread[OWNER], "a thread that there is");
	return at == thread[0] ? 0 : at == thread[1] ? 1 : OWNER;
}

/* All words are in the last bucket. */
enum : u32 { LAST = BUCKETS - 1 };

static bool locked(void) { return buckets[LAST].lock.taken != 0; }

u64 inherit_enter(struct thread *at)
{
	PROVE(entered[number_of(at)] == 0 && locked(), "who waits is known to its activity, once, under the lock");
	entered[number_of(at)] = 1;
	return place[number_of(at)];
}

void inherit_leave(struct thread *at)
{
	PROVE(entered[number_of(at)] == 1 && locked(), "until it waits no more");
	entered[number_of(at)] = 0;
}

u64 inherit_place(const struct thread *at) { return place[number_of(at)]; }

struct urgency inherit_urgency(const struct thread *at)
{
	return (struct urgency){ .priority = number_of(at), .hops = LENT_HOPS };
}

void inherit_update(struct awaited *awaited, const struct thread *at, const struct urgency *by)
{
	u32 i = awaited == &thread[0]->word.awaited ? 0 : 1;

	PROVE(awaited == &thread[i]->word.awaited && at == thread[i]->word.owner && locked(), "a waiter lends to its owner");
	PROVE(by == nullptr || (by->priority == i && by->hops == LENT_HOPS + 1), "its own urgency, and how far that has come");
	lent_to[i] = by != nullptr ? number_of(at) : NOBODY;
}

bool thread_begin_wait(struct thread *at, enum thread_state state, u64 deadline_ns)
{
	PROVE(at == thread[0] && state == THREAD_STATE_WORD && deadline_ns != 0 && !begun && locked(),
		"the caller waits, once, under the lock");
	PROVE(at->word.bucket != nullptr && looked, "when it can be found, and the word has been looked at");
	begun = MAYBE();
	return begun;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	PROVE(at->word.bucket == nullptr && at->word.owner == nullptr && !tree_contains(&at->word.node) && value == 0,
		"who goes on waits no more, and for nobody");
	ended[number_of(at)]++;
	told[number_of(at)] = status;
}

enum status space_word(struct space *space, u64 at, u32 access, bool fill_it, struct space_word *out)
{
	PROVE(space == &thread[0]->process->space && at % WORD_BYTES == 0, "a word of the caller's");
	PROVE(access == (fill_it ? HAL_PROT_READ : HAL_PROT_WRITE), "that it may read, or change to wake others");
	if (locked()) {
		PROVE(where.memory->words != 0, "before the last look it is counted");
		looked = true;
		if (MAYBE())
			where = (struct space_word){ .memory = MAYBE() ? memory[1] : memory[0], .offset = MAYBE() ? 4 : 0 };
	}
	if (MAYBE())
		return STATUS_BAD_ADDRESS;
	*out = where;
	return STATUS_OK;
}

/* ---- any waiters ---- */

static bool waits(u32 i)
{
	const struct tree_node *at = buckets[LAST].waiters.first;

	for (u32 step = 0; step < WAITERS && at != nullptr && at != &thread[i]->word.node; step++)
		at = at->child[1];
	return at == &thread[i]->word.node;
}

static bool names(u32 i, u32 t) { return waits(i) && thread[i]->word.owner == thread[t]; }

/* A waiter lends to whom it named, unless that runs on the same activity. */
static u32 lends_to(u32 i)
{
	const struct thread *owner = waits(i) ? thread[i]->word.owner : nullptr;

	return owner == nullptr || owner->activity == thread[i]->activity ? NOBODY : number_of(owner);
}

static bool kept(void)
{
	bool holds = buckets[LAST].lock.taken == 0 && buckets[0].waiters.first == nullptr;
	u32 owned = 0;

	for (u32 i = 0; i < WAITERS; i++) {
		bool in = waits(i);

		holds = holds && tree_contains(&thread[i]->word.node) == in && entered[i] == in && lent_to[i] == lends_to(i);
		holds = holds && thread[i]->word.bucket == (in ? &buckets[LAST] : nullptr) && (in || thread[i]->word.owner == nullptr);
		owned += thread[i]->word.owner != nullptr;
	}
	for (u32 k = 0; k < OBJECTS; k++) {
		u32 waiting = 0;

		for (u32 i = 0; i < WAITERS; i++)
			waiting += waits(i) && thread[i]->word.memory == memory[k];
		holds = holds && memory[k]->words == waiting;
	}
	holds = holds && buckets[LAST].owned == owned;
	for (u32 t = 0; t < THREADS; t++) {
		u32 owed = names(0, t) + names(1, t);

		holds = holds && thread[t]->flags == other_flags[t] + owed * THREAD_OWED && thread[t]->object.refs == others[t] + owed;
	}
	return holds;
}

static void any_thread(u32 t)
{
	thread[t] = NEW(struct thread);
	thread[t]->process = MAYBE() ? process[1] : process[0];
	thread[t]->activity = MAYBE() ? activity[1] : activity[0];
	thread[t]->word.node.height = 0;
	thread[t]->word.bucket = nullptr;
	thread[t]->word.owner = nullptr;
	thread[t]->word.memory = MAYBE() ? memory[1] : memory[0];
	thread[t]->word.offset = MAYBE() ? 4 : 0;
	thread[t]->flags = other_flags[t] = ANY(u32) & THREAD_TOLD;
	thread[t]->object.type = OBJECT_THREAD;
	thread[t]->state = MAYBE() ? THREAD_STATE_DEAD : THREAD_STATE_RUNNING;
	thread[t]->object.refs = others[t] = t < WAITERS || MAYBE() ? 1 : 0;
	place[t] = ANY(u64);
	lent_to[t] = NOBODY;
	entered[t] = ended[t] = 0;
}

static void queue(u32 i)
{
	struct word_bucket *bucket = &buckets[LAST];
	u32 owner = MAYBE() ? 1 - i : OWNER;

	thread[i]->state = THREAD_STATE_WORD;
	thread[i]->word.bucket = bucket;
	thread[i]->word.memory->words++;
	tree_insert(&bucket->waiters, &thread[i]->word.node, ANY(u64));
	entered[i] = 1;
	if (MAYBE() || others[owner] == 0)
		return;
	thread[i]->word.owner = thread[owner];
	thread[owner]->flags += THREAD_OWED;
	thread[owner]->object.refs++;
	bucket->owned++;
	lent_to[i] = lends_to(i);
}

static void any_waiters(void)
{
	lineage_revocations = 1;
	page = NEW(struct frame_words);
	buckets[0] = buckets[LAST] = (struct word_bucket){};
	for (u32 k = 0; k < OBJECTS; k++) {
		process[k] = NEW(struct process);
		activity[k] = NEW(struct activity);
		memory[k] = NEW(struct memory);
		memory[k]->object.id = k;
		memory[k]->words = 0;
	}
	for (u32 t = 0; t < THREADS; t++)
		any_thread(t);
	for (u32 i = 0; i < WAITERS; i++)
		if (MAYBE())
			queue(i);
	where = (struct space_word){ .memory = MAYBE() ? memory[1] : memory[0], .offset = MAYBE() ? 4 : 0 };
	begun = looked = false;
	valid = MAYBE();
}

/* What a thread waits for, or that it does not, and whom it named. */
struct before {
	bool waits;
	const struct thread *owner;
};

static struct before remember(u32 i) { return (struct before){ waits(i), thread[i]->word.owner }; }

static bool same(u32 i, struct before old)
{
	return waits(i) == old.waits && thread[i]->word.owner == old.owner && ended[i] == 0;
}

/* ---- proofs ---- */

void prove_bucket(void)
{
	struct memory *any = NEW(struct memory);
	struct space_word word = { .memory = any, .offset = ANY(u64) };
	const struct word_bucket *bucket = bucket_of(&word);

	PROVE(bucket->owned == 0, "each word has one of the buckets");
	word_init();
	PROVE(bucket->lock.taken == 0, "which begins unlocked");
}

void prove_wait(void)
{
	any_waiters();
	ASSUME(!waits(0));
	u64 address = ANY(u64), deadline_ns = MAYBE() ? 0 : U64_MAX;
	u32 expected = ANY(u32);
	struct thread *owner = MAYBE() ? nullptr : MAYBE() ? thread[OWNER] : MAYBE() ? thread[1] : thread[0];
	struct before other = remember(1);
	struct space_word first = where;
	struct sys_result result = syscall_wait_word(thread[0], address, expected, owner, deadline_ns);
	bool in = waits(0);

	PROVE(kept() && same(1, other), "who waits is known to all whom that concerns, and nobody else is touched");
	PROVE(in == begun && ended[0] == 0, "who has begun to wait is queued");
	PROVE(!in || (where.memory == first.memory && where.offset == first.offset && thread[0]->word.owner == owner &&
		thread[0]->word.at == address && thread[0]->word.node.key == place[0]),
		"for the word that is there, with its owner, in its place");
	PROVE(!in || (u32)(page->word[0] >> (first.offset * 8)) == expected, "only while the word has the value");
	PROVE(!in || (address % WORD_BYTES == 0 && owner != thread[0] && deadline_ns != 0), "and it may wait");
	PROVE(!in || owner == nullptr || owner->state != THREAD_STATE_DEAD, "for nobody who is dead");
	PROVE(in || result.status != STATUS_OK, "or it is told why not");
}

void prove_wake(void)
{
	any_waiters();
	/* The first waiter is the one to wake for all that the model of space_word asks; who wakes does not wait. */
	struct thread *self = NEW(struct thread);

	self->process = thread[0]->process;
	u32 count = ANY(u32), woken = 0, right = 0;
	bool hand_over = MAYBE();
	struct before old[WAITERS] = { remember(0), remember(1) };
	const struct tree_node *first = buckets[LAST].waiters.first;
	u32 order = first == &thread[0]->word.node ? 0 : 1;
	struct sys_result result = syscall_wake_word(self, ANY(u64), count, hand_over ? WAKE_HAND_OVER : 0);
	bool done = result.status == STATUS_OK;

	PROVE(kept(), "who waits is known to all whom that concerns");
	for (u32 step = 0; step < WAITERS; step++) {
		u32 i = step == 0 ? order : 1 - order;
		bool matches = done && old[i].waits && thread[i]->word.memory == where.memory && thread[i]->word.offset == where.offset;
		bool goes = matches && right < count && right < WAKE_MAX, left = matches && !goes && old[i].owner != nullptr;

		PROVE(goes == (ended[i] == 1 && told[i] == STATUS_OK), "exactly the first who wait for the word are woken, once");
		PROVE(matches || same(i, old[i]), "who waits for another is not touched");
		PROVE(!matches || goes || left || same(i, old[i]), "nor who named nobody");
		PROVE(!left || !waits(i) || thread[i]->word.owner == (hand_over ? thread[1 - i] : nullptr),
			"who waits on waits for the first of these, or for nobody");
		PROVE(!left || waits(i) || (hand_over && told[i] == STATUS_PEER_DIED && ended[i] == 1), "unless that is dead");
		right += goes;
		woken += ended[i] == 1 && told[i] == STATUS_OK;
	}
	PROVE(!done || result.value == woken, "and it is told how many");
}

void prove_withdraw(void)
{
	any_waiters();
	u64 due_ns = ANY(u64);
	struct before old[WAITERS] = { remember(0), remember(1) };
	bool mine = word_withdraw(thread[0], due_ns);

	PROVE(kept() && same(1, old[1]), "nobody else is touched");
	PROVE(mine == (old[0].waits && thread[0]->deadline_ns <= due_ns), "exactly who waits, until then, is taken out");
	PROVE(mine ? !waits(0) && ended[0] == 0 : same(0, old[0]), "by whoever tells it");
}

void prove_unmapped(void)
{
	any_waiters();
	struct region *region = NEW(struct region);
	struct before old[WAITERS] = { remember(0), remember(1) };

	region->memory = MAYBE() ? memory[1] : memory[0];
	region->space = MAYBE() ? &process[1]->space : &process[0]->space;
	region->lineage = NEW(struct lineage);
	region->lineage->checked_at = 0;
	ASSUME(region->node.key < 1ull << 47 && region->pages < 1ull << 32);
	word_unmapped(region);
	PROVE(kept(), "who waits is known to all whom that concerns");
	for (u32 i = 0; i < WAITERS; i++) {
		const struct word_wait *word = &thread[i]->word;
		bool through = old[i].waits && word->memory == region->memory && &thread[i]->process->space == region->space &&
			word->at >= region->node.key && word->at < region->node.key + (region->pages << PAGE_SHIFT);

		PROVE(through ? !waits(i) && ended[i] == 1 && told[i] == (valid ? STATUS_BAD_ADDRESS : STATUS_REVOKED)
			: same(i, old[i]), "exactly who waits through the region is told why not any more");
	}
}

void prove_owner_died(void)
{
	any_waiters();
	struct before old[WAITERS] = { remember(0), remember(1) };

	thread[OWNER]->state = THREAD_STATE_DEAD;
	word_owner_died(thread[OWNER]);
	PROVE(kept() && thread_owed(thread[OWNER]) == 0, "nobody waits for who is dead");
	for (u32 i = 0; i < WAITERS; i++)
		PROVE(old[i].owner == thread[OWNER] ? !waits(i) && ended[i] == 1 && told[i] == STATUS_PEER_DIED
			: same(i, old[i]), "exactly who did is told");
}

void prove_moved(void)
{
	any_waiters();
	struct before old[WAITERS] = { remember(0), remember(1) };

	thread[OWNER]->activity = MAYBE() ? activity[1] : activity[0];
	word_owner_moved(thread[OWNER]);
	PROVE(kept() && same(0, old[0]) && same(1, old[1]), "who waits lends to what its owner runs on now");
}

void prove_reorder(void)
{
	any_waiters();
	struct before old[WAITERS] = { remember(0), remember(1) };
	u64 key = thread[1]->word.node.key;

	word_reorder(thread[0]);
	PROVE(kept() && same(0, old[0]) && same(1, old[1]), "nobody begins or ceases to wait");
	PROVE(!old[0].waits || thread[0]->word.node.key == place[0], "who waits has the place of what its activity is now");
	PROVE(!old[1].waits || thread[1]->word.node.key == key, "others keep theirs");
	const struct tree_node *first = buckets[LAST].waiters.first;

	PROVE(first == nullptr || first->child[1] == nullptr || first->key <= first->child[1]->key, "in order");
}
