/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: zeroed frames seen as parts of a capability space.
 */
#ifndef KERNEL_RAW_CAP_MEMORY_H
#define KERNEL_RAW_CAP_MEMORY_H

#include "kernel/core/cap/cap.h"
#include "kernel/hal/mmu.h"

static_assert(sizeof(struct cap_leaf) <= PAGE_BYTES);
static_assert(sizeof(struct cap_directory) <= PAGE_BYTES);

UNSAFE_BEGIN("SAFETY: each frame is zeroed, owned by the space, and used as this one struct until the space is freed after a grace period");
static inline struct cap_leaf *cap_leaf_in(paddr_t frame)
{
	return (struct cap_leaf *)(uptr)hal_direct(frame).v;
}

static inline struct cap_directory *cap_directory_in(paddr_t frame)
{
	return (struct cap_directory *)(uptr)hal_direct(frame).v;
}

static inline paddr_t cap_leaf_frame(struct cap_leaf *leaf)
{
	return (paddr_t){ (u64)(uptr)leaf - hal_direct((paddr_t){ 0 }).v };
}
UNSAFE_END();

#endif
