/* SPDX-License-Identifier: Apache-2.0
 *
 * From a handle to a capability. Any space, any contents of the slot that the handle's lower half names, any
 * generation: what is found, and what is refused.
 */
#include "kernel/core/cap/space.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct process *process;
static struct cap_slot *slot;   /* the one that the handle names; null: there is none */
static bool lineage_good;

/* The proofs of lineage.c show what this stands for. */
bool lineage_walk(struct lineage *lineage)
{
	(void)lineage;
	return lineage_good;
}

/* A space whose slot for the handle, if it has one, holds anything that was ever put into a slot. */
static void any_space(handle_t handle)
{
	u32 number = handle.v & 0xffff;

	ASSUME(number < CAP_SLOTS_MAX);
	process = NEW(struct process);
	process->caps.directory = NEW(struct cap_directory);
	slot = nullptr;
	process->caps.directory->leaf[number / CAP_LEAF_SLOTS] = nullptr;
	if (MAYBE())
		return;
	struct cap_leaf *leaf = NEW(struct cap_leaf);

	process->caps.directory->leaf[number / CAP_LEAF_SLOTS] = leaf;
	slot = &leaf->slot[number % CAP_LEAF_SLOTS];
	slot->object = NEW(struct object);
	slot->lineage = NEW(struct lineage);
	lineage_good = MAYBE();
	lineage_revocations = ANY(u64);
	ASSUME(cap_tag_type(slot->tag) < OBJECT_COUNT && (slot->tag & 0xfe) == 0 && slot->lineage->checked_at <= lineage_revocations);
	ASSUME(IMPLIES(slot->lineage->checked_at == lineage_revocations, lineage_good));
}

/* The handle names the slot's present contents. */
static bool names(handle_t handle)
{
	return slot != nullptr && (slot->tag & CAP_TAG_USED) != 0 && cap_tag_generation(slot->tag) == handle.v >> 16;
}

/* With the real sizes: whatever the handle, its leaf is one that the directory has a place for. */
void prove_slot_at(void)
{
	process = NEW(struct process);
	process->caps.directory = NEW(struct cap_directory);
	*process->caps.directory = (struct cap_directory){ };
	PROVE(cap_slot_at(&process->caps, ANY(u32) & 0xffff) == nullptr, "in an empty space no handle has a slot");
}

void prove_read(void)
{
	handle_t handle = ANY(handle_t);
	struct cap cap;

	any_space(handle);
	enum status status = cap_read(process, handle, &cap);

	PROVE((status == STATUS_BAD_HANDLE) == !names(handle), "a handle of another generation or of an empty slot is refused");
	PROVE((status == STATUS_REVOKED) == (names(handle) && !lineage_good), "a revoked capability is refused");
	if (status != STATUS_OK)
		return;
	PROVE(cap.object == slot->object && cap.lineage == slot->lineage && cap.value == slot->value,
		"what is found is what the slot holds");
	PROVE(cap.type == cap_tag_type(slot->tag), "so is the type");
	PROVE(cap.rights == slot->rights, "so are the rights");
}

void prove_resolve(void)
{
	handle_t handle = ANY(handle_t);
	enum object_type type = ANY(u32) % OBJECT_COUNT;
	u32 rights = ANY(u32);

	any_space(handle);
	struct cap_found found = cap_resolve(process, handle, type, rights);
	bool right = slot != nullptr && cap_tag_type(slot->tag) == type;
	bool allowed = slot != nullptr && (~slot->rights & rights) == 0;

	PROVE((found.status == STATUS_OK) == (names(handle) && lineage_good && right && allowed),
		"a handle resolves exactly to a live object of its type and generation with all the rights asked for");
	PROVE(found.status == STATUS_OK ? found.object == slot->object : found.object == nullptr, "and only then to an object");
}

/* The path without reasons agrees with the one that gives them, but for a lineage that was not looked at since
 * the last revocation: that it leaves to the other. */
void prove_lookup(void)
{
	handle_t handle = ANY(handle_t);
	enum object_type type = ANY(u32) % OBJECT_COUNT;
	u32 rights = ANY(u32) & 0xffff;
	struct cap quick;

	any_space(handle);
	bool found = cap_lookup(&process->caps, handle.v, type, rights, &quick) && cap_unrevoked(&quick, lineage_revocations);
	bool fresh = slot != nullptr && slot->lineage->checked_at == lineage_revocations;
	struct cap_found slow = cap_resolve(process, handle, type, rights);

	PROVE(found == (slow.status == STATUS_OK && fresh), "the quick way finds what the slow way finds");
	PROVE(IMPLIES(found, quick.object == slow.object && quick.value == slot->value && quick.lineage == slot->lineage),
		"and the same object, lineage and value");
	PROVE(IMPLIES(found, quick.type == cap_tag_type(slot->tag)), "of the slot's type");
}

void object_last_unref(struct object *object) { (void)object; }

void lineage_unref(struct lineage *lineage)
{
	PROVE(lineage->refs != 0, "a reference to a lineage that is given up was there");
	lineage->refs--;
}


void prove_acquire(void)
{
	handle_t handle = ANY(handle_t);
	u32 rights = ANY(u32);
	struct cap cap;

	any_space(handle);
	u32 objects = slot != nullptr ? slot->object->refs : 0, lineages = slot != nullptr ? slot->lineage->refs : 0;

	ASSUME(objects < U32_MAX && lineages < U32_MAX);
	enum status status = cap_acquire(process, handle, rights, &cap);

	if (slot == nullptr) {
		PROVE(status == STATUS_BAD_HANDLE, "no slot, no capability");
		return;
	}
	bool held = status == STATUS_OK;

	PROVE(IMPLIES(held, objects != 0 && lineages != 0), "nothing that is dying is held");
	PROVE(IMPLIES(held, (rights & ~slot->rights) == 0), "nor what may not be used so");
	PROVE(slot->object->refs == objects + held && slot->lineage->refs == lineages + held,
		"what is acquired is held once, what is refused not at all");
	if (!held)
		return;
	cap_release(&cap);
	PROVE(slot->object->refs == objects && slot->lineage->refs == lineages, "releasing undoes it");
}
