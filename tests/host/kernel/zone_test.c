/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory by NUMA nodes: how regions become zones, and from which node a processor gets its frames.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/mem/zones.h"
#include "tests/host/kernel/tests.h"

static struct boot_info info;
static struct zone_list list;

static void add(u64 first, u64 frames, u32 kind, u32 node)
{
	*ELEM(info.region, info.region_count) = (struct boot_region){ .base = first << PAGE_SHIFT,
		.bytes = frames << PAGE_SHIFT, .kind = kind, .node = node };
	info.region_count++;
}

static bool zone_is(u32 index, u64 first, u64 end, u32 node)
{
	const struct zone_range *zone = ELEM(list.zone, index);

	return zone->first == first && zone->end == end && zone->node == node;
}

static void each_node_is_a_zone(void)
{
	info = (struct boot_info){};
	add(0, 1, BOOT_MEMORY_RESERVED, 0);
	add(1, 100, BOOT_MEMORY_USABLE, 0);
	add(200, 10, BOOT_MEMORY_IMAGE, 0);
	add(300, 50, BOOT_MEMORY_LOADER, 0);
	add(350, 50, BOOT_MEMORY_LOADER, 1);
	add(400, 5000, BOOT_MEMORY_USABLE, 1);
	add(6000, 100, BOOT_MEMORY_USABLE, 0);
	EXPECT(zones_find(&info, &list));
	EXPECT_EQ(list.count, 3);
	EXPECT(zone_is(0, 1, 350, 0) && zone_is(1, 350, 5400, 1) && zone_is(2, 6000, 6100, 0));
	EXPECT_EQ(list.zone[0].map_first, 1);
	EXPECT_EQ(list.zone[1].map_first, 400); /* the loader's memory is not free yet */
	EXPECT_EQ(list.zone[1].map_frames, 2);  /* a header and 5050 bytes */
}

static void a_run_without_room_for_its_map_joins_its_neighbour(void)
{
	info = (struct boot_info){};
	add(10, 100, BOOT_MEMORY_LOADER, 2);
	add(200, 100, BOOT_MEMORY_USABLE, 0);
	add(300, 100, BOOT_MEMORY_LOADER, 1);
	add(400, 100, BOOT_MEMORY_USABLE, 0);
	EXPECT(zones_find(&info, &list));
	EXPECT_EQ(list.count, 2);
	EXPECT(zone_is(0, 10, 400, 0) && zone_is(1, 400, 500, 0));
	EXPECT_EQ(list.zone[0].map_first, 200);
	/* Joined over a wide gap, the map no longer fits: all is one zone then. */
	info = (struct boot_info){};
	add(10, 1, BOOT_MEMORY_USABLE, 0);
	add(1000000, 10, BOOT_MEMORY_LOADER, 1);
	add(1000010, 1000, BOOT_MEMORY_USABLE, 2);
	EXPECT(zones_find(&info, &list));
	EXPECT_EQ(list.count, 1);
	EXPECT(zone_is(0, 10, 1001010, 2)); /* whose memory holds the map */
	EXPECT_EQ(list.zone[0].map_first, 1000010);
}

static void nodes_that_interleave_too_often_share_the_last_zone(void)
{
	info = (struct boot_info){};
	for (u32 i = 0; i < 3 * ZONES_MAX; i++)
		add(10 + i * 100, 100, BOOT_MEMORY_USABLE, i % 2);
	EXPECT(zones_find(&info, &list));
	EXPECT_EQ(list.count, ZONES_MAX);
	EXPECT(zone_is(ZONES_MAX - 1, 10 + (ZONES_MAX - 1) * 100, 10 + 3 * ZONES_MAX * 100, (ZONES_MAX - 1) % 2));
}

static void no_room_for_any_map_is_refused(void)
{
	info = (struct boot_info){};
	add(1, 1, BOOT_MEMORY_USABLE, 0);
	add(1u << 20, 100, BOOT_MEMORY_LOADER, 1);
	EXPECT(!zones_find(&info, &list));
	info = (struct boot_info){};
	EXPECT(!zones_find(&info, &list));
}

/* ---- the machine of all tests has two nodes, whose processors are the even and the odd ones ---- */

static u32 node_of(paddr_t frame) { return frame.v >= FAKE_MEMORY_BYTES / 2; }

static u32 node_of_next(u32 cpu, u32 order)
{
	fake_select(cpu);
	struct frame_result frame = frame_alloc(order);

	EXPECT(frame.ok);
	frame_free(frame.frame, order);
	fake_select(0);
	return node_of(frame.frame);
}

static void frames_come_from_the_own_node_first(void)
{
	for (u32 order = 0; order < 8; order++) {
		EXPECT_EQ(node_of_next(0, order), 0);
		EXPECT_EQ(node_of_next(1, order), 1);
	}
	struct cpu *cpu = cpu_at(1);

	fake_select(1);
	for (u32 left = cpu->frame_count; left > 0; left--)
		frame_free(*ELEM(cpu->frame_cache, left - 1), 0);
	cpu->frame_count = 0;
	struct frame_result frame = frame_alloc_zeroed();

	EXPECT_EQ(node_of(frame.frame), 1);
	EXPECT_EQ(cpu->frame_count, FRAME_CACHE / 2 - 1);
	frame_free_one(frame.frame);
	fake_select(0);
}

static void an_exhausted_node_is_helped_by_the_others(void)
{
	struct frame_counts before[FAKE_NODES] = { frame_counts_of(0), frame_counts_of(1) };
	paddr_t chain = {};

	EXPECT_EQ(before[0].total + before[1].total, frame_total());
	EXPECT_EQ(frame_counts_of(2).total, 0);
	while (frame_counts_of(0).available > 0) {
		struct frame_result frame = frame_alloc(0);

		EXPECT(frame.ok && node_of(frame.frame) == 0);
		if (!frame.ok)
			return;
		mspan_put_le64(fake_memory(frame.frame.v, PAGE_BYTES), 0, chain.v);
		chain = frame.frame;
	}
	EXPECT_EQ(frame_counts_of(1).available, before[1].available);
	EXPECT_EQ(node_of_next(0, 0), 1);
	while (chain.v != 0) {
		paddr_t next = { span_le64(span_of(fake_memory(chain.v, PAGE_BYTES)), 0) };

		frame_free(chain, 0);
		chain = next;
	}
	EXPECT_EQ(frame_counts_of(0).available, before[0].available);
}

void zone_tests(void)
{
	RUN(each_node_is_a_zone);
	RUN(a_run_without_room_for_its_map_joins_its_neighbour);
	RUN(nodes_that_interleave_too_often_share_the_last_zone);
	RUN(no_room_for_any_map_is_refused);
	RUN(frames_come_from_the_own_node_first);
	RUN(an_exhausted_node_is_helped_by_the_others);
}
