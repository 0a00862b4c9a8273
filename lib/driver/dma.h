/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that a driver's device sees: the pieces that its manifest's `dma_kib' brings.
 */
#ifndef LIB_DRIVER_DMA_H
#define LIB_DRIVER_DMA_H

#include "lib/rt/memory.h"

struct dma_piece {
	handle_t handle;
	pages_t pages;
	u64 address, bytes;  /* as the device finds it */
};

/* A piece, from 0. False: there are not as many. Each call maps it anew. */
[[nodiscard]] bool dma_piece(u32 number, struct dma_piece *out);

/* A piece of which parts are taken, from its beginning on. */
struct dma_memory {
	struct dma_piece piece;
	u64 used;
};

/* The next part, which begins with a multiple of 64: where it is in the piece, to be looked at and for the device's eyes. */
[[nodiscard]] bool dma_take(struct dma_memory *memory, u64 bytes, u64 *at);

static inline struct mspan dma_span(const struct dma_memory *memory, u64 at, u64 bytes)
{
	return mspan_part(rt_pages_mspan(memory->piece.pages), at, bytes);
}

static inline u64 dma_address(const struct dma_memory *memory, u64 at) { return memory->piece.address + at; }

#endif
