/* SPDX-License-Identifier: Apache-2.0
 *
 * Sweeping: revoked capabilities stay in their slots, and charged, so that their holders learn REVOKED. Before
 * anybody is refused a slot, those that are in the way are dropped.
 *
 * A sweep goes in passes, over the slots of a space or over the spaces of a group and all below it. A pass goes in steps, which
 * whoever needs room makes; several may at once. Between steps the kernel is left: a call that was refused for now
 * is made again (cap_refused_for_now).
 */
#ifndef KERNEL_CORE_CAP_SWEEP_H
#define KERNEL_CORE_CAP_SWEEP_H

#include "abi/errors.h"
#include "kernel/core/types.h"
#include "lib/base/safe.h"

/* The passes over a space or group; under its lock. */
struct sweep {
	u64 began;   /* count of revocations when the present pass began */
	u64 done;    /* the same of the last pass that has ended: what had been revoked by then is gone; atomic */
	u64 next;    /* where it goes on: a slot; the process after this one */
	bool begun;
	u32 late;    /* passes in a row during which more was revoked */
};

/* SWEEP_NOTHING: nothing revoked is left, or so much is revoked meanwhile that there is no waiting for that. */
enum swept : u32 { SWEEP_NOTHING, SWEEP_FOUND, SWEEP_MORE };

/* A step over the process' own space, until `wanted` slots were emptied. No lock is held, as for all of these. */
[[nodiscard]] enum swept sweep_space(struct process *process, u32 wanted);

/* Charges the process' group for slots; revoked capabilities make room in whatever group would refuse. A bounded
 * number of steps. Errors: those of group_charge; OUT_OF_CAPS may be for now. */
[[nodiscard]] enum status sweep_and_charge(struct process *process, u32 count);

/* Whether the processor's last refusal of a slot was only for now, since the sweep goes on: the call is to be
 * made again, and nothing may be done before that. */
[[nodiscard]] bool sweep_goes_on(enum status status);
void sweep_note(enum swept swept);

#endif
