/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of several zones: which zone a block comes from, the processor's cache of frames, and how zones are found and
 * filled at boot. Blocks of one zone are modelled by how many there are; frames.c proves them.
 */
#include "kernel/raw/frame_access.h"
#include "kernel/raw/frame_map.h"

struct zone;
static bool some_block(struct zone *zone, u32 order, u64 *out);
static void block_back(struct zone *zone, u64 number, u32 order);
static void range_added(u64 first, u64 end);
static bool some_zones(const struct boot_info *info, struct zone_list *list);
static void prove_frame_zero(paddr_t frame);
static struct frame_map *prove_map_at(paddr_t frames, u64 count);
#define frame_zero(frame) prove_frame_zero(frame)
#define frame_map_at(frames, count) prove_map_at(frames, count)
#include "kernel/core/mem/frame.c"
#undef frame_zero
#undef frame_map_at
#include "kernel/core/mem/zones.c"

/* Zones of the model are so many frames apart. */
enum : u32 { ZONES = ZONES_MAX, REGIONS = BOOT_REGIONS_MAX };
enum : u64 { APART = 16, MOST = 12 /* frames of a region, and between them */ };

struct cpu *prove_this_cpu;
struct cpu core_boot_cpu;

static u32 node;                        /* of the processor that asks */
static u64 left[ZONES], order_taken;    /* blocks that a zone has; the order that they were asked for */
static u32 taken, given_back;
static u64 watched;                     /* any frame: */
static u32 watched_taken, watched_given, watched_zeroed;
static u32 maps;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
vaddr_t hal_direct(paddr_t frame) { return (vaddr_t){ frame.v }; }
struct cpu *cpu_at(u32 id) { (void)id; return &core_boot_cpu; }
u32 cpus_there = 1;
u32 hal_cpu_node(u32 cpu) { (void)cpu; return node; }

static u32 zone_number(const struct zone *zone)
{
	for (u32 i = 0; i < ZONES; i++)
		if (zone == &zones[i])
			return i;
	PROVE(false, "a zone that there is");
	return 0;
}

/* The last of those that are left. */
static bool some_block(struct zone *zone, u32 order, u64 *out)
{
	u32 i = zone_number(zone);

	PROVE(zone->lock.taken != 0 && i < zone_count, "under the lock");
	if (left[i] == 0)
		return false;
	left[i]--;
	taken++;
	order_taken = order;
	*out = i * APART + left[i];
	watched_taken += *out == watched;
	return true;
}

static void block_back(struct zone *zone, u64 number, u32 order)
{
	PROVE(zone->lock.taken != 0 && number >= zone->first && number + (1ull << order) <= zone->end,
		"a block of the zone, under its lock");
	PROVE((number & ((1ull << order) - 1)) == 0, "aligned to its size");
	given_back++;
	watched_given += watched >= number && watched < number + (1ull << order);
}

static void prove_frame_zero(paddr_t frame) { watched_zeroed += frame.v >> PAGE_SHIFT == watched; }

static void any_zones(void)
{
	prove_this_cpu = &core_boot_cpu;
	zone_count = ANY(u32);
	node = ANY(u32);
	ASSUME(zone_count <= ZONES);
	for (u32 i = 0; i < ZONES; i++) {
		zones[i].node = ANY(u32);
		zones[i].first = i * APART;
		zones[i].end = (i + 1) * APART;
		zones[i].lock.taken = 0;
		left[i] = ANY(u8);
		ASSUME(left[i] <= APART && (i < zone_count || left[i] == 0));
	}
	core_boot_cpu.frame_count = 0;
	watched = ANY(u64);
	taken = given_back = watched_taken = watched_given = watched_zeroed = 0;
}

static bool unlocked(void)
{
	bool all = true;

	for (u32 i = 0; i < ZONES; i++)
		all = all && zones[i].lock.taken == 0;
	return all;
}

/* ---- taking ---- */

void prove_alloc(void)
{
	u32 order = ANY(u32);
	bool near = false, any = false, from_near = false;

	any_zones();
	ASSUME(order < FRAME_ORDERS);
	for (u32 i = 0; i < ZONES; i++) {
		near = near || (left[i] != 0 && zones[i].node == node);
		any = any || left[i] != 0;
	}
	struct frame_result got = frame_alloc(order);
	u64 number = got.frame.v >> PAGE_SHIFT;

	for (u32 i = 0; i < ZONES; i++)
		from_near = from_near || (number >= zones[i].first && number < zones[i].end && zones[i].node == node);
	PROVE(got.ok == any && taken == (any ? 1 : 0), "what any zone has is found, and no more is taken");
	PROVE(!got.ok || order_taken == order, "of the size that was asked for");
	PROVE(!got.ok || from_near == near, "near the processor, if there is any");
	PROVE(unlocked(), "the locks are free again");
}

/* ---- the processor's cache ---- */

/* How often the watched frame is in the cache. */
static u32 cached(void)
{
	u32 count = 0;

	for (u32 i = 0; i < FRAME_CACHE; i++)
		count += i < core_boot_cpu.frame_count && core_boot_cpu.frame_cache[i].v >> PAGE_SHIFT == watched;
	return count;
}

static void any_cache(u32 count)
{
	any_zones();
	ASSUME(zone_count == ZONES);
	zone_count = ZONES; /* what is known CBMC reckons at once */
	core_boot_cpu.frame_count = count;
	for (u32 i = 0; i < FRAME_CACHE; i++) {
		u64 number = ANY(u8);

		core_boot_cpu.frame_cache[i].v = number << PAGE_SHIFT;
		ASSUME(number < zone_count * APART);
	}
}

static void take_of(u32 count)
{
	any_cache(count);
	u32 cached_before = cached();
	bool any = count != 0;

	for (u32 i = 0; i < ZONES; i++)
		any = any || left[i] != 0;
	struct frame_result got = frame_alloc_zeroed();
	bool it = got.ok && got.frame.v >> PAGE_SHIFT == watched;

	PROVE(got.ok == any, "a frame is found if there is one in the cache or in a zone");
	PROVE(cached() + it == cached_before + watched_taken, "it is in the cache no more; what a zone gave besides is");
	PROVE(watched_zeroed == it, "and only it is zeroed");
	PROVE(core_boot_cpu.frame_count + got.ok == count + taken && core_boot_cpu.frame_count <= FRAME_CACHE && unlocked(),
		"no frame is lost");
}

/* WHY each case in turn: the same. */
void prove_zeroed(void)
{
	take_of(0);
	take_of(1);
	take_of(FRAME_CACHE);
}

static void give_to(u32 count)
{
	any_cache(count);
	u64 number = ANY(u8);
	u32 cached_before = cached();

	ASSUME(number < zone_count * APART);
	frame_free_one(frame_of(number));
	PROVE(cached() + watched_given == cached_before + (number == watched),
		"what is given back is in the cache, or what was there in its zone");
	PROVE(core_boot_cpu.frame_count + given_back == count + 1 && core_boot_cpu.frame_count <= FRAME_CACHE && unlocked(),
		"no frame is lost");
}

/* WHY each case in turn: the same. */
void prove_free_one(void)
{
	give_to(0);
	give_to(FRAME_CACHE - 1);
	give_to(FRAME_CACHE);
}

/* ---- at boot ---- */

static struct boot_info *info;

/* A memory map as boot_info_check leaves it: in order, nothing overlaps, nothing is empty. */
static void any_map(void)
{
	u64 from = 0;

	info = NEW(struct boot_info);
	ASSUME(info->region_count <= REGIONS);
	for (u32 i = 0; i < REGIONS; i++) {
		struct boot_region *region = &info->region[i];
		u64 base = ANY(u8), frames = ANY(u8);

		ASSUME(base >= from && base < MOST && frames != 0 && frames < MOST);
		region->base = base << PAGE_SHIFT;
		region->bytes = frames << PAGE_SHIFT;
		region->kind = MAYBE() ? BOOT_MEMORY_USABLE : MAYBE() ? BOOT_MEMORY_LOADER : BOOT_MEMORY_RESERVED;
		region->node = MAYBE() ? 1 : 0;
		from = base + frames;
	}
	watched = ANY(u16);
	for (u32 i = 0; i < ZONES; i++)
		zones[i].lock.taken = 0;
}

static bool in_region(u32 i, u64 number)
{
	const struct boot_region *region = &info->region[i];

	return i < info->region_count && number >= region->base >> PAGE_SHIFT &&
		number < (region->base + region->bytes) >> PAGE_SHIFT;
}

/* The frame belongs to memory of that kind. */
static bool of_kind(enum boot_memory kind, u64 number)
{
	bool found = false;

	for (u32 i = 0; i < REGIONS; i++)
		found = found || (in_region(i, number) && info->region[i].kind == kind);
	return found;
}

static bool usable(u64 number) { return of_kind(BOOT_MEMORY_USABLE, number); }

void prove_find(void)
{
	struct zone_list list;
	u32 in = 0;

	any_map();
	bool found = zones_find(info, &list);

	for (u32 i = 0; i < ZONES && found; i++) {
		const struct zone_range *zone = &list.zone[i];

		if (i >= list.count)
			continue;
		u64 last = zone->map_first + zone->map_frames - 1;

		in += watched >= zone->first && watched < zone->end;
		PROVE(zone->first < zone->end && (i == 0 || zone->first >= list.zone[i - 1].end),
			"zones are in order and do not overlap");
		PROVE(zone->map_frames << PAGE_SHIFT >= sizeof(struct frame_map) + (zone->end - zone->first),
			"a zone's map has a byte for each frame");
		PROVE(zone->map_first >= zone->first && last < zone->end && usable(zone->map_first) && usable(last),
			"and lies in usable memory of the zone");
	}
	PROVE(!found || (list.count != 0 && list.count <= ZONES), "there is a zone");
	PROVE(!found || in == 1 || !(usable(watched) || of_kind(BOOT_MEMORY_LOADER, watched)),
		"each frame of the allocator is in one");
}

/* ---- filling zones ---- */

/* A range of a zone that has nothing of it yet. */
void prove_add(void)
{
	any_zones();
	u64 first = ANY(u8), end = ANY(u8);

	ASSUME(zone_count != 0 && first < end && first / APART == (end - 1) / APART && end <= zone_count * APART);
	u64 frames = zone_of(first)->frames;

	add_range(first, end);
	PROVE(watched_given == (watched >= first && watched < end), "each frame of a range is handed in once");
	PROVE(zone_of(first)->frames == frames + (end - first) && unlocked(), "and counted");
}

static struct zone_list found;

static void range_added(u64 first, u64 end)
{
	PROVE(first < end && zone_of(first) == zone_of(end - 1), "a range lies in one zone, and is not empty");
	watched_given += watched >= first && watched < end;
}

static struct frame_map *prove_map_at(paddr_t frames, u64 count)
{
	PROVE(frames.v >> PAGE_SHIFT == found.zone[maps].map_first && count == found.zone[maps].end - found.zone[maps].first,
		"a map is where it was found, with a byte for each frame of the zone");
	maps++;
	return nullptr;
}

/* Zones as prove_find shows them. */
static bool some_zones(const struct boot_info *of, struct zone_list *list)
{
	u32 in[REGIONS] = {};

	PROVE(of == info, "of the memory map");
	ASSUME(found.count != 0 && found.count <= ZONES);
	for (u32 i = 0; i < ZONES; i++) {
		const struct zone_range *zone = &found.zone[i];
		bool placed = false;

		ASSUME(zone->first < zone->end && zone->map_frames != 0 && (i == 0 || zone->first >= found.zone[i - 1].end));
		for (u32 k = 0; k < REGIONS; k++) {
			u64 first = info->region[k].base >> PAGE_SHIFT, frames = info->region[k].bytes >> PAGE_SHIFT;

			if (k >= info->region_count || !boot_region_allocatable(&info->region[k]))
				continue;
			in[k] += i < found.count && first >= zone->first && first + frames <= zone->end;
			placed = placed || (zone->map_first == first && zone->map_frames <= frames && first >= zone->first &&
				first < zone->end && info->region[k].kind == BOOT_MEMORY_USABLE);
		}
		ASSUME(i >= found.count || placed);
	}
	for (u32 k = 0; k < REGIONS; k++)
		ASSUME(k >= info->region_count || in[k] == 1 || !boot_region_allocatable(&info->region[k]));
	*list = found;
	return true;
}

/* The frame holds a zone's map. */
static bool in_map(u32 i)
{
	return i < found.count && watched >= found.zone[i].map_first && watched < found.zone[i].map_first + found.zone[i].map_frames;
}

void prove_set_up(void)
{
	any_map();
	watched_given = maps = 0;
	found = ANY(struct zone_list);
	PROVE(frame_init(info), "there are zones");
	PROVE(zone_count == found.count && maps == found.count && unlocked(), "each has its map");
	PROVE(watched_given == (usable(watched) && !in_map(0) && !in_map(1)),
		"each usable frame is handed in once, but for those of maps");
	watched_given = 0;
	frame_add_loader_memory(info);
	PROVE(watched_given == of_kind(BOOT_MEMORY_LOADER, watched), "and each of the loader's when it is done");
}

/* What is told of memory is what the zones and caches have. */
void prove_sums(void)
{
	u64 total = 0, left_in_zones = 0;

	any_zones();
	for (u32 i = 0; i < ZONES; i++) {
		zones[i].frames = ANY(u32);
		zones[i].free_frames = ANY(u32);
		ASSUME(zones[i].node < 2);
		total += i < zone_count ? zones[i].frames : 0;
		left_in_zones += i < zone_count ? zones[i].free_frames : 0;
	}
	core_boot_cpu.frame_count = ANY(u8);
	struct frame_counts of[2] = { frame_counts_of(0), frame_counts_of(1) };

	PROVE(frame_total() == total && of[0].total + of[1].total == total, "the frames of nodes are all frames");
	PROVE(of[0].available + of[1].available == left_in_zones && frame_available() == left_in_zones + core_boot_cpu.frame_count,
		"what is left is in zones and caches");
}
