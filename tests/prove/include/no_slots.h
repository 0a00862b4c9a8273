/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands for kernel/core/cap/slot.h in harnesses that model capability spaces: what is inline there are the functions that
 * they define. handles.c and slots.c prove those to be the same.
 */
#ifndef TESTS_PROVE_INCLUDE_NO_SLOTS_H
#define TESTS_PROVE_INCLUDE_NO_SLOTS_H

#include "kernel/core/cap/cap.h"

#define KERNEL_CORE_CAP_SLOT_H /* it is not to be included any more */

struct cap_added {
	enum status status;
	handle_t handle;
};

static inline enum status cap_acquire_inline(struct process *process, handle_t handle, u32 rights, struct cap *out)
{
	return cap_acquire(process, handle, rights, out);
}

/* The harness'. */
bool cap_reserve_at_hand(struct process *process);

static inline bool cap_reserve_at_hand_inline(struct process *process) { return cap_reserve_at_hand(process); }
static inline void cap_release_inline(const struct cap *cap) { cap_release(cap); }

static inline handle_t cap_insert_inline(struct process *process, const struct cap *cap) { return cap_insert(process, cap); }

enum status cap_add_child(struct process *process, struct cap *cap, u32 rights, handle_t *out);

static inline struct cap_added cap_add_child_inline(struct process *process, struct cap *cap, u32 rights)
{
	struct cap_added added = {};

	added.status = cap_add_child(process, cap, rights, &added.handle);
	return added;
}

#endif
