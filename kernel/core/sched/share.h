/* SPDX-License-Identifier: Apache-2.0
 *
 * Fair share: best effort in proportion to weights, of groups among their siblings and of activities in
 * their group. See ADR 20.
 *
 * The share of an activity is the product, over itself and each group above it, of weight over the weights
 * of all active siblings. Its virtual time is the time that it used divided by its share. On a processor the
 * one with the least virtual time runs, so that all advance alike and each gets its share.
 *
 * INV-SHARE: a group's `active_weight` is the sum of what is `counted` of its activities and subgroups; an
 * activity is counted while it has a use, a group while its active weight is not 0.
 */
#ifndef KERNEL_CORE_SCHED_SHARE_H
#define KERNEL_CORE_SCHED_SHARE_H

#include "kernel/core/group/group.h"
#include "kernel/core/sched/activity.h"

/* Virtual times are above any time of a clock: who has a budget goes before who has not. */
enum : u64 { VIRTUAL_BASE = 1ull << 63 };

/* One more, or one less, processor that runs or queue that holds a thread with it. */
void share_use(struct activity *activity);
void share_unuse(struct activity *activity);

/* Whether it is best effort, or its weight, may have changed. */
void share_update(struct activity *activity);
/* A group's weight may have changed. */
void share_update_group(struct group *group);

/* Time was used: counted in the groups, and as virtual time. With the activity's lock held. */
void share_charge(struct activity *activity, u64 used_ns);

/* It is about to be queued on, or run on, a processor: its virtual time becomes one of that processor's
 * clock. One that waited is not given back what it did not use. With the activity's lock held. */
void share_place(struct activity *activity, const struct cpu *cpu, bool waking);

/* The processor has chosen it as the best: its clock goes on. */
void share_chosen(struct cpu *cpu, const struct activity *activity);

#endif
