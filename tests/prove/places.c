/* SPDX-License-Identifier: Apache-2.0
 *
 * Where regions go: finding room for a mapping among any two or three regions of an address space, and what lies inside a
 * range. The tree of regions is a list in order; tree.c proves the real one.
 */
#include "kernel/core/mem/space.c"
#include "tests/prove/include/tree_search.h"
#include "tests/prove/include/quiet.h"

enum : u32 { REGIONS = 3 };

struct cpu *prove_this_cpu;
u64 lineage_revocations, group_rules;

static struct space *space;
static struct region *region[REGIONS];
static bool there[REGIONS];

/* ---- what is modelled ---- */

u64 random_u64(void) { return ANY(u64); }

/* ---- any regions ---- */

static u64 first(u32 i) { return region[i]->node.key; }
static u64 end(u32 i) { return region[i]->node.key + (region[i]->pages << PAGE_SHIFT); }
static u64 any_page(void) { return (u64)ANY(u8) << PAGE_SHIFT; }

static void any_regions(u32 count)
{
	u64 from = HAL_USER_BASE;

	space = NEW(struct space);
	space->regions = (struct tree){};
	space->closed = MAYBE();
	/* Where space_init puts it. */
	space->window = HAL_USER_BASE + any_page();
	ASSUME(space->window <= HAL_USER_TOP - WINDOW_BYTES);
	for (u32 i = 0; i < REGIONS; i++) {
		region[i] = NEW(struct region);
		region[i]->node.height = 0;
		there[i] = i < count && MAYBE();
		if (!there[i])
			continue;
		u64 at = any_page();

		region[i]->pages = ANY(u8);
		ASSUME(at >= from && region[i]->pages != 0 && at < HAL_USER_TOP && region[i]->pages << PAGE_SHIFT <= HAL_USER_TOP - at);
		tree_insert(&space->regions, &region[i]->node, at);
		from = end(i);
	}
}

static bool overlaps(u32 i, u64 from, u64 to) { return there[i] && first(i) < to && end(i) > from; }

static struct mapping any_mapping(void)
{
	struct mapping mapping = { .at = MAYBE() ? 0 : any_page(), .pages = ANY(u8), .first_page = ANY(u8),
		.elsewhere = MAYBE() };

	ASSUME(mapping.pages != 0);
	return mapping;
}

/* ---- proofs ---- */

void prove_place(void)
{
	struct tree_node *parent = nullptr;

	any_regions(2);
	struct mapping mapping = any_mapping(), asked = mapping;
	enum status status = space_place(space, &mapping, &parent);
	u64 to = mapping.at + (mapping.pages << PAGE_SHIFT), asked_to = asked.at + (asked.pages << PAGE_SHIFT);
	bool meets = overlaps(0, mapping.at, to) || overlaps(1, mapping.at, to);

	bool taken = overlaps(0, asked.at, asked_to) || overlaps(1, asked.at, asked_to);

	PROVE(asked.at == 0 || mapping.at == asked.at || (asked.elsewhere && taken),
		"a place that was asked for is not changed, unless it is taken and another will do");
	PROVE(status != STATUS_OK || (page_aligned(mapping.at) && mapping.at >= HAL_USER_BASE && to <= HAL_USER_TOP && !meets),
		"a place lies in user mode and meets no region");
	PROVE(status != STATUS_OK || parent == tree_place(&space->regions, mapping.at).parent, "and it is told where it belongs");
	PROVE(status != STATUS_OK || asked.at != 0 || asked.pages < HAL_LARGE_PAGES ||
		((mapping.at >> PAGE_SHIFT) - asked.first_page) % HAL_LARGE_PAGES == 0, "what is large lies so that large pages fit");
	PROVE(status != STATUS_EXISTS || (meets && asked.at != 0 && !asked.elsewhere),
		"it is said that something is there only if it is");
	PROVE(status == STATUS_OK || asked.at == 0 || meets || mapping.at < HAL_USER_BASE || mapping.at >= HAL_USER_TOP ||
		to > HAL_USER_TOP, "and a place that could be had is not refused");
}

/* Wherever something small fits, room is found. */
void prove_room(void)
{
	u64 at = any_page();
	struct tree_node *parent = nullptr;

	any_regions(2);
	struct mapping mapping = any_mapping();
	u64 bytes = mapping.pages << PAGE_SHIFT;

	mapping.at = 0;
	ASSUME(mapping.pages < HAL_LARGE_PAGES && at >= HAL_USER_BASE && at < HAL_USER_TOP && bytes <= HAL_USER_TOP - at);
	ASSUME(!overlaps(0, at, at + bytes) && !overlaps(1, at, at + bytes));
	PROVE(space_place(space, &mapping, &parent) == STATUS_OK, "where there is room it is found");
}

void prove_inside(void)
{
	u64 at = any_page(), to = at + any_page();
	struct region *found = nullptr;
	bool more = false, any = false, cut = false, lowest = true, behind = false;

	any_regions(REGIONS);
	ASSUME(to > at);
	enum status status = space_first_inside(space, at, to, &found, &more);

	for (u32 i = 0; i < REGIONS; i++) {
		bool meets = overlaps(i, at, to);

		lowest = lowest && (region[i] != found || (meets && !any));
		behind = behind || (meets && any);
		any = any || meets;
		cut = cut || (meets && (first(i) < at || end(i) > to));
	}
	PROVE((status == STATUS_DEAD) == (space->closed != 0), "nothing is found in a space that is taken down");
	if (status == STATUS_DEAD)
		return;
	PROVE((status == STATUS_NOT_FOUND) == !any && (status == STATUS_RANGE) == cut, "none inside, or one that is cut, is told");
	PROVE((status == STATUS_OK) == (any && !cut) && (status != STATUS_OK || (lowest && more == behind)),
		"else the first is found, and whether there are more");
}

/* ---- the beginning ---- */

static struct group *payer;
static u32 frames;

struct frame_result group_frame_alloc(struct group *group)
{
	PROVE(group == payer, "tables are charged to who pays for the space");
	if (MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	frames++;
	return (struct frame_result){ .ok = true };
}

static u32 begun;
void hal_space_init(struct hal_space *at, paddr_t root) { (void)root; PROVE(at == &space->hal, "its own"); begun++; }

void prove_init(void)
{
	payer = NEW(struct group);
	space = NEW(struct space);
	*space = (struct space){};
	frames = begun = 0;
	u64 process = ANY(u64);
	enum status status = space_init(space, payer, process);

	PROVE((status == STATUS_OK) == (frames == 1) && begun == frames && space->tables == frames,
		"a space begins with its root, or not at all");
	PROVE(status != STATUS_OK || (space->lock.taken == 0 && space->regions.first == nullptr && space->group == payer),
		"and empty");
	PROVE(status != STATUS_OK || space->process == process, "of its process");
	PROVE(status != STATUS_OK || (space->window >= HAL_USER_BASE && page_aligned(space->window) &&
		space->window <= HAL_USER_TOP - WINDOW_BYTES), "the window lies in user mode");
}
