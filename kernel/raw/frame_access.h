/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: the contents of a physical frame through the direct map. The frame belongs to the
 * caller: it is allocated, or part of a memory object that lives at least as long as this stay in
 * the kernel.
 */
#ifndef KERNEL_RAW_FRAME_ACCESS_H
#define KERNEL_RAW_FRAME_ACCESS_H

#include "kernel/hal/mmu.h"
#include "lib/base/span.h"

enum : u64 { FRAME_WORDS = PAGE_BYTES / 8, STRETCH_WORDS = 8, FRAME_STRETCHES = FRAME_WORDS / STRETCH_WORDS };

/* As many words as the compiler fills or copies without a loop. */
struct STABLE frame_stretch {
	u64 word[STRETCH_WORDS];
};

/* A frame as words. Radix nodes, free-list links and message buffers use it. WHY halves: which half of a word comes first in
 * memory is the machine's. */
struct STABLE frame_words {
	union {
		u64 word[FRAME_WORDS];
		u32 half[2 * FRAME_WORDS];
		struct frame_stretch stretch[FRAME_STRETCHES];
	};
};

static inline struct frame_words *frame_words(paddr_t frame)
{
UNSAFE_BEGIN("SAFETY: every frame of RAM is mapped, aligned, in the direct map; the caller owns it");
	return (struct frame_words *)(uptr)hal_direct(frame).v;
UNSAFE_END();
}

/* Bytes [offset, offset + bytes) of a frame; the caller stays inside the frame. */
static inline struct mspan frame_bytes(paddr_t frame, u64 offset, u64 bytes)
{
	INVARIANT(offset <= PAGE_BYTES && bytes <= PAGE_BYTES - offset, "INV-FRAME-RANGE");
UNSAFE_BEGIN("SAFETY: the range was just checked to lie inside one frame of the direct map");
	return (struct mspan){ .raw_p = (u8 *)(uptr)(hal_direct(frame).v + offset), .raw_n = (usize)bytes };
UNSAFE_END();
}

/* Physical memory that the boot loader filled (system image, symbols): checked by boot_info. */
static inline struct span boot_bytes(paddr_t at, u64 bytes)
{
UNSAFE_BEGIN("SAFETY: boot_info_check accepted the range as RAM of the direct map that is never handed out");
	return (struct span){ .raw_p = (const u8 *)(uptr)hal_direct(at).v, .raw_n = (usize)bytes };
UNSAFE_END();
}

static inline void frame_zero(paddr_t frame)
{
	struct frame_words *words = frame_words(frame);

	for (u64 i = 0; i < FRAME_STRETCHES; i++)
		words->stretch[i] = (struct frame_stretch){};
}

#endif
