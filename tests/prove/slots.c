/* SPDX-License-Identifier: Apache-2.0
 *
 * Capability spaces that change. Any space that satisfies what the kernel keeps, one operation on it, and the
 * space again satisfies it; whatever handle was given before means what it meant, or nothing.
 *
 * A slot is in use, spent (its generation is used up), or free; free slots form a list in which each stands
 * once. `used` counts slots in use, spent ones and those that are promised.
 */
#include "kernel/core/cap/space.c"
#include "tests/prove/include/quiet.h"

enum { SLOTS = CAP_SLOTS_MAX };

struct cpu *prove_this_cpu;
u64 lineage_revocations, group_rules;

static struct process *process;
static struct cap_space *space;
static struct cap_leaf *leaf[CAP_LEAVES];
static struct object *object;
static struct lineage *lineage;
static u32 promised;            /* slots */
static u64 charged;             /* capabilities, to the group */
static u32 given_up;            /* references */
static u32 receivers;           /* counted capabilities with the right to receive */
static struct lineage *made;    /* for a child */

/* ---- what is modelled ---- */

static bool good;               /* the lineage of what the slots hold has not been revoked */
bool lineage_walk(struct lineage *at) { (void)at; return good; }
void lineage_unref(struct lineage *at) { PROVE(at == lineage || at == made, "what is given up was held"); given_up++; }
void object_last_unref(struct object *at) { (void)at; }

void receivable_more(struct object *at, struct lineage *by) { (void)at; (void)by; receivers++; }
void receivable_less(struct object *at, struct lineage *by) { (void)at; (void)by; receivers--; }

enum status group_charge(struct group *group, enum group_account account, u64 amount)
{
	(void)group;
	if (MAYBE())
		return STATUS_OUT_OF_CAPS;
	PROVE(account == GROUP_CAPS, "capabilities are charged as capabilities");
	charged += amount;
	return STATUS_OK;
}

/* Revoked capabilities are dropped meanwhile, or not; of this space none are. */
enum status sweep_and_charge(struct process *at, u32 count)
{
	PROVE(at == process, "its own room is looked for");
	return group_charge(at->caps.group, GROUP_CAPS, count);
}

enum swept sweep_space(struct process *at, u32 wanted)
{
	(void)at;
	(void)wanted;
	return MAYBE() ? SWEEP_NOTHING : SWEEP_MORE;
}

void sweep_note(enum swept swept) { (void)swept; }

void group_release(struct group *group, enum group_account account, u64 amount)
{
	(void)group;
	PROVE(account == GROUP_CAPS && amount <= charged, "nothing is given back that was not charged");
	charged -= amount;
}

/* ---- any space ---- */

static struct cap_slot *at(u32 slot) { return &leaf[slot / CAP_LEAF_SLOTS]->slot[slot % CAP_LEAF_SLOTS]; }
static bool in_use(u32 slot) { return (at(slot)->tag & CAP_TAG_USED) != 0; }
static u32 slots(void) { return space->leaves * CAP_LEAF_SLOTS; }

static bool receives(const struct cap_slot *slot)
{
	return (slot->tag & CAP_TAG_USED) != 0 && cap_tag_type(slot->tag) == OBJECT_ENDPOINT &&
		(slot->rights & ENDPOINT_RIGHT_RECEIVE) != 0;
}

static u32 receiving_slots(void)
{
	u32 count = 0;

	for (u32 slot = 1; slot < SLOTS; slot++)
		count += receives(at(slot));
	return count;
}

/* Which slots the list of free ones visits. */
struct free_list {
	bool has[SLOTS];
	u32 length;
	bool holds;   /* it ends, at free_last, and visits only slots that exist and are not in use, each once */
};

static struct free_list walk(void)
{
	struct free_list list = { .holds = true };
	u32 seen = space->free_first, last = 0;

	for (u32 step = 0; step < SLOTS; step++) {
		if (seen == 0)
			continue;
		if (seen >= slots() || in_use(seen) || list.has[seen] || at(seen)->value >= SLOTS)
			return (struct free_list){ };
		list.has[seen] = true;
		list.length++;
		last = seen;
		seen = (u32)at(seen)->value;
	}
	list.holds = seen == 0 && last == space->free_last;
	return list;
}

static bool listed(u32 slot) { return walk().has[slot]; }

/* Without what the group has ready, and nobody has taken. */
static u64 charged_now(void) { return charged - space->group->account[GROUP_CAPS].ready; }

static bool kept(void)
{
	u32 taken = 0;
	struct free_list list = walk();
	bool holds = list.holds;

	for (u32 slot = 1; slot < SLOTS; slot++) {
		u32 generation = cap_tag_generation(at(slot)->tag);
		bool exists = slot < slots();

		holds = holds && IMPLIES(exists, generation != 0) && IMPLIES(!exists, !in_use(slot));
		holds = holds && IMPLIES(exists && !in_use(slot) && !list.has[slot], generation == CAP_GENERATION_MAX);
		holds = holds && IMPLIES(exists && in_use(slot), at(slot)->object == object &&
			(at(slot)->lineage == lineage || (made != nullptr && at(slot)->lineage == made)) &&
			cap_tag_type(at(slot)->tag) == object->type);
		taken += exists && !list.has[slot];
	}
	holds = holds && !in_use(0) && cap_tag_generation(at(0)->tag) == 0;
	return holds && list.length + taken == (space->leaves == 0 ? 0 : slots() - 1) && space->used == taken + promised &&
		promised <= list.length && charged_now() >= promised;
}

static void any_space(void)
{
	process = NEW(struct process);
	space = &process->caps;
	space->directory = NEW(struct cap_directory);
	object = NEW(struct object);
	lineage = NEW(struct lineage);
	made = nullptr;
	object->type = ANY(u32) % OBJECT_COUNT;
	ASSUME(object->refs > SLOTS && space->leaves <= CAP_LEAVES);
	for (u32 i = 0; i < CAP_LEAVES; i++) {
		leaf[i] = NEW(struct cap_leaf);
		space->directory->leaf[i] = i < space->leaves ? leaf[i] : nullptr;
		for (u32 k = 0; k < CAP_LEAF_SLOTS; k++) {
			leaf[i]->slot[k].object = object;
			leaf[i]->slot[k].lineage = lineage;
		}
	}
	good = MAYBE();
	lineage_revocations = ANY(u64);
	ASSUME(IMPLIES(lineage->checked_at == lineage_revocations, good));
	promised = ANY(u32);
	charged = ANY(u64);
	space->closed = MAYBE();
	space->group = NEW(struct group);
	space->group->account[GROUP_CAPS].ready = MAYBE();
	space->lock.taken = 0;
	ASSUME(promised <= SLOTS && charged != 0 && charged < 1ull << 32);
	ASSUME(kept());
	receivers = receiving_slots();
}

/* What was said of slot and generation before an operation, for any slot. */
struct before {
	u32 slot, generation, tag, rights;
	bool free;
};

static struct before remember(void)
{
	u32 slot = ANY(u32);

	ASSUME(slot != 0 && slot < slots());
	return (struct before){ slot, cap_tag_generation(at(slot)->tag), at(slot)->tag, at(slot)->rights, listed(slot) };
}

static bool unchanged(struct before old) { return at(old.slot)->tag == old.tag && at(old.slot)->rights == old.rights; }

/* INV-HANDLE: generations only grow, and a slot without a way to grow is never given again. */
static void check_handles(struct before old)
{
	u32 now = cap_tag_generation(at(old.slot)->tag);
	bool was_used = (old.tag & CAP_TAG_USED) != 0;

	PROVE(now >= old.generation, "a generation never goes back");
	PROVE(IMPLIES(was_used && !in_use(old.slot), now > old.generation || !listed(old.slot)),
		"a handle that was dropped is never given again");
	PROVE(IMPLIES(!was_used && !old.free, !in_use(old.slot) && !listed(old.slot)), "a spent slot stays spent");
	PROVE(space->lock.taken == 0, "the lock is free again");
}

void prove_insert(void)
{
	any_space();
	struct before old = remember();
	struct cap cap = { .object = object, .lineage = lineage, .value = ANY(u64),
		.type = object->type, .rights = ANY(u32) };

	ASSUME(promised > 0);
	bool closed = space->closed;
	u32 references = given_up;
	u64 charges = charged;
	handle_t handle = cap_insert(process, &cap);

	promised--;
	PROVE(kept(), "inserting keeps what the kernel keeps");
	PROVE(receivers == receiving_slots(), "capabilities to receive are counted when they are put in");
	check_handles(old);
	PROVE((handle.v == 0) == closed, "a slot that was promised is there, but for a space that is emptied");
	PROVE(given_up == references + closed && charged == charges - closed, "then it is given up, and its charge");
	if (closed)
		return;
	PROVE(IMPLIES(old.slot == (handle.v & 0xffff), (old.tag & CAP_TAG_USED) == 0 && old.generation == handle.v >> 16),
		"the slot was free, and the handle is of a generation that was not given before");
	PROVE(IMPLIES(old.slot != (handle.v & 0xffff), unchanged(old)), "other slots keep what they hold");
	struct cap_slot *slot = at(handle.v & 0xffff);

	PROVE(cap_tag_type(slot->tag) == cap.type && slot->rights == (cap.rights & 0xffff) && slot->value == cap.value,
		"the slot holds what was put in, with no right more");
}

void prove_drop(void)
{
	handle_t handle = ANY(handle_t);
	u32 number = handle.v & 0xffff;

	any_space();
	struct before old = remember();

	ASSUME(number < SLOTS && charged_now() > promised);
	bool live = number < slots() && in_use(number) && cap_tag_generation(at(number)->tag) == handle.v >> 16;
	u32 references = given_up;
	u64 charges = charged;
	enum status status = cap_drop(process, handle);

	PROVE(kept(), "dropping keeps what the kernel keeps");
	PROVE(receivers == receiving_slots(), "capabilities to receive are counted off when they are dropped");
	check_handles(old);
	PROVE((status == STATUS_OK) == live, "exactly a live handle can be dropped");
	PROVE(given_up == references + live && charged == charges - live, "its reference and its charge are given up once");
	PROVE(IMPLIES(old.slot != number, unchanged(old)), "other slots keep what they hold");
	struct cap cap;

	PROVE(cap_read(process, handle, &cap) == STATUS_BAD_HANDLE || !live, "and then it names nothing");
}

/* ---- making room ---- */

struct frame_result group_frame_alloc(struct group *group)
{
	(void)group;
	return (struct frame_result){ .ok = MAYBE(), .status = STATUS_OUT_OF_FRAMES };
}

void group_frame_free(struct group *group, paddr_t frame) { (void)group; (void)frame; }

/* A frame that is zeroed, which the leaf is that has just been counted. */
vaddr_t hal_direct(paddr_t frame)
{
	(void)frame;
	struct cap_leaf *next = space->leaves == 1 ? leaf[0] : leaf[CAP_LEAVES - 1];

	*next = (struct cap_leaf){ };
	return (vaddr_t){ (u64)(uptr)next };
}

void prove_reserve(void)
{
	u32 count = ANY(u32);

	any_space();
	struct before old = remember();

	ASSUME(count <= CAP_LEAF_SLOTS && charged_now() >= promised + space->used);
	u64 charges = charged;
	enum status status = cap_reserve(process, count);

	if (status == STATUS_OK)
		promised += count;
	PROVE(kept(), "making room keeps what the kernel keeps");
	check_handles(old);
	PROVE(IMPLIES(good, unchanged(old)), "every slot keeps what it holds, unless that was revoked");
	PROVE(IMPLIES(good, charged == charges + (status == STATUS_OK ? count : 0)), "all is charged or nothing");
	PROVE(IMPLIES(status == STATUS_OK, charged >= count), "what is promised is charged");
	charges = charged - count;
	if (status != STATUS_OK)
		return;
	cap_unreserve(process, count);
	promised -= count;
	PROVE(kept() && charged == charges, "and can be given back");
}

/* WHY apart: `remember` needs a slot that is there. */
void prove_first(void)
{
	u32 count = ANY(u32);

	any_space();
	ASSUME(space->leaves == 0 && count != 0 && count <= CAP_LEAF_SLOTS);
	enum status status = cap_reserve(process, count);

	if (status == STATUS_OK)
		promised += count;
	PROVE(kept(), "the first slots are free, each listed once, but for slot 0, which is never used");
	PROVE(status != STATUS_OK || space->leaves != 0, "and there is room when it is promised");
	PROVE(space->lock.taken == 0, "the lock is free again");
}

void prove_at_hand(void)
{
	any_space();
	struct before old = remember();

	ASSUME(charged_now() >= promised + space->used);
	u64 charges = charged_now();
	bool enough = cap_reserve_at_hand_inline(process);

	promised += enough ? 1 : 0;
	PROVE(kept(), "taking room keeps what the kernel keeps");
	check_handles(old);
	PROVE(unchanged(old), "every slot keeps what it holds");
	PROVE(charged_now() == charges + (enough ? 1 : 0), "one is charged, or nothing");
}

void prove_add(void)
{
	any_space();
	struct before old = remember();
	struct cap cap = { .object = object, .lineage = lineage, .type = object->type, .rights = ANY(u32) };

	ASSUME(charged_now() >= promised + space->used);
	u32 references = given_up;
	u64 charges = charged_now();
	handle_t handle = {};
	enum status status = cap_add(process, &cap, &handle);
	bool added = status == STATUS_OK;

	PROVE(kept(), "adding keeps what the kernel keeps");
	check_handles(old);
	PROVE(charged_now() == charges + (added ? 1 : 0), "it is charged, or not added");
	PROVE(given_up == references + (added ? 0 : 1), "and then it is given up");
	PROVE(!added || (in_use(handle.v & 0xffff) && cap_tag_generation(at(handle.v & 0xffff)->tag) == handle.v >> 16),
		"the handle names it");
	PROVE(receivers == receiving_slots(), "capabilities to receive are counted");
}

/* ---- a child ---- */

struct pooled *pool_take(u32 pool)
{
	PROVE(pool == POOL_LINEAGE && made == nullptr, "one node of a lineage is made");
	if (MAYBE())
		return nullptr;
	made = NEW(struct lineage);
	made->pooled.pool = pool;
	return &made->pooled;
}

void prove_add_child(void)
{
	any_space();
	struct before old = remember();
	struct cap cap = { .object = object, .lineage = lineage, .type = object->type, .rights = ANY(u32) };
	u32 rights = ANY(u32), references = given_up;
	u64 charges = charged_now();

	ASSUME(charges >= promised + space->used && lineage->depth < LINEAGE_DEPTH_MAX);
	bool deepest = lineage->depth + 1 == LINEAGE_DEPTH_MAX;
	struct cap_added child = cap_add_child_inline(process, &cap, rights);
	handle_t handle = child.handle;
	bool added = child.status == STATUS_OK;

	PROVE(kept(), "adding keeps what the kernel keeps");
	check_handles(old);
	PROVE(charged_now() == charges + (added ? 1 : 0), "it is charged, or not added");
	PROVE(given_up == references + (added ? 0 : 1), "and then it is given up, once");
	PROVE(!added || (made != nullptr && !deepest), "it hangs below what it is derived from, which was not too deep");
	if (!added)
		return;
	struct cap_slot *slot = at(handle.v & 0xffff);

	PROVE(in_use(handle.v & 0xffff) && cap_tag_generation(slot->tag) == handle.v >> 16, "the handle names it");
	PROVE(slot->lineage == made && made->parent == lineage && made->refs == 1 && slot->rights == (rights & 0xffff),
		"by its own node, with the rights that were said");
	PROVE(receivers == receiving_slots(), "capabilities to receive are counted");
}

/* ---- the end ---- */

static u32 used_slots(void)
{
	u32 count = 0;

	for (u32 slot = 1; slot < SLOTS; slot++)
		count += in_use(slot);
	return count;
}

/* What was emptied stays empty: nothing is put into a closed space. */
static bool empty_below(u32 end)
{
	bool empty = true;

	for (u32 slot = 1; slot < SLOTS; slot++)
		empty = empty && (slot >= end || !in_use(slot));
	return empty;
}

void prove_drain(void)
{
	u32 steps = ANY(u32);

	any_space();
	space->drained = ANY(u32);
	ASSUME(steps <= SLOTS && space->drained <= slots() && empty_below(space->drained));
	ASSUME(space->drained == 0 || space->closed);
	ASSUME(charged_now() >= promised + used_slots());
	u32 used = used_slots(), references = given_up, begun = space->drained;
	u64 charges = charged;
	bool done = cap_space_drain(process, steps);

	PROVE(kept() && space->closed, "emptying keeps what the kernel keeps, and nothing comes any more");
	PROVE(empty_below(space->drained), "what is behind it is empty");
	PROVE(given_up - references == used - used_slots() && charges - charged == used - used_slots(),
		"each capability is given up once, and its charge");
	PROVE(receivers == receiving_slots(), "capabilities to receive are counted off");
	PROVE(done ? space->drained == slots() && used_slots() == 0 : space->drained == begun + steps,
		"in bounded steps, until none is left");
}
