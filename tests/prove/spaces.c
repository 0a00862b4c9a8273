/* SPDX-License-Identifier: Apache-2.0
 *
 * Address spaces. Any two regions of a memory object anywhere in a small space, any one page as it is in the tables and
 * in caches, which stands for all of them; one operation.
 *
 * INV-SPACE: regions do not overlap; a page in the tables lies in a region, is the memory's, and allows at most what the
 * region does. Between operations no cache knows a page that is not in the tables. The tree of regions is a list in
 * order; tree.c proves the real one.
 */
#include "kernel/core/mem/space.h"

struct mapping;
struct tree_node;
struct cap;
static enum status free_place(const struct space *in, struct mapping *mapping, struct tree_node **parent);
static enum status map_through(struct space *in, struct mapping *mapping, const struct cap *cap);
#include "kernel/core/mem/map.h"
#include "kernel/core/mem/space.c"
#include "tests/prove/include/tree_search.h"
#include "tests/prove/include/quiet.h"

enum : u32 { REGIONS = 2, EACH = 2 };

struct cpu *prove_this_cpu;
u64 lineage_revocations, group_rules;

static struct space *space;
static struct group *payer;
static struct region *region[REGIONS];
static bool there[REGIONS], changing[REGIONS];   /* changing: its access is being taken away */
static struct memory *memory;
static struct lineage *through[EACH];
static bool valid[EACH];
static u32 charged, frames, given, missing;      /* regions, tables; items given back; tables that are not there yet */
static bool dying;

/* One page of the space, whichever. */
static u64 watched;
static bool mapped, cached;
static u64 frame_there;
static u32 prot_there;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "what is mapped is held otherwise, too"); }
bool lineage_walk(struct lineage *at) { return at == through[0] ? valid[0] : valid[1]; }
void lineage_unref(struct lineage *at) { PROVE(at->refs > 1, "what is given up is held"); at->refs--; }
u32 cpus_there = 2;
bool hal_interrupt_pending(void) { return MAYBE(); }
void word_unmapped(const struct region *at) { (void)at; PROVE(space->lock.taken == 0, "no lock is held"); }

void group_release(struct group *group, enum group_account which, u64 amount)
{
	PROVE(group == payer && which == GROUP_OBJECTS && amount == 1 && charged != 0, "what was charged is given back");
	charged--;
}

void group_give_batch(struct group *group, enum group_account which) { (void)group; (void)which; }

struct frame_result group_frame_alloc(struct group *group)
{
	PROVE(group == payer, "tables are charged to who pays for the space");
	if (MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	frames++;
	return (struct frame_result){ .ok = true };
}

void group_frame_free(struct group *group, paddr_t frame) { (void)group; (void)frame; PROVE(frames != 0, "once"); frames--; }

static u64 first(u32 i) { return region[i]->node.key; }
static u64 end(u32 i) { return region[i]->node.key + (region[i]->pages << PAGE_SHIFT); }
static bool inside(u32 i, u64 at) { return there[i] && at >= first(i) && at < end(i); }

void pool_give(struct pooled *item)
{
	u32 i = item == &region[0]->pooled ? 0 : 1;

	PROVE(item == &region[i]->pooled && !tree_contains(&region[i]->node), "what is given back is in no tree");
	PROVE(dying || !inside(i, watched) || (!mapped && !cached), "nor is any of it used any more");
	PROVE(space->lock.taken == 0, "no lock is held");
	there[i] = false;
	given++;
}

/* Each page of the memory object has a frame of its own. */
static u64 frame_of(const struct memory *of, u64 page)
{
	PROVE(of == memory, "the memory object");
	return (page + 1) << PAGE_SHIFT;
}

struct frame_result memory_page(struct memory *of, u64 page)
{
	PROVE(space->lock.taken != 0, "under the lock");
	if (page >= of->pages || MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	return (struct frame_result){ .ok = true, .frame = { frame_of(of, page) } };
}

/* ---- the tables ---- */

enum hal_mmu_result hal_space_map(struct hal_space *at_space, uaddr_t at, paddr_t frame, u32 prot)
{
	(void)at_space;
	PROVE(at.v >= HAL_USER_BASE && at.v < HAL_USER_TOP && page_aligned(at.v) && prot != 0, "a page of user mode");
	if (missing != 0)
		return HAL_MMU_NEEDS_TABLE;
	if (at.v != watched)
		return MAYBE() ? HAL_MMU_OK : HAL_MMU_PRESENT;
	if (mapped)
		return HAL_MMU_PRESENT;
	mapped = true;
	cached = MAYBE();
	frame_there = frame.v;
	prot_there = prot;
	return HAL_MMU_OK;
}

/* Nothing of so small a space is as large as a large page. */
enum hal_mmu_result hal_space_map_large(struct hal_space *at_space, uaddr_t at, paddr_t frame, u32 prot)
{
	(void)at_space;
	(void)at;
	(void)frame;
	(void)prot;
	PROVE(false, "a large page lies in a region");
	return HAL_MMU_PRESENT;
}

struct memory_run memory_run(struct memory *of, u64 first, u64 some)
{
	(void)of;
	(void)first;
	(void)some;
	PROVE(false, "a run lies in a region");
	return (struct memory_run){ .kind = MEMORY_RUN_NONE };
}

void hal_space_add_table(struct hal_space *at_space, uaddr_t at, paddr_t table)
{
	(void)at_space;
	(void)at;
	(void)table;
	PROVE(missing != 0, "a table that is missing");
	missing--;
}

u64 hal_space_unmap(struct hal_space *at_space, uaddr_t at)
{
	(void)at_space;
	if (at.v != watched)
		return MAYBE() ? 1 : 0;
	bool was = mapped;

	mapped = false;
	return was ? 1 : 0;
}

enum hal_mmu_result hal_space_protect(struct hal_space *at_space, uaddr_t at, u32 prot)
{
	(void)at_space;
	if (at.v == watched && mapped)
		prot_there = prot;
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_query(const struct hal_space *at_space, uaddr_t at, paddr_t *frame, u32 *prot)
{
	(void)at_space;
	PROVE(at.v == watched, "the page that is asked for");
	if (!mapped)
		return HAL_MMU_ABSENT;
	frame->v = frame_there;
	*prot = prot_there;
	return HAL_MMU_OK;
}

static u32 tables_left;
bool hal_space_take_table(struct hal_space *at, paddr_t *table)
{
	(void)at;
	if (tables_left == 0)
		return false;
	tables_left--;
	table->v = ANY(u64);
	return true;
}

static bool flushed_here, flushed_there;
static bool covers(uaddr_t at, u64 pages) { return watched >= at.v && watched < at.v + (pages << PAGE_SHIFT); }

void hal_tlb_flush(struct hal_space *at_space, uaddr_t at, u64 pages)
{
	(void)at_space;
	flushed_here = flushed_here || covers(at, pages);
}

void hal_tlb_shootdown(struct hal_space *at_space, uaddr_t at, u64 pages)
{
	(void)at_space;
	PROVE(space->lock.taken == 0, "others are waited for with no lock held");
	flushed_there = flushed_there || covers(at, pages);
	if (flushed_here && flushed_there && !mapped)
		cached = false;
}

/* ---- any space ---- */

static bool listed(u32 i)
{
	const struct list_node *at = region[i]->memory->mappings.first;

	for (u32 step = 0; step < REGIONS && at != nullptr && at != &region[i]->mapping; step++)
		at = at->next;
	return at == &region[i]->mapping;
}

static bool in_tree(u32 i)
{
	const struct tree_node *at = space->regions.first;

	for (u32 step = 0; step < REGIONS && at != nullptr && at != &region[i]->node; step++)
		at = at->child[1];
	return at == &region[i]->node;
}

/* What the page in the tables may be, if it is in this region. */
static bool right_page(u32 i)
{
	u64 page = (watched - first(i)) >> PAGE_SHIFT;

	return frame_there == frame_of(region[i]->memory, region[i]->first_page + page) &&
		(region[i]->prot != 0 ? (changing[i] && page >= region[i]->done) || (prot_there & ~region[i]->prot) == 0
			: page >= region[i]->done);
}

static bool kept_page(void)
{
	bool in = false;

	for (u32 i = 0; i < REGIONS; i++)
		in = in || (inside(i, watched) && right_page(i));
	return !mapped || in;
}

static bool kept(void)
{
	u32 count = 0, by[EACH] = {};
	bool holds = space->lock.taken == 0 && (!cached || mapped) && frames == space->tables;

	for (u32 i = 0; i < REGIONS; i++) {
		holds = holds && in_tree(i) == there[i];
		if (!there[i])
			continue;
		count++;
		by[0] += region[i]->lineage == through[0];
		by[1] += region[i]->lineage == through[1];
		holds = holds && page_aligned(first(i)) && first(i) >= HAL_USER_BASE && region[i]->pages != 0 &&
			region[i]->pages <= REGION_PAGES_MAX && end(i) <= HAL_USER_TOP && region[i]->space == space && listed(i);
		for (u32 k = i + 1; k < REGIONS; k++)
			holds = holds && (!there[k] || end(i) <= first(k) || end(k) <= first(i));
	}
	for (u32 i = 0; i < EACH; i++)
		holds = holds && through[i]->refs == 1 + by[i];
	return holds && memory->object.refs == 1 + count && memory->lock.taken == 0 && charged == count &&
		given == REGIONS - count && (dying || kept_page());
}

static u32 any_prot(void)
{
	u32 prot = HAL_PROT_READ | (MAYBE() ? HAL_PROT_WRITE : MAYBE() ? HAL_PROT_EXECUTE : 0);

	return prot | (MAYBE() ? HAL_PROT_DEVICE : 0);
}

static void any_memory(void)
{
	memory = NEW(struct memory);
	memory->object.type = OBJECT_MEMORY;
	memory->object.refs = 1;
	memory->lock.taken = 0;
	memory->mappings = (struct list){};
	memory->pages = ANY(u8);
	memory->words = MAYBE();
	for (u64 page = 0; page < MEMORY_DIRECT_PAGES; page++)
		memory->direct[page].v = page < memory->pages && MAYBE() ? frame_of(memory, page) : 0;
	for (u32 i = 0; i < EACH; i++) {
		through[i] = NEW(struct lineage);
		through[i]->refs = 1;
		through[i]->checked_at = 0;
		valid[i] = MAYBE();
	}
}

/* Addresses of a few more pages than there are for user mode, below and above. */
static u64 any_address(void) { return (u64)ANY(u8) << PAGE_SHIFT; }

static void any_space(void)
{
	lineage_revocations = 1;
	group_rules = 1;
	payer = NEW(struct group);
	payer->account[GROUP_OBJECTS].rules_seen = 0;
	space = NEW(struct space);
	space->group = payer;
	space->lock.taken = 0;
	space->closed = MAYBE();
	space->regions = (struct tree){};
	charged = 0;
	given = REGIONS;
	dying = false;
	any_memory();
	for (u32 i = 0; i < REGIONS; i++) {
		region[i] = NEW(struct region);
		region[i]->pooled.pool = POOL_REGION;
		region[i]->node.height = 0;
		region[i]->memory = memory;
		region[i]->lineage = MAYBE() ? through[1] : through[0];
		region[i]->space = space;
		region[i]->prot = MAYBE() ? 0 : any_prot();
		region[i]->pages = ANY(u8);
		region[i]->first_page = ANY(u8);
		region[i]->done = ANY(u8);
		changing[i] = MAYBE();
		there[i] = MAYBE();
		ASSUME(region[i]->done <= region[i]->pages);
		if (!there[i])
			continue;
		u64 key = any_address();

		ASSUME(i == 0 || !there[0] || key > region[0]->node.key);
		tree_insert(&space->regions, &region[i]->node, key);
		list_push(&region[i]->memory->mappings, &region[i]->mapping);
		region[i]->memory->object.refs++;
		region[i]->lineage->refs++;
		charged++;
		given--;
	}
	watched = any_address();
	mapped = MAYBE();
	cached = mapped && MAYBE();
	frame_there = (u64)ANY(u16) << PAGE_SHIFT;
	prot_there = any_prot();
	missing = MAYBE() ? 1 : MAYBE() ? 2 : 0;
	frames = ANY(u8);
	space->tables = frames;
	flushed_here = flushed_there = false;
	ASSUME(watched >= HAL_USER_BASE && watched < HAL_USER_TOP);
	ASSUME(kept());
}

struct before {
	bool there;
	u64 done;
	u32 prot;
};

static struct before remember(u32 i) { return (struct before){ there[i], region[i]->done, region[i]->prot }; }

static bool same(u32 i, struct before old)
{
	return there[i] == old.there && region[i]->done == old.done && region[i]->prot == old.prot;
}

/* ---- mapping ---- */

void tree_insert_at(struct tree *tree, struct tree_node *node, u64 key, struct tree_node *parent)
{
	PROVE(parent == tree_floor(tree, key) && (parent == nullptr || parent->key < key), "a region is put where it belongs");
	tree_insert(tree, node, key);
}

enum status group_charge(struct group *group, enum group_account which, u64 amount)
{
	PROVE(group == payer && which == GROUP_OBJECTS && amount == 1, "a region is charged as an object");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	charged++;
	return STATUS_OK;
}

/* The second region is not there. */
struct pooled *pool_take(u32 pool)
{
	PROVE(pool == POOL_REGION && !there[1] && given == REGIONS - there[0], "a region is taken, once");
	if (MAYBE())
		return nullptr;
	given--;
	return &region[1]->pooled;
}

/* As places.c shows the real one. */
static enum status free_place(const struct space *in, struct mapping *mapping, struct tree_node **parent)
{
	u64 bytes = mapping->pages << PAGE_SHIFT;

	PROVE(in == space && space->lock.taken != 0, "under the lock");
	if (MAYBE())
		return MAYBE() ? STATUS_RANGE : STATUS_EXISTS;
	if (mapping->at == 0)
		mapping->at = any_address();
	ASSUME(page_aligned(mapping->at) && mapping->at >= HAL_USER_BASE && mapping->at < HAL_USER_TOP &&
		bytes <= HAL_USER_TOP - mapping->at);
	ASSUME(!there[0] || mapping->at + bytes <= first(0) || mapping->at >= end(0));
	*parent = tree_floor(&space->regions, mapping->at);
	return STATUS_OK;
}

void prove_map(void)
{
	any_space();
	ASSUME(!there[1] && space->filled < 1u << 20);
	u32 k = MAYBE() ? 1 : 0;
	struct mapping mapping = { .at = any_address(), .pages = ANY(u8), .first_page = ANY(u8), .populate = ANY(u8),
		.prot = any_prot() };
	struct mapping asked = mapping;
	struct lineage *gone = NEW(struct lineage); /* its last copy was dropped meanwhile */
	struct cap cap = { .object = &memory->object, .lineage = MAYBE() ? gone : through[k], .type = OBJECT_MEMORY };
	struct before old = remember(0);
	bool good = valid[k], closed = space->closed;

	gone->refs = 0;

	ASSUME(mapping.populate <= mapping.pages && mapping.populate <= 2 * POPULATE_STEP_PAGES);
	enum status status = space_map(space, &mapping, &cap);
	bool ok = status == STATUS_OK;

	there[1] = ok;
	changing[1] = false;
	PROVE(kept(), "a region that is mapped is known to all whom that concerns, one that is not to nobody; no two overlap");
	PROVE(same(0, old), "no other region is touched");
	PROVE(!ok || (good && !closed), "nothing is mapped through what was revoked, nor into a space that is taken down");
	PROVE(!ok || (first(1) == mapping.at && region[1]->pages == asked.pages && region[1]->first_page == asked.first_page &&
		region[1]->prot == asked.prot && region[1]->lineage == through[k]), "it is what was asked for, where it was said");
	PROVE(asked.pages != 0 || !ok, "and not nothing");
}

static u32 maps;

/* In place of space_map, where the kernel maps what is its own. */
static enum status map_through(struct space *in, struct mapping *mapping, const struct cap *cap)
{
	PROVE(in == space && mapping != nullptr && cap->object == &memory->object && cap->lineage == &memory->object.root &&
		cap->type == OBJECT_MEMORY, "through the memory's own capability, which lasts as long as it does");
	maps++;
	return STATUS_EXISTS;
}

void prove_map_own(void)
{
	struct mapping mapping;

	space = NEW(struct space);
	memory = NEW(struct memory);
	PROVE(space_map_own(space, &mapping, memory) == STATUS_EXISTS && maps == 1, "it is mapped like any other");
}

/* ---- taking away ---- */

void prove_unmap(void)
{
	any_space();
	u64 at = any_address(), pages = ANY(u8);
	bool more = false, inside_it[REGIONS], cut = false, stepped = false;
	struct before old[REGIONS] = { remember(0), remember(1) };

	for (u32 i = 0; i < REGIONS; i++) {
		bool meets = there[i] && first(i) < at + (pages << PAGE_SHIFT) && end(i) > at;

		inside_it[i] = meets && first(i) >= at && end(i) <= at + (pages << PAGE_SHIFT);
		cut = cut || (meets && !inside_it[i]);
	}
	enum status status = space_unmap(space, at, pages << PAGE_SHIFT, &more);

	PROVE(kept(), "what is taken away is in no table and no cache, and given up once");
	for (u32 i = 0; i < REGIONS; i++) {
		PROVE(inside_it[i] || same(i, old[i]), "no region that is not inside is touched");
		PROVE(status != STATUS_OK || more || !inside_it[i] || !there[i], "when nothing more is said to be left, none is");
		stepped = stepped || !same(i, old[i]);
	}
	PROVE(!stepped || (status == STATUS_OK && !cut), "and none at all if one would be cut");
	PROVE(status != STATUS_OK || (inside_it[0] || inside_it[1]), "what was there is told");
	PROVE(status != STATUS_NOT_FOUND || (!inside_it[0] && !inside_it[1] && !cut), "and that nothing was");
}

void prove_undo(void)
{
	any_space();
	u64 at = any_address();
	u32 i = MAYBE() ? 1 : 0;
	struct before old[REGIONS] = { remember(0), remember(1) };
	bool ends = there[i] && first(i) == at && !(region[i]->lineage == through[0] ? valid[0] : valid[1]);

	space_undo(space, region[i], at);
	PROVE(kept(), "what is taken away is in no table and no cache, and given up once");
	PROVE(same(1 - i, old[1 - i]), "no other region is touched");
	PROVE(same(i, old[i]) == !ends, "exactly one that is there and was revoked is");
}

void prove_protect(void)
{
	any_space();
	u64 at = any_address(), pages = ANY(u16);
	u32 prot = any_prot() & ~(u32)HAL_PROT_DEVICE;
	struct before old[REGIONS] = { remember(0), remember(1) };
	bool was_mapped = mapped, more = false;
	u32 had = prot_there;
	enum status status = space_protect(space, at, pages, prot, &more);

	for (u32 i = 0; i < REGIONS; i++) {
		bool it = status == STATUS_OK && old[i].there && first(i) == at;

		PROVE(it || same(i, old[i]), "no other region is touched");
		PROVE((region[i]->prot & ~old[i].prot) == 0, "no access is added");
		changing[i] = it ? more : changing[i];
		PROVE(!it || (region[i]->prot & ~(u32)HAL_PROT_DEVICE) == prot, "it has exactly the access asked for");
		PROVE(!it || more || !inside(i, watched) || (flushed_here && flushed_there), "and every cache knows, when it says so");
	}
	PROVE(kept(), "the tables allow no more than the region");
	PROVE(mapped == was_mapped && (!mapped || status == STATUS_OK || prot_there == had), "a refusal changes nothing");
}

/* ---- finding ---- */

/* The region that allows the access, if any. */
static bool allowed(u32 access, bool device)
{
	bool found = false;

	for (u32 i = 0; i < REGIONS; i++)
		found = found || (inside(i, watched) && (region[i]->prot & access) != 0 &&
			(device || (region[i]->prot & HAL_PROT_DEVICE) == 0));
	return found;
}

static u32 any_access(void) { return MAYBE() ? HAL_PROT_READ : MAYBE() ? HAL_PROT_WRITE : HAL_PROT_EXECUTE; }

void prove_touch(void)
{
	any_space();
	u64 at = any_address() | ANY(u8);
	u32 access = any_access();

	ASSUME(at < HAL_USER_BASE || at >= HAL_USER_TOP || page_floor(at) == watched);
	changing[0] = changing[1] = false;
	ASSUME(kept());
	struct frame_result result = space_touch(space, at, access);

	PROVE(kept(), "what is brought in lies in a region, and is its memory's");
	PROVE(!result.ok || (at >= HAL_USER_BASE && at < HAL_USER_TOP && !space->closed), "only addresses of user mode");
	PROVE(!result.ok || (mapped && result.frame.v == frame_there), "the frame is what is mapped there");
	bool was_there = mapped && (prot_there & access) != 0; /* while a region is taken away its pages are still there */

	PROVE(!result.ok || allowed(access, false) || was_there, "and may be used so");
	PROVE(!result.ok || (prot_there & HAL_PROT_DEVICE) == 0, "and is none of a device");
}

void prove_fault(void)
{
	any_space();
	u64 at = any_address() | ANY(u8);
	u32 access = any_access();

	ASSUME(at < HAL_USER_BASE || at >= HAL_USER_TOP || page_floor(at) == watched);
	enum status status = space_fault(space, at, access);

	PROVE(kept(), "what is brought in lies in a region, and is its memory's");
	PROVE(status != STATUS_OK || (mapped && allowed(access, true) && !space->closed),
		"a fault is mended only where the access is allowed");
	PROVE(status != STATUS_BAD_ADDRESS || at < HAL_USER_BASE || at >= HAL_USER_TOP || !allowed(access, true),
		"and it is said that it is not only then");
}

void prove_word(void)
{
	any_space();
	u64 at = any_address() | ANY(u8);
	u32 access = any_access();
	bool fill_it = MAYBE();
	struct space_word word = {};

	ASSUME(at < HAL_USER_BASE || at >= HAL_USER_TOP || page_floor(at) == watched);
	enum status status = space_word(space, at, access, fill_it, &word);

	PROVE(kept(), "what is brought in lies in a region, and is its memory's");
	if (status != STATUS_OK)
		return;
	PROVE(allowed(access, false) && word.memory == memory, "only where the access is allowed");
	u64 page = word.offset >> PAGE_SHIFT;

	PROVE(word.offset % PAGE_BYTES == at % PAGE_BYTES && (!fill_it || (mapped && frame_of(word.memory, page) == word.frame.v)),
		"the word is at the same place of the page, and the page is the memory's");
}

/* ---- the end ---- */

void prove_drain(void)
{
	any_space();
	u32 steps = ANY(u32), before = given;

	ASSUME(steps <= REGIONS);
	dying = true;
	bool done = space_drain(space, steps);

	PROVE(kept(), "each region is given up once");
	PROVE(given - before <= steps, "in bounded steps");
	PROVE(done == (steps > REGIONS - before) && IMPLIES(done, charged == 0), "until none is left");
	PROVE(steps == 0 || space->closed, "and nothing comes any more");
}

void prove_free(void)
{
	any_space();
	u32 steps = ANY(u32);

	ASSUME(frames <= 3 && steps <= 4);
	tables_left = frames;
	bool done = space_free(space, steps);

	PROVE(frames == space->tables && tables_left == frames, "each table is given back once");
	PROVE(done == (frames == 0), "until none is left");
}
