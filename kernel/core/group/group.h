/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource groups: hierarchical limits and accounts. Whatever is made or touched is charged to a
 * group and to every group above it, or to none. Some is charged ahead: account.c.
 * INV-GROUP-SUM: what is used of an account is at least what is ready in it and the sum of what its
 * subgroups use.
 */
#ifndef KERNEL_CORE_GROUP_GROUP_H
#define KERNEL_CORE_GROUP_GROUP_H

#include "abi/structs.h"
#include "kernel/core/cap/sweep.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/list.h"

/* As abi/ has them (enum resource). GROUP_RESERVED: processor time promised to budgets, in millionths of one processor. */
enum group_account : u32 { GROUP_FRAMES, GROUP_OBJECTS, GROUP_CAPS, GROUP_THREADS, GROUP_RESERVED, GROUP_ACCOUNTS };
/* GROUP_READY_MOST: with more than so much ready, some is given back. */
enum : u32 { GROUP_DEPTH_MAX = 8, NAME_BYTES = 32, GROUP_READY_MOST = 32 };

struct account {
	u64 limit; /* U64_MAX: none of its own */
	u64 used;  /* atomic; with what is ready here and below */
	u64 ready; /* atomic: charged here and above, and not yet taken by anything */
	u64 rules_seen; /* atomic: when this and those above were last found within their limits */
};

struct STABLE group {
	struct object object;
	struct group *parent;      /* counted; null for the root */
	u32 depth;
	u32 max_priority;
	u32 weight;                /* atomic: share of best effort among its siblings, sched/share.h */
	u64 active_weight;         /* atomic: of its activities and subgroups that want to run */
	u64 counted;               /* atomic: what of its weight is in its parent's active_weight */
	struct account account[GROUP_ACCOUNTS];
	u64 peak_frames;           /* of what was used and ready */
	u64 cpu_ns;                /* atomic; of its activities and those of its subgroups */
	char name[NAME_BYTES];

	struct lock lock;
	/* under lock; members are not counted: they leave before they die */
	struct list processes;
	struct list children;
	struct list_node sibling;  /* under the parent's lock */
	struct sweep sweep;
};

/* The group at the top. Charges nothing to anybody. */
[[nodiscard]] enum status group_make_root(struct group **out);

/* Charges to the group and all above it. Errors: by account, OUT_OF_FRAMES, OUT_OF_OBJECTS,
 * OUT_OF_CAPS, OUT_OF_THREADS, OUT_OF_TIME; DEAD. On an error nothing is charged. */
[[nodiscard]] enum status group_charge(struct group *group, enum group_account which, u64 amount);
void group_release(struct group *group, enum group_account which, u64 amount);

/* The highest group in which so much more does not fit at present; null: it does everywhere. */
struct group *group_full(struct group *group, enum group_account which, u64 amount);

/* Changes of limits and destructions so far: see account.c. */
extern u64 group_rules;

/* The common case of a charge: so much is ready, and may be taken. False: nothing was charged. */
[[nodiscard]] static FORCE_INLINE bool group_take_ready(struct group *group, enum group_account which, u64 amount)
{
	struct account *account = ELEM(group->account, which);
	u64 ready = atomic_load(&account->ready);

	if (UNLIKELY(atomic_load(&account->rules_seen) != atomic_load_acquire(&group_rules)))
		return false;
	while (LIKELY(ready >= amount))
		if (LIKELY(atomic_compare_exchange_once(&account->ready, &ready, ready - amount)))
			return true;
	return false;
}

/* group_charge for one, where it is done so often that a call of a function counts. */
[[nodiscard]] static FORCE_INLINE enum status group_charge_one(struct group *group, enum group_account which)
{
	return LIKELY(group_take_ready(group, which, 1)) ? STATUS_OK : group_charge(group, which, 1);
}

/* The same of group_release. */
HAL_RARE_CALL void group_give_batch(struct group *group, enum group_account which);
static FORCE_INLINE void group_release_one(struct group *group, enum group_account which)
{
	struct account *account = ELEM(group->account, which);

	if (UNLIKELY(atomic_load(&account->rules_seen) != atomic_load(&group_rules)))
		group_release(group, which, 1);
	else if (UNLIKELY(atomic_add(&account->ready, 1u) >= GROUP_READY_MOST))
		group_give_batch(group, which);
}

/* What the group and those below use of an account. */
u64 group_use(struct group *group, enum group_account which);

/* Some group's limits have become others, or it takes no more charges: each finds that out at its next. */
void group_rules_changed(void);

/* A zeroed frame, charged. status is set when it fails. */
struct frame_result group_frame_alloc(struct group *group);

/* 2^order frames, charged, not zeroed; only if there is ample room for them. What they are refused for nobody is told. */
struct frame_result group_run_alloc(struct group *group, u32 order);
void group_frame_free(struct group *group, paddr_t frame);

/* Its end: see object.h. */
bool group_close(struct group *group);
/* What it has ready goes back to those above. */
void group_give_ready(struct group *group);

/* A grace period after its end: nobody refers to it, nor does a call under way that found it without, so nothing is
 * charged to it, or given back, any more. */
void group_close_accounts(struct group *group);

/* The next group in depth-first order below `top`; `from` may be `top`. Without a lock. */
struct group *group_walk(const struct group *top, struct group *from);

/* True if `inner` is `outer` or below it. */
bool group_contains(const struct group *outer, const struct group *inner);

/* A subgroup joins when made and leaves when closed. */
void group_add_child(struct group *parent, struct group *child);

/* Processes enter when made and leave when gone. */
void group_enter(struct group *group, struct process *process);
void group_leave(struct group *group, struct process *process);

/* The process with the smallest id above `after` in the group and below; null at the end. A
 * reference is taken. `ended`: also those that have. */
struct process *group_next(struct group *group, u64 after, bool ended);

#endif
