/* SPDX-License-Identifier: Apache-2.0
 *
 * Capabilities and capability spaces.
 *
 * A space is a table of slots in frames, reached by handles {generation:16, slot:16}. Slots are
 * changed under the space's lock and read without it: `tag` is written last when a slot is
 * filled and first when it is emptied, so a reader that finds the same tag before and after
 * its loads has seen one capability. A slot whose generation is used up is never used again:
 * INV-HANDLE: a handle that was once given never names another capability.
 */
#ifndef KERNEL_CORE_CAP_CAP_H
#define KERNEL_CORE_CAP_CAP_H

#include "abi/structs.h"
#include "kernel/core/cap/sweep.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/addr.h"

enum : u32 {
	CAP_SLOTS_MAX = 65536,
	CAP_LEAF_SLOTS = 128,                        /* slots in one frame */
	CAP_LEAVES = CAP_SLOTS_MAX / CAP_LEAF_SLOTS, /* frames in a full space */
	CAP_GENERATION_MAX = 0xffff,
	LINEAGE_DEPTH_MAX = 32,
};

/* What a capability is, apart from where it is kept. */
struct cap {
	struct object *object;
	struct lineage *lineage;
	u64 value;       /* endpoint: badge; memory, irq, ioport: first unit | count << 32 */
	enum object_type type;
	u32 rights;
};

/* A slot in a frame. tag: generation << 16 | type << 8 | 1 if in use; the generation is where a handle has it, so that
 * whoever knows the type compares once. In a free slot `value` is the next free slot.
 * INV-SLOT-TYPE: in a used slot the type is the object's. */
struct STABLE cap_slot {
	u32 tag;
	u32 rights;
	struct object *object;
	struct lineage *lineage;
	u64 value;
};

struct STABLE cap_leaf {
	struct cap_slot slot[CAP_LEAF_SLOTS];
};

struct STABLE cap_directory {
	struct cap_leaf *leaf[CAP_LEAVES];
};

struct STABLE cap_space {
	struct lock lock;
	/* under lock */
	u32 free_first, free_last; /* list of free slots, used in turn; 0: empty. Slot 0 is never used */
	u32 leaves;
	u8 closed;                 /* dying process: nothing can be put in; a number, as checks of bools cost */
	u32 used;                  /* slots in use, reserved or spent */
	u32 drained;               /* dying process: slots below are empty */
	struct sweep sweep;
	/* read without the lock: only ever set */
	struct cap_directory *directory;
	struct group *group;       /* pays for frames and capabilities; the process holds the reference */
	paddr_t directory_frame;
};

/* An empty space with a directory. Errors: those of a frame. */
[[nodiscard]] enum status cap_space_init(struct cap_space *space, struct group *group);

/* The first unit and the number of units of a ranged capability. */
static inline u64 cap_range_first(const struct cap *cap) { return cap->value & U32_MAX; }
static inline u64 cap_range_count(const struct cap *cap) { return cap->value >> 32; }
static inline bool cap_is_ranged(enum object_type type)
{
	return type == OBJECT_MEMORY || type == OBJECT_IRQ || type == OBJECT_IOPORT;
}

/* Reads the capability of a handle and checks that its lineage is valid.
 * Errors: BAD_HANDLE, REVOKED. No lock; the object stays valid for this stay in the kernel. */
[[nodiscard]] enum status cap_read(struct process *process, handle_t handle, struct cap *out);

/* The same of one that carries these rights (DENIED), and what it refers to is held: for whoever keeps it. cap_release gives
 * it up. */
[[nodiscard]] enum status cap_acquire(struct process *process, handle_t handle, u32 rights, struct cap *out);
void cap_release(const struct cap *cap);

/* For a wait through a capability, of which nothing is kept but the handle: the object, if the
 * capability still is there and valid, else OK is not the answer. Errors: BAD_HANDLE, REVOKED. */
[[nodiscard]] enum status cap_still_names(struct process *process, u64 handle, const struct object *object);

/* cap_read plus the checks of type and rights. Errors also: WRONG_TYPE, DENIED. */
[[nodiscard]] enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type,
	u32 rights, struct cap *out);

/* The same for who needs the object alone. In two registers: nothing is written to memory. */
struct cap_found {
	enum status status;
	struct object *object; /* if OK; else null */
};
[[nodiscard]] struct cap_found cap_resolve(struct process *process, handle_t handle, enum object_type type, u32 rights);

/* Revocations so far; a lineage checked at this count is valid without a walk. What is to be found
 * by a revocation is made findable first, and the count compared after that (revoke.c). */
extern u64 lineage_revocations;

enum : u32 { CAP_TAG_USED = 1, CAP_TAG_GENERATION = 0xffff0000 };

static inline u32 cap_tag_generation(u32 tag) { return tag >> 16; }
static inline enum object_type cap_tag_type(u32 tag) { return (enum object_type)(tag >> 8 & 0xff); }

/* The slot holds what the handle was given for. */
static FORCE_INLINE bool cap_tag_fits(u32 tag, u32 handle)
{
	return ((tag ^ handle) & CAP_TAG_GENERATION) == 0 && (tag & CAP_TAG_USED) != 0;
}

static FORCE_INLINE struct cap_slot *cap_slot_at(const struct cap_space *space, u32 slot)
{
	struct cap_leaf *leaf = *ELEM(space->directory->leaf, slot / CAP_LEAF_SLOTS);

	return LIKELY(leaf != nullptr) ? ELEM(leaf->slot, slot % CAP_LEAF_SLOTS) : nullptr;
}

/* The same as cap_resolve_full, with one comparison for generation and type, and without a reason for a no: for paths that
 * have a slower way to find it out. Type and rights are constants; the rights are not set in `out`. The lineage is not
 * looked at: cap_unrevoked. */
static FORCE_INLINE bool cap_lookup(const struct cap_space *space, u32 handle, enum object_type type, u32 rights,
	struct cap *out)
{
	const u32 wanted = (handle & CAP_TAG_GENERATION) | (u32)type << 8 | CAP_TAG_USED;
	const struct cap_slot *slot = cap_slot_at(space, handle & 0xffff);

	if (UNLIKELY(slot == nullptr))
		return false;
	if (UNLIKELY(atomic_load_acquire(&slot->tag) != wanted) || UNLIKELY((slot->rights & rights) != rights))
		return false;
	out->type = type;
	out->object = slot->object;
	out->lineage = slot->lineage;
	out->value = slot->value;
	atomic_fence_load();
	return LIKELY(atomic_load(&slot->tag) == wanted);
}

/* Nothing at all was revoked since the capability was last found valid; `revocations` is their present count. Asked for
 * a wait that begins, under the lock under which a revocation would look for it: INV-REVOKE. */
static FORCE_INLINE bool cap_unrevoked(const struct cap *cap, u64 revocations)
{
	return LIKELY(atomic_load(&cap->lineage->checked_at) == revocations);
}

/* Makes room for `count` capabilities, so that as many cap_insert cannot fail. All or nothing;
 * charges the group. Before it fails, capabilities that have been revoked make room, and before it takes memory those that
 * a step finds: their handles are BAD_HANDLE from then on. Errors: OUT_OF_CAPS, perhaps for now (sweep.h),
 * OUT_OF_FRAMES, DEAD. */
[[nodiscard]] enum status cap_reserve(struct process *process, u32 count);

/* Whether there would be room, for whoever can be refused for now only before he begins. Errors: the same. */
[[nodiscard]] enum status cap_may_reserve(struct process *process, u32 count);
void cap_unreserve(struct process *process, u32 count);

/* Fills a reserved slot with a capability that is held; the slot has the references from then on. In
 * a space that is being emptied it is given up instead, and the handle is 0. */
handle_t cap_insert(struct process *process, const struct cap *cap);

/* Reserve and insert; what is held is given up if that fails. For new objects: the same with the
 * reference that object_create made. */
[[nodiscard]] enum status cap_add(struct process *process, const struct cap *cap, handle_t *out);
[[nodiscard]] enum status cap_add_new(struct process *process, struct object *object, u32 rights, u64 value,
	handle_t *out);

/* The same in a slot that is reserved. */
handle_t cap_insert_new(struct process *process, struct object *object, u32 rights);

/* Empties a slot and gives up what it referred to. Errors: BAD_HANDLE. */
[[nodiscard]] enum status cap_drop(struct process *process, handle_t handle);

/* Empties up to `steps` slots of a dying process from the end. True when all are gone. */
bool cap_space_drain(struct process *process, u32 steps);

/* Gives the frames of a drained space back. */
void cap_space_free(struct process *process);

/* The handle of what is in a slot now, if anything is. */
handle_t cap_handle_at(const struct cap_space *space, u32 index);

/* The live capability at or after *slot, which is the slot after it then. With *more it was not found yet, and is to be
 * looked for at *slot when others had their turn. Errors: NOT_FOUND: there is none. */
[[nodiscard]] enum status cap_next(struct process *process, u32 *slot, struct cap_info *info, bool *more);
void cap_describe(const struct cap *cap, handle_t handle, struct cap_info *info);

/* ---- lineage.c ---- */

static FORCE_INLINE void lineage_ref(struct lineage *lineage) { ref_take(&lineage->refs); }
[[nodiscard]] static FORCE_INLINE bool lineage_try_ref(struct lineage *lineage) { return ref_try_take(&lineage->refs); }
void lineage_unref(struct lineage *lineage);

/* Once more, of one that is held. */
static FORCE_INLINE void cap_ref(const struct cap *cap)
{
	object_ref(cap->object);
	lineage_ref(cap->lineage);
}

/* Holds what was read of a capability. False: the last copy has been dropped since. */
[[nodiscard]] static FORCE_INLINE bool cap_hold(const struct cap *cap)
{
	if (UNLIKELY(!object_try_ref(cap->object)))
		return false;
	if (LIKELY(lineage_try_ref(cap->lineage)))
		return true;
	object_unref(cap->object);
	return false;
}

/* Gives the memory of an unreferenced node back, after a grace period: readers may still walk it. */
void lineage_free(struct lineage *lineage);

/* Invalidates everything below the node. Constant time. */
void lineage_revoke(struct lineage *lineage);

HAL_RARE_CALL bool lineage_walk(struct lineage *lineage);

static FORCE_INLINE bool lineage_valid(struct lineage *lineage)
{
	if (LIKELY(atomic_load(&lineage->checked_at) == atomic_load_acquire(&lineage_revocations)))
		return true;
	return lineage_walk(lineage);
}

#endif
