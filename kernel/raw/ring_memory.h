/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: an event ring in frames of its own, which readers map read-only.
 */
#ifndef KERNEL_RAW_RING_MEMORY_H
#define KERNEL_RAW_RING_MEMORY_H

#include "kernel/core/trace/trace.h"
#include "kernel/hal/mmu.h"

static_assert(sizeof(struct trace_ring) == PAGE_BYTES << TRACE_RING_ORDER);

/* A zeroed ring. */
static inline struct trace_ring *ring_in_frames(paddr_t frames)
{
UNSAFE_BEGIN("SAFETY: 2^TRACE_RING_ORDER whole frames, owned for ever, hold the ring by the assertion above");
	struct trace_ring *ring = (struct trace_ring *)(uptr)hal_direct(frames).v;

	__builtin_memset(ring, 0, sizeof(*ring));
	return ring;
UNSAFE_END();
}

#endif
