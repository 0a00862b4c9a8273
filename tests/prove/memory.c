/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory objects: the frames of their pages, and their end. An object with a tree of two levels, whose nodes
 * have two entries each, or with two pages and no tree; pages are touched in any order, and frames may run out. A run is
 * two pages.
 */
#include "kernel/raw/frame_access.h"

static struct frame_words *prove_frame_words(paddr_t frame);
static void prove_frame_zero(paddr_t frame);
#define frame_words(frame) prove_frame_words(frame)
#define frame_zero(frame) prove_frame_zero(frame)
#include "kernel/core/mem/memory.c"
#undef frame_words
#undef frame_zero
#include "tests/prove/include/quiet.h"

enum : u32 { FRAMES = 7, TREE = 4, NO_TREE = 2 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted, lineage_revocations = 1;

static struct memory *memory;
static struct frame_words *frames[FRAMES];
static u32 handed_out, given_back;
static bool none_left, no_runs;
static bool back[FRAMES];

/* Frame i of the model is frame number i + 1. */
static struct frame_words *prove_frame_words(paddr_t frame)
{
	u64 number = (frame.v >> PAGE_SHIFT) - 1;

	PROVE(number < handed_out && !back[number < FRAMES ? number : 0], "only frames of the object are touched");
	for (u32 i = 0; i < FRAMES - 1; i++)
		if (i == number)
			return frames[i];
	return frames[FRAMES - 1];
}

static void prove_frame_zero(paddr_t frame)
{
	for (u32 word = 0; word < FRAME_WORDS; word++)
		prove_frame_words(frame)->word[word] = 0;
}

/* Two frames that are not zero. */
struct frame_result group_run_alloc(struct group *group, u32 order)
{
	struct frame_result run = { .ok = true, .frame = { (u64)(handed_out + 1) << PAGE_SHIFT } };

	PROVE(group == memory->object.group && order == 1, "the object's group pays");
	if (none_left || no_runs)
		return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
	for (u32 i = 0; i < FRAMES; i++)
		if (i == handed_out || i == handed_out + 1) {
			frames[i] = NEW(struct frame_words);
			for (u32 word = 0; word < FRAME_WORDS; word++)
				frames[i]->word[word] = 1;
		}
	handed_out += 2;
	return run;
}

struct frame_result group_frame_alloc(struct group *group)
{
	PROVE(group == memory->object.group, "the object's group pays");
	if (none_left)
		return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
	for (u32 i = 0; i < FRAMES; i++)
		if (i == handed_out) {
			frames[i] = NEW(struct frame_words);
			for (u32 word = 0; word < FRAME_WORDS; word++)
				frames[i]->word[word] = 0;
		}
	handed_out++;
	return (struct frame_result){ .ok = true, .frame = { (u64)handed_out << PAGE_SHIFT } };
}

/* Of a kind that is not looked at here. */
void memory_free_dma(struct memory *memory) { (void)memory; }

void group_frame_free(struct group *group, paddr_t frame)
{
	u64 number = (frame.v >> PAGE_SHIFT) - 1;

	PROVE(group == memory->object.group && number < handed_out && !back[number < FRAMES ? number : 0],
		"each frame is given back once");
	back[number < FRAMES ? number : 0] = true;
	given_back++;
}

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	memory = NEW(struct memory);
	*memory = (struct memory){ .object = { .type = type, .group = group } };
	*out = &memory->object;
	return STATUS_OK;
}

/* ---- revocation ---- */

enum : u32 { REGIONS = 2 };

static struct region *region[REGIONS];
static struct space *space[REGIONS];
static bool good[REGIONS];           /* it was mapped through what is valid */
static u32 undone[REGIONS];

bool lineage_walk(struct lineage *lineage)
{
	PROVE(memory->lock.taken != 0 && (lineage == region[0]->lineage || lineage == region[1]->lineage),
		"of a region, under the lock");
	return lineage == region[0]->lineage ? good[0] : good[1];
}

void space_undo(struct space *in, const struct region *which, u64 at)
{
	u32 i = which == region[0] ? 0 : 1;

	PROVE(which == region[i] && in == space[i] && at == region[i]->node.key && memory->lock.taken == 0,
		"a region is taken away where it is, with no lock held");
	undone[i]++;
}

/* ---- system calls ---- */

static struct cap source;            /* what is to be sealed */
static u32 added;
static u32 rights_given;
static u64 value_given;

struct sys_result sys_new_child(struct thread *self, struct cap *cap, u32 rights)
{
	(void)self;
	PROVE(cap->object == source.object && cap->value == source.value && added == 0, "a child of the same, once");
	PROVE(source.object->refs == 2 && source.lineage->refs == 2, "that is held");
	added++;
	rights_given = rights;
	return MAYBE() ? sys_fail(STATUS_OUT_OF_CAPS) : sys_ok(1);
}

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	(void)self;
	PROVE(object == &memory->object && added == 0, "what was made is handed out, once");
	added++;
	rights_given = rights;
	value_given = value;
	return sys_ok(1);
}

static void begin(u64 pages)
{
	struct memory *out = nullptr;

	handed_out = 0;
	given_back = 0;
	none_left = false;
	no_runs = false;
	for (u32 i = 0; i < FRAMES; i++)
		back[i] = false;
	enum status status = memory_make(NEW(struct group), pages, &out);

	ASSUME(status == STATUS_OK);
}

void prove_make(void)
{
	u64 pages = ANY(u64);
	struct memory *out = nullptr;
	enum status status = memory_make(NEW(struct group), pages, &out);

	PROVE((status == STATUS_OK) == (pages != 0 && pages <= MEMORY_PAGES_MAX), "a size that makes no sense is refused");
	if (status != STATUS_OK)
		return;
	PROVE(out->height <= MEMORY_HEIGHT_MAX && out->pages == pages, "the tree is of a height there may be");
	PROVE(out->height == 0 ? pages <= MEMORY_DIRECT_PAGES : pages <= 1ull << (RADIX_BITS * out->height),
		"it has a place for each page");
}

static void touch_two(u64 pages)
{
	u64 one = ANY(u64), other = ANY(u64);

	begin(pages);
	struct frame_result first = memory_page(memory, one);

	PROVE(first.ok == (one < pages), "there are exactly the pages there should be");
	none_left = MAYBE();
	struct frame_result second = memory_page(memory, other);
	u32 frames_by_now = handed_out;

	none_left = true;
	struct frame_result again = memory_page(memory, one);

	PROVE(IMPLIES(first.ok, again.ok && again.frame.v == first.frame.v && handed_out == frames_by_now),
		"a page has one frame, for ever");
	PROVE(IMPLIES(first.ok && second.ok && one != other, first.frame.v != second.frame.v), "no two pages have the same");
	PROVE(IMPLIES(second.ok, second.frame.v != 0 && second.frame.v >> PAGE_SHIFT <= handed_out),
		"it is one that was handed out");
	PROVE(memory->touched == handed_out && memory->lock.taken == 0, "each frame held is counted");
}

void prove_pages(void) { touch_two(TREE); }
void prove_few(void) { touch_two(NO_TREE); }

static bool is_zero(paddr_t frame) { return prove_frame_words(frame)->word[0] == 0 && prove_frame_words(frame)->word[1] == 0; }

/* Some page was touched before, or none (TREE); another is while the run of pages 0 and 1 is made. */
static void run_after(u64 before, u64 page, bool none)
{
	begin(TREE);
	no_runs = none;
	if (before < TREE)
		(void)memory_page(memory, before);
	bool expected = !none && before > 1;
	struct memory_run begun = memory_run(memory, 0, 1);
	struct frame_result one = memory_page(memory, page);
	bool zeroed = one.ok && is_zero(one.frame); /* at once: the run goes on */
	struct memory_run next = memory_run(memory, 0, 1), last = memory_run(memory, 0, 1);

	PROVE((begun.kind != MEMORY_RUN_NONE) == expected, "what was never touched becomes a run, nothing else");
	PROVE(!expected || (begun.kind == MEMORY_RUN_UNDER_WAY && next.kind == MEMORY_RUN_READY && last.kind == MEMORY_RUN_READY &&
		last.frame.v == begun.frame.v), "each call zeroes one page");
	PROVE(zeroed, "whoever gets a page gets it zeroed");
	none_left = true;
	for (u64 i = 0; i < 2 && expected; i++) {
		paddr_t there = { last.frame.v + (i << PAGE_SHIFT) };

		PROVE(is_zero(there) && memory_page(memory, i).frame.v == there.v,
			"a run that is ready is zeroed before anybody asks, its pages one behind the other");
	}
	PROVE(memory_page(memory, page).frame.v == one.frame.v, "a page has one frame, for ever");
	PROVE(memory->touched == handed_out && memory->lock.taken == 0, "each frame held is counted");
}

/* WHY each case in turn: what is known CBMC reckons at once. */
void prove_run(void)
{
	run_after(TREE, 0, false);
	run_after(TREE, 1, false);
	run_after(3, 1, false);
	run_after(1, 0, false);
	run_after(TREE, 1, true);
	begin(TREE);
	PROVE(memory_run(memory, 1, 1).kind == MEMORY_RUN_NONE && memory_run(memory, TREE, 1).kind == MEMORY_RUN_NONE &&
		handed_out == 0, "a run begins where a node does");
}

void prove_fixed(void)
{
	struct memory *out = nullptr;
	u64 base = ANY(u64), pages = ANY(u64), page = ANY(u64);

	ASSUME(page_aligned(base) && base < 1ull << 52 && pages < 1ull << 40);
	enum status status = memory_wrap(NEW(struct group), MAYBE() ? MEMORY_FIXED : MEMORY_DEVICE, (paddr_t){ base }, pages,
		&out);

	ASSUME(status == STATUS_OK);
	struct frame_result frame = memory_page(out, page);

	PROVE(frame.ok == (page < pages), "there is no page beyond the end");
	PROVE(IMPLIES(frame.ok, frame.frame.v >= base && (frame.frame.v - base) >> PAGE_SHIFT == page),
		"a page is where it was said to be");
	PROVE(memory_free(out), "nothing of it is given back");
}

static void end_after(u64 one, u64 other, bool none)
{
	u32 calls = 1;

	begin(TREE);
	(void)memory_page(memory, one);
	none_left = none;
	(void)memory_page(memory, other);
	while (!memory_free(memory) && calls < 3)
		calls++;
	PROVE(given_back == handed_out && memory->touched == 0, "at its end every frame is given back, in bounded steps");
}

/* WHY each case in turn: what is known CBMC reckons at once. */
void prove_end(void)
{
	end_after(TREE, TREE, false);
	end_after(0, 3, false);
	end_after(3, 0, false);
	end_after(2, 3, false);
	end_after(1, 0, true);
	end_after(1, 2, true);
	begin(TREE);
	(void)memory_run(memory, 2, 1);
	(void)memory_page(memory, 0);
	while (!memory_free(memory)) {
	}
	PROVE(given_back == handed_out && memory->touched == 0, "a run that is not ready goes as any pages do");
}

void prove_undo(void)
{
	begin(NO_TREE);
	bool listed[REGIONS];

	for (u32 i = 0; i < REGIONS; i++) {
		region[i] = NEW(struct region);
		space[i] = NEW(struct space);
		region[i]->lineage = NEW(struct lineage);
		region[i]->lineage->checked_at = 0;
		region[i]->space = space[i];
		good[i] = MAYBE();
		listed[i] = MAYBE();
		undone[i] = 0;
		if (listed[i])
			list_push(&memory->mappings, &region[i]->mapping);
	}
	bool left = (listed[0] && !good[0]) || (listed[1] && !good[1]);
	bool done = memory_undo(memory);

	PROVE(done == !left && undone[0] + undone[1] == left,
		"as long as a region is left that was mapped through what is revoked, one goes");
	for (u32 i = 0; i < REGIONS; i++)
		PROVE(undone[i] == 0 || (listed[i] && !good[i]), "and no other");
	PROVE(memory->lock.taken == 0, "the lock is free again");
}

void prove_seal(void)
{
	struct thread *self = NEW(struct thread);
	struct code *code = nullptr;

	source = (struct cap){ .object = NEW(struct object), .lineage = NEW(struct lineage), .value = ANY(u64), .type = OBJECT_MEMORY,
		.rights = ANY(u32) & 0xffff };
	source.object->refs = MAYBE() ? 1 : 0; /* nobody else may refer to it any more */
	source.lineage->refs = 1;
	u32 before = source.object->refs;

	added = 0;
	struct sys_result result = syscall_code_seal(self, code, &source);
	u32 passed = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT;

	PROVE(IMPLIES(result.status == STATUS_OK, added == 1) && source.object->refs == before + added, "what is held is given on");
	PROVE(!added || rights_given == ((source.rights & passed) | MEMORY_RIGHT_READ | MEMORY_RIGHT_EXECUTE),
		"it may be executed then, and never written by that");
}

void prove_create(void)
{
	struct thread *self = NEW(struct thread);
	u64 bytes = ANY(u64);

	added = 0;
	struct sys_result result = syscall_memory_create(self, NEW(struct group), bytes);
	bool right = bytes != 0 && bytes % PAGE_BYTES == 0 && bytes >> PAGE_SHIFT <= MEMORY_PAGES_MAX;

	PROVE((result.status == STATUS_OK) == right && added == right, "memory is made of whole pages, not of none, nor of too many");
	PROVE(!added || (rights_given & MEMORY_RIGHT_EXECUTE) == 0, "what can be written is not for executing");
	PROVE(!added || (memory->pages == bytes >> PAGE_SHIFT && value_given == memory->pages << 32), "a capability to all of it");
}
