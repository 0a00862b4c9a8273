/* SPDX-License-Identifier: Apache-2.0
 *
 * The shadow of memory that the address sanitizer looks at: what is closed, and how a closed byte is described.
 */
#include "kernel/core/mem/frame.h"
#include "kernel/core/mem/shadow.h"
#include "kernel/raw/frame_access.h"
#include "tests/host/kernel/tests.h"

/* The frames looked at, and one more for their shadow. */
enum : u32 { ORDER = 2, FRAMES = 1u << ORDER };

static struct shadow_closed closed;

static bool refused(paddr_t at, u64 offset, u64 bytes)
{
	closed = (struct shadow_closed){};
	return shadow_refuses(hal_direct(at).v + offset, bytes, &closed);
}

static void free_frames_are_closed_but_for_their_links(void)
{
	struct frame_result block = frame_alloc(ORDER + 1);
	u64 first = block.frame.v >> PAGE_SHIFT;

	EXPECT(block.ok);
	shadow_cover(first, first + FRAMES, first + FRAMES);
	EXPECT(!refused(block.frame, 0, 8)); /* nobody looks yet */
	shadow_watch(true);
	shadow_frames_free(block.frame, ORDER);
	shadow_links(block.frame, true);
	EXPECT(!refused(block.frame, 0, 16));
	EXPECT(refused(block.frame, 8, 16));
	EXPECT_EQ(closed.mark, SHADOW_FRAME);
	EXPECT_EQ(closed.into, 16);
	EXPECT(refused(block.frame, FRAMES * PAGE_BYTES - 1, 1));
	EXPECT(!refused(block.frame, FRAMES * PAGE_BYTES, 8)); /* not of the zone */
	EXPECT(refused(block.frame, PAGE_BYTES - 4, 8));
	shadow_frames_taken(block.frame, ORDER);
	EXPECT(!refused(block.frame, 0, FRAMES * PAGE_BYTES));
	EXPECT(!shadow_refuses(0x1000, 8, &closed)); /* far from the direct map */
	shadow_frames_free(block.frame, 0);
	EXPECT(refused(block.frame, 100, 1) && !refused(block.frame, PAGE_BYTES, 8));
	shadow_watch(false);
	EXPECT(!refused(block.frame, 100, 1));
	frame_free(block.frame, ORDER + 1);
}

void shadow_tests(void)
{
	RUN(free_frames_are_closed_but_for_their_links);
}
