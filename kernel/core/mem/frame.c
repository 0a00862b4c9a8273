/* SPDX-License-Identifier: Apache-2.0
 *
 * Buddy allocator and per-processor caches of frames. See frame.h.
 *
 * One byte for each frame of a zone says whether a free block begins there, and its order:
 * 0x80 | order, else 0. Free blocks of an order form a doubly linked list whose links are the
 * block's first two words (frame number + 1; 0: end).
 * INV-BUDDY: a free block's buddy of the same order is never also free.
 */
#include "kernel/core/mem/frame.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/shadow.h"
#include "kernel/core/mem/zones.h"
#include "kernel/hal/atomic.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/frame_map.h"

enum : u8 { BLOCK_FREE = 0x80 };
enum : u64 { LINK_NEXT = 0, LINK_PREV = 1 };

struct STABLE zone {
	/* set at boot */
	u32 node;
	u64 first, end;             /* frame numbers [first, end) */
	u64 frames;                 /* that were ever usable */
	struct frame_map *map;      /* a byte for each frame of the zone; the bytes are under lock */

	struct lock lock;
	/* under lock */
	u64 free_frames;            /* others may look */
	u64 head[FRAME_ORDERS];     /* frame number + 1 */
};

static struct zone zones[ZONES_MAX];
static u32 zone_count;

static u64 number_of(paddr_t frame) { return frame.v >> PAGE_SHIFT; }
static paddr_t frame_of(u64 number) { return (paddr_t){ number << PAGE_SHIFT }; }
static struct frame_words *links_of(u64 number) { return frame_words(frame_of(number)); }

static u8 *state_of(struct zone *zone, u64 number)
{
	return ELEM_COUNTED(zone->map->state, zone->map->count, number - zone->first);
}

/* ---- blocks, with the zone's lock held ---- */

static void push_block(struct zone *zone, u64 number, u32 order)
{
	u64 *head = ELEM(zone->head, order);
	struct frame_words *links = links_of(number);

	if (FERROUS_KASAN)
		shadow_links(frame_of(number), true);
	links->word[LINK_NEXT] = *head;
	links->word[LINK_PREV] = 0;
	if (*head != 0)
		links_of(*head - 1)->word[LINK_PREV] = number + 1;
	*head = number + 1;
	*state_of(zone, number) = (u8)(BLOCK_FREE | order);
	zone->free_frames += 1ull << order;
}

static void unlink_block(struct zone *zone, u64 number, u32 order)
{
	struct frame_words *links = links_of(number);
	u64 next = links->word[LINK_NEXT], prev = links->word[LINK_PREV];

	if (prev != 0)
		links_of(prev - 1)->word[LINK_NEXT] = next;
	else
		*ELEM(zone->head, order) = next;
	if (next != 0)
		links_of(next - 1)->word[LINK_PREV] = prev;
	if (FERROUS_KASAN)
		shadow_links(frame_of(number), false);
	*state_of(zone, number) = 0;
	zone->free_frames -= 1ull << order;
}

static bool take_block(struct zone *zone, u32 order, u64 *out)
{
	u32 have = order;

	while (have < FRAME_ORDERS && zone->head[have] == 0)
		have++;
	if (have == FRAME_ORDERS)
		return false;
	u64 number = zone->head[have] - 1;

	unlink_block(zone, number, have);
	while (have > order) {
		have--;
		push_block(zone, number + (1ull << have), have);
	}
	*out = number;
	return true;
}

static void give_block(struct zone *zone, u64 number, u32 order)
{
	INVARIANT(*state_of(zone, number) == 0, "INV-FRAME-FREED-ONCE");
	while (order + 1 < FRAME_ORDERS) {
		u64 buddy = number ^ (1ull << order);

		if (buddy < zone->first || buddy + (1ull << order) > zone->end ||
		    *state_of(zone, buddy) != (u8)(BLOCK_FREE | order))
			break;
		unlink_block(zone, buddy, order);
		number &= ~(1ull << order);
		order++;
	}
	push_block(zone, number, order);
}

/* ---- zones ---- */

static struct zone *zone_of(u64 number)
{
	for (u32 i = 0; i < zone_count; i++)
		if (number >= zones[i].first && number < zones[i].end)
			return ELEM(zones, i);
	INVARIANT(false, "INV-FRAME-IN-ZONE");
	return nullptr;
}

static void add_range(u64 first, u64 end)
{
	struct zone *zone = zone_of(first);

	lock_take(&zone->lock);
	zone->frames += end - first;
	while (first < end) {
		u32 order = 0;

		while (order + 1 < FRAME_ORDERS && (first & ((2ull << order) - 1)) == 0 && first + (2ull << order) <= end)
			order++;
		if (FERROUS_KASAN)
			shadow_frames_free(frame_of(first), order);
		give_block(zone, first, order);
		first += 1ull << order;
	}
	lock_release(&zone->lock);
}

static void add_usable(const struct boot_info *info, const struct zone_range *range)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);
		u64 first = region->base >> PAGE_SHIFT, end = first + (region->bytes >> PAGE_SHIFT);

		if (region->kind != BOOT_MEMORY_USABLE || first < range->first || first >= range->end)
			continue;
		if (first == range->map_first)
			first += range->map_frames;
		if (first < end)
			add_range(first, end);
	}
}

bool frame_init(const struct boot_info *info)
{
	struct zone_list list;

	if (!zones_find(info, &list))
		return false;
	for (u32 i = 0; i < list.count; i++) {
		const struct zone_range *range = ELEM(list.zone, i);
		struct zone *zone = ELEM(zones, i);

		lock_init(&zone->lock, LOCK_ZONE);
		zone->node = range->node;
		zone->first = range->first;
		zone->end = range->end;
		zone->frames = range->map_frames;
		zone->map = frame_map_at(frame_of(range->map_first), range->end - range->first);
		if (FERROUS_KASAN)
			shadow_cover(range->first, range->end,
				range->map_first + range->map_frames - shadow_frames(range->end - range->first));
	}
	zone_count = list.count;
	for (u32 i = 0; i < list.count; i++)
		add_usable(info, ELEM(list.zone, i));
	return true;
}

void frame_add_loader_memory(const struct boot_info *info)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);
		u64 first = region->base >> PAGE_SHIFT;

		if (region->kind == BOOT_MEMORY_LOADER)
			add_range(first, first + (region->bytes >> PAGE_SHIFT));
	}
}

/* Turns count twice through the zones: those of the node, then all others. Null: not this time. */
static struct zone *zone_at_turn(u32 node, u32 turn)
{
	bool near = turn < zone_count;
	struct zone *zone = ELEM(zones, near ? turn : turn - zone_count);

	return (zone->node == node) == near ? zone : nullptr;
}

static u32 own_node(void) { return hal_cpu_node(hal_this_cpu()->id); }

struct frame_result frame_alloc(u32 order)
{
	u32 node = own_node();

	for (u32 turn = 0; turn < 2 * zone_count && order < FRAME_ORDERS; turn++) {
		struct zone *zone = zone_at_turn(node, turn);
		u64 number = 0;

		if (zone == nullptr)
			continue;
		lock_take(&zone->lock);
		bool found = take_block(zone, order, &number);

		lock_release(&zone->lock);
		if (found && FERROUS_KASAN)
			shadow_frames_taken(frame_of(number), order);
		if (found)
			return (struct frame_result){ .ok = true, .frame = frame_of(number) };
	}
	return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
}

static void give_back(paddr_t frame, u32 order)
{
	struct zone *zone = zone_of(number_of(frame));

	lock_take(&zone->lock);
	give_block(zone, number_of(frame), order);
	lock_release(&zone->lock);
}

void frame_free(paddr_t frame, u32 order)
{
	if (FERROUS_KASAN)
		shadow_frames_free(frame, order);
	give_back(frame, order);
}

/* ---- the processor's cache ---- */

static void refill_from(struct cpu *cpu, struct zone *zone)
{
	u64 number = 0;

	lock_take(&zone->lock);
	while (cpu->frame_count < FRAME_CACHE / 2 && take_block(zone, 0, &number)) {
		*ELEM(cpu->frame_cache, cpu->frame_count) = frame_of(number);
		cpu->frame_count++;
	}
	lock_release(&zone->lock);
}

/* Half a cache at a time, so that a frame more or less does not go to the zone each time. Out of line:
 * inside, it would cost every allocation its saved registers and a stack protector. */
static __attribute__((noinline)) void refill_cache(struct cpu *cpu)
{
	u32 node = own_node();

	for (u32 turn = 0; turn < 2 * zone_count && cpu->frame_count < FRAME_CACHE / 2; turn++) {
		struct zone *zone = zone_at_turn(node, turn);

		if (zone != nullptr)
			refill_from(cpu, zone);
	}
}

struct frame_result frame_alloc_zeroed(void)
{
	struct cpu *cpu = hal_this_cpu();

	if (cpu->frame_count == 0)
		refill_cache(cpu);
	if (cpu->frame_count == 0)
		return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
	cpu->frame_count--;
	paddr_t frame = *ELEM(cpu->frame_cache, cpu->frame_count);

	if (FERROUS_KASAN)
		shadow_frames_taken(frame, 0);
	frame_zero(frame);
	return (struct frame_result){ .ok = true, .frame = frame };
}

void frame_free_one(paddr_t frame)
{
	struct cpu *cpu = hal_this_cpu();

	if (FERROUS_KASAN) {
		shadow_frames_free(frame, 0);
		if (!shadow_delay_frame(&frame))
			return;
	}
	if (cpu->frame_count == FRAME_CACHE) {
		while (cpu->frame_count > FRAME_CACHE / 2) {
			cpu->frame_count--;
			give_back(*ELEM(cpu->frame_cache, cpu->frame_count), 0);
		}
	}
	*ELEM(cpu->frame_cache, cpu->frame_count) = frame;
	cpu->frame_count++;
}

struct frame_counts frame_counts_of(u32 node)
{
	struct frame_counts counts = {};

	for (u32 i = 0; i < zone_count; i++) {
		if (node != FRAMES_EVERYWHERE && zones[i].node != node)
			continue;
		counts.total += zones[i].frames;
		counts.available += atomic_load(&zones[i].free_frames);
	}
	return counts;
}

u64 frame_available(void)
{
	u64 frames = frame_counts_of(FRAMES_EVERYWHERE).available;

	for (u32 i = 0; i < cpu_count(); i++)
		frames += cpu_at(i)->frame_count;
	if (FERROUS_KASAN)
		frames += shadow_delayed_frames();
	return frames;
}
