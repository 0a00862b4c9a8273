/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole capability spaces: their beginning, their frames at the end, and what looks through one. Any space with anything in
 * its slots. handles.c and slots.c have what is done to single slots.
 */
#include "kernel/core/cap/space.c"
#include "tests/prove/include/quiet.h"

enum : u32 { SLOTS = CAP_SLOTS_MAX, FRAMES = CAP_LEAVES + 1 };

struct cpu *prove_this_cpu;
u64 lineage_revocations, group_rules;

static struct process *process;
static struct cap_space *space;
static struct group *payer;
static struct cap_leaf *leaf[CAP_LEAVES];
static struct cap_directory *directory;
static struct object *object[SLOTS];
static struct lineage *lineage[SLOTS];
static bool good[SLOTS];            /* what the slot holds, if anything, was not revoked */
static u32 frames;                  /* held */
static bool back[FRAMES];
static u32 kept_receivers;

/* ---- what is modelled ---- */

bool lineage_walk(struct lineage *at)
{
	for (u32 i = 0; i < SLOTS; i++)
		if (at == lineage[i])
			return good[i];
	PROVE(false, "a lineage that a slot holds");
	return false;
}

void lineage_unref(struct lineage *at) { at->refs--; }
void object_last_unref(struct object *at) { (void)at; PROVE(false, "what is looked at is held by its slot"); }
void receivable_more(struct object *at, struct lineage *by) { (void)at; (void)by; kept_receivers++; }
bool hal_interrupt_pending(void) { return MAYBE(); }

/* Frames are at some distance from where they are seen. */
enum : u64 { DIRECT = PAGE_BYTES };
vaddr_t hal_direct(paddr_t frame) { return (vaddr_t){ frame.v + DIRECT }; }
static paddr_t frame_of(const void *at) { return (paddr_t){ (u64)(uptr)at - DIRECT }; }

struct frame_result group_frame_alloc(struct group *group)
{
	PROVE(group == payer, "who pays for the space pays for its frames");
	if (MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	frames++;
	*directory = (struct cap_directory){ };
	return (struct frame_result){ .ok = true, .frame = frame_of(directory) };
}

void group_frame_free(struct group *group, paddr_t frame)
{
	u32 number = CAP_LEAVES;

	for (u32 i = 0; i < CAP_LEAVES; i++)
		number = frame.v == frame_of(leaf[i]).v ? i : number;
	PROVE(number < CAP_LEAVES || frame.v == frame_of(directory).v, "a frame of the space");
	PROVE(group == payer && frames != 0 && !back[number], "each is given back once, to who pays for it");
	back[number] = true;
	frames--;
}

enum status group_charge(struct group *group, enum group_account account, u64 amount)
{
	(void)amount;
	PROVE(group == payer && account == GROUP_CAPS, "capabilities are charged as capabilities");
	return MAYBE() ? STATUS_OK : STATUS_DEAD;
}

void group_release(struct group *group, enum group_account account, u64 amount)
{
	(void)amount;
	PROVE(group == payer && account == GROUP_CAPS, "and given back as such");
}

enum status sweep_and_charge(struct process *at, u32 count) { (void)at; (void)count; return STATUS_OUT_OF_CAPS; }
enum swept sweep_space(struct process *at, u32 wanted) { (void)at; (void)wanted; return SWEEP_NOTHING; }
void sweep_note(enum swept swept) { (void)swept; }

/* ---- any space ---- */

static struct cap_slot *at(u32 slot) { return &leaf[slot / CAP_LEAF_SLOTS]->slot[slot % CAP_LEAF_SLOTS]; }
static u32 slots(void) { return space->leaves * CAP_LEAF_SLOTS; }
static bool in_use(u32 slot) { return slot < slots() && (at(slot)->tag & CAP_TAG_USED) != 0; }

static void any_slot(u32 slot)
{
	object[slot] = NEW(struct object);
	lineage[slot] = NEW(struct lineage);
	at(slot)->object = object[slot];
	at(slot)->lineage = lineage[slot];
	good[slot] = MAYBE();
	ASSUME(object[slot]->type > OBJECT_NONE && object[slot]->type < OBJECT_COUNT);
	ASSUME(object[slot]->refs != 0 && object[slot]->refs < U32_MAX);
	ASSUME(lineage[slot]->refs != 0 && lineage[slot]->refs < U32_MAX);
	ASSUME(IMPLIES(lineage[slot]->checked_at == lineage_revocations, good[slot]));
	ASSUME(!in_use(slot) || (cap_tag_type(at(slot)->tag) == object[slot]->type && cap_tag_generation(at(slot)->tag) != 0));
}

static void any_space(void)
{
	process = NEW(struct process);
	space = &process->caps;
	payer = NEW(struct group);
	payer->account[GROUP_CAPS].ready = 0;
	space->group = payer;
	space->lock.taken = 0;
	space->closed = MAYBE();
	directory = NEW(struct cap_directory);
	space->directory = directory;
	space->directory_frame = frame_of(directory);
	lineage_revocations = ANY(u64);
	ASSUME(space->leaves <= CAP_LEAVES);
	for (u32 i = 0; i < CAP_LEAVES; i++) {
		leaf[i] = NEW(struct cap_leaf);
		directory->leaf[i] = i < space->leaves ? leaf[i] : nullptr;
	}
	for (u32 slot = 0; slot < SLOTS; slot++)
		any_slot(slot);
	ASSUME(!in_use(0));
	frames = space->leaves + 1;
	for (u32 i = 0; i < FRAMES; i++)
		back[i] = false;
}

/* ---- proofs ---- */

void prove_init(void)
{
	any_space();
	u32 before = frames;

	*space = (struct cap_space){ };
	enum status status = cap_space_init(space, payer);
	bool ok = status == STATUS_OK;

	PROVE(space->group == payer && space->leaves == 0 && space->lock.taken == 0, "a space begins empty");
	PROVE(frames == before + (ok ? 1 : 0) && (space->directory != nullptr) == ok, "with a directory, or nothing");
	PROVE(!ok || cap_slot_at(space, ANY(u32) % SLOTS) == nullptr, "in which no handle has a slot");
	frames -= before;
	cap_space_free(process);
	PROVE(frames == 0, "which goes at its end; of one without there is nothing to give back");
}

void prove_free(void)
{
	any_space();
	cap_space_free(process);
	PROVE(frames == 0, "each frame is given back");
	cap_space_free(process);
	PROVE(frames == 0 && space->leaves == 0 && space->directory == nullptr, "and none again");
}

static bool live(u32 slot) { return in_use(slot) && good[slot]; }

void prove_next(void)
{
	any_space();
	u32 slot = ANY(u32), begun, any = ANY(u32) % SLOTS;
	struct cap_info info = {};
	bool more = MAYBE();

	begun = slot;
	enum status status = cap_next(process, &slot, &info, &more);
	u32 found = slot - 1;

	PROVE(slot >= begun && (slot <= slots() || slot == begun), "it goes on, and not beyond the last slot");
	PROVE(begun >= slots() || slot > begun, "it gets further");
	PROVE(any < begun || any >= slot || !live(any) || (status == STATUS_OK && any == found), "no live capability is left out");
	PROVE(status == STATUS_OK || slot >= slots() || more, "and it is said if it was not found yet");
	if (status != STATUS_OK)
		return;
	PROVE(live(found) && !more, "what is found is live");
	PROVE(info.handle == (cap_tag_generation(at(found)->tag) << 16 | found) && info.type == object[found]->type &&
		info.rights == at(found)->rights && info.object_id == object[found]->id && info.depth == lineage[found]->depth,
		"and described as it is");
	u64 value = at(found)->value;

	PROVE(cap_is_ranged(object[found]->type) ? info.value == (u32)value && info.count == value >> 32
		: info.value == value && info.count == 0, "with its range, or its badge");
}

void prove_still_names(void)
{
	any_space();
	u64 handle = ANY(u64), number = handle & 0xffff;
	u32 other = ANY(u32) % SLOTS;

	ASSUME(number < SLOTS);
	bool there = in_use((u32)number) && cap_tag_generation(at((u32)number)->tag) == ((u32)handle >> 16);
	enum status status = cap_still_names(process, handle, object[other]);

	PROVE((status == STATUS_OK) == (!space->closed && there && good[number] && other == number),
		"a wait goes on exactly through a live capability to what it waits at");
	PROVE(status != STATUS_REVOKED || (there && !good[number]), "and is told of a revocation if there was one");
}

/* ---- of new objects ---- */

/* A space with room in slot 1. */
static void room_in_slot_1(void)
{
	ASSUME(space->leaves == CAP_LEAVES && !in_use(1) && cap_tag_generation(at(1)->tag) != 0);
	space->free_first = space->free_last = 1;
	at(1)->value = 0;
}

static void check_new(struct object *fresh, handle_t handle, u32 refs, u32 root_refs, u32 rights, u64 value)
{
	const struct cap_slot *slot = at(1);

	PROVE(fresh->refs == refs && fresh->root.refs == root_refs + 1, "the maker's reference goes over, the root is held");
	PROVE((handle.v & 0xffff) == 1 && slot->object == fresh && slot->lineage == &fresh->root, "it is the original one");
	PROVE(slot->rights == (rights & 0xffff) && slot->value == value, "with exactly these rights");
	PROVE((kept_receivers != 0) == may_receive_by(fresh->type, rights & 0xffff), "and counted, if by it one receives");
}

void prove_new(void)
{
	any_space();
	room_in_slot_1();
	struct object *fresh = NEW(struct object);
	u32 rights = ANY(u32) & 0xffff, refs = fresh->refs, root_refs = fresh->root.refs;
	u64 value = ANY(u64);
	handle_t handle = {};

	kept_receivers = 0;
	ASSUME(fresh->type > OBJECT_NONE && fresh->type < OBJECT_COUNT && refs > 1 && root_refs != 0 && root_refs < U32_MAX);
	ASSUME(space->used < SLOTS);
	bool reserved = MAYBE(), closed = space->closed, full = cap_slots_free(space) == 0;

	if (reserved) {
		ASSUME(space->used > 0);
		value = 0;
		handle = cap_insert_new(process, fresh, rights);
		PROVE((handle.v == 0) == (closed != 0), "a slot that was promised is there, but for a space that is emptied");
	} else {
		enum status status = cap_add_new(process, fresh, rights, value, &handle);

		PROVE(status == STATUS_OK || handle.v == 0, "without a handle it is said why");
		PROVE(IMPLIES(status == STATUS_OK, !closed && !full), "there is room where it is put in");
	}
	if (handle.v != 0)
		check_new(fresh, handle, refs, root_refs, rights, value);
	else
		PROVE(fresh->refs == refs - 1 && fresh->root.refs == root_refs, "what is refused is given up");
	PROVE(space->lock.taken == 0, "the lock is free again");
}

void prove_may_reserve(void)
{
	any_space();
	u32 count = ANY(u32), used = space->used;

	ASSUME(count <= 2 && used < SLOTS && space->leaves == CAP_LEAVES);
	enum status status = cap_may_reserve(process, count);

	PROVE(space->used == used && space->lock.taken == 0, "asking for room takes none");
	PROVE(IMPLIES(status == STATUS_OK, !space->closed && cap_slots_free(space) >= count), "there is as much as is said");
}
