/* SPDX-License-Identifier: Apache-2.0
 *
 * What every kernel object begins with, and the life of an object.
 *
 * Life: pool_take -> object_init (one reference, its maker's) -> shared through references ->
 * the last object_unref puts it on this processor's list of dead objects -> object_close (wakes
 * whoever waits on it, drops what it refers to) -> a grace period: every processor has left the
 * kernel at least once since, so none still uses a pointer it found in a table -> object_free
 * (gives memory back) -> pool_give.
 *
 * So within one stay in the kernel a pointer found through a capability stays a valid object
 * of its type without a reference being counted; only what is stored needs object_ref.
 * Memory of objects is type-stable: it never becomes an object of another type.
 */
#ifndef KERNEL_CORE_OBJECT_OBJECT_H
#define KERNEL_CORE_OBJECT_OBJECT_H

#include "abi/objects.h"
#include "kernel/core/object/pool.h"
#include "kernel/core/types.h"
#include "kernel/hal/atomic.h"
#include "kernel/hal/cpu.h"

/* The node of a derivation chain. A capability is valid while every node on its way up has the
 * epoch that the node below remembers. The first node of a chain is inside the object itself. */
struct STABLE lineage {
	struct pooled pooled;
	struct lineage *parent;  /* null: the original capability of the object */
	u64 epoch;               /* bumped by revoke: invalidates everything below */
	u64 parent_epoch;        /* the parent's epoch when this was derived */
	u64 checked_at;          /* revocation count when last found valid */
	u32 refs;                /* capabilities and child nodes */
	u32 depth;
	struct endpoint *watcher; /* told when refs of a badge become 0; null: nobody */
	/* A second line of the cache, not zeroed when a node is taken. */
	struct object *object;
	u64 badge;                /* for the watcher */
	struct lineage *next_gone;
	u32 receivers_below;      /* of an endpoint, see ipc/receivable.h; under its `counting` */
};

struct STABLE object {
	struct pooled pooled;
	enum object_type type;
	u8 dead;           /* not 0: closed, operations on it fail with DEAD; a number, as checks of bools cost */
	u8 at_work;        /* in a processor's list of those with work left, which holds it; under the object's lock */
	u32 refs;
	u64 id;            /* unique for the life of the system */
	struct group *group;  /* who pays; counted reference; null for the root group */
	struct lineage root;
};

/* Fills the header of a zeroed pool item; charges nothing. */
void object_init(struct object *object, enum object_type type, struct group *group);

/* Takes an item of the type's pool and charges one object to the group.
 * Errors: OUT_OF_OBJECTS, OUT_OF_FRAMES, DEAD (the group is being destroyed). */
[[nodiscard]] enum status object_create(enum object_type type, struct group *group, struct object **out);

/* One more reference in a count that is not 0: the caller holds one, or a lock that keeps one. */
static FORCE_INLINE void ref_take(u32 *refs)
{
	u32 before = atomic_add(refs, 1u);

	INVARIANT(before != 0, "INV-REF-LIVE");
}

/* One more reference unless the count is 0. */
[[nodiscard]] static FORCE_INLINE bool ref_try_take(u32 *refs)
{
	u32 seen = atomic_load(refs);

	while (seen != 0)
		if (LIKELY(atomic_compare_exchange_once(refs, &seen, seen + 1)))
			return true;
	return false;
}

/* The caller holds a reference or found the object live under a lock. */
static FORCE_INLINE void object_ref(struct object *object) { ref_take(&object->refs); }

/* A reference to something found without one; false if it is dying. */
[[nodiscard]] static inline bool object_try_ref(struct object *object) { return ref_try_take(&object->refs); }

/* Gives a reference up. Never destroys at once: see above. May be called with locks held. */
HAL_RARE_CALL void object_last_unref(struct object *object);
static FORCE_INLINE void object_unref(struct object *object)
{
	u32 before = atomic_sub(&object->refs, 1u);

	if (LIKELY(before > 1))
		return;
	INVARIANT(before != 0, "INV-REF-LIVE");
	object_last_unref(object);
}

/* Gives an item without a life of its own back after a grace period. */
void object_retire(struct pooled *item);

/* Something is left to do for an object, by steps of object_work on this processor, as urgent as each thread that it was told of;
 * not if its end will see to it. With the lock held that its steps take; the last clears `at_work` under it. */
void object_add_work(struct object *object, const struct thread *by);

/* Works off dead objects, and work that is left, of this processor in bounded steps until none are left or an
 * interrupt is pending. Called with no lock held on the way out of the kernel. */
void object_reap(void);

/* Grace periods are numbered; each processor notes, whenever it leaves the kernel, the newest that
 * was asked for (struct cpu, grace_seen): it holds no uncounted pointer from before. */
extern u64 object_grace_wanted;

/* Asks for a new one. */
u64 object_grace_ask(void);

/* Whether every other processor has left the kernel since that was asked for, or idles and so holds nothing. What those did
 * before is seen then. With `nudge` an interrupt brings the rest by, one for each period. Time: the number of processors. */
[[nodiscard]] bool object_grace_over(u64 grace, bool nudge);

#endif
