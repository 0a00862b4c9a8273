/* SPDX-License-Identifier: Apache-2.0
 *
 * Which processor a thread runs on: where it is woken, who is fetched from elsewhere, and how best effort spreads
 * out. All go by what other processors show without a lock; a wrong guess costs time and nothing else.
 */
#ifndef KERNEL_CORE_SCHED_BALANCE_H
#define KERNEL_CORE_SCHED_BALANCE_H

#include "kernel/core/types.h"
#include "kernel/hal/cpu.h"
#include "lib/base/safe.h"

/* Where to wake: the processor it ran on last if that is free, else one that is, else a less busy one. */
HAL_RARE_CALL struct cpu *balance_place(const struct thread *thread);

/* Takes a thread above best effort that has to wait elsewhere and is more important than `own`, the best that waits
 * here (NO_PRIORITY: nobody); null: there is none. */
struct thread *balance_pull(const struct cpu *cpu, i32 own);

/* Takes a best-effort thread from the processor that has most of them waiting; null: there is none. */
struct thread *balance_steal(const struct cpu *cpu);

/* Where a slice ends: takes one of those who wait here, none more important than who runs, if it would run on another
 * processor. From behind best effort, if that evens out how many there are; from behind somebody above best effort,
 * who may go on and on, if somebody less important than it runs there, or nobody above best effort. *to is where that
 * is. Null: there is none. */
struct thread *balance_relieve(struct cpu *cpu, struct cpu **to);

#endif
