/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of four levels, for the harnesses of each architecture. Two addresses, any contents of the tables on their
 * ways: where the ways part, the tables differ. One operation at one address; what a look at either finds before and
 * after.
 *
 * What lies in no table on the two ways is touched by nobody: it is not there.
 *
 * Before it is included: TABLES_SOURCE, the source.
 */
#ifndef TESTS_PROVE_INCLUDE_TABLES_H
#define TESTS_PROVE_INCLUDE_TABLES_H

#include "kernel/raw/frame_access.h"

/* WHY: a pointer to one of few objects is far cheaper for CBMC than one made from a number. */
static struct frame_words *prove_frame_words(paddr_t frame);
static u64 first_table(paddr_t frame, u64 from, u64 end);
#define frame_words(frame) prove_frame_words(frame)
#include TABLES_SOURCE
#undef frame_words

enum : u32 { TABLE_BITS_EACH = 3, LEVELS = 4, FREE = 2 * LEVELS, TABLES };

struct cpu *prove_this_cpu;

static struct hal_space space;
static struct frame_words *table[TABLES];  /* level - 1 on the way of one; LEVELS more on that of the other; a free one */
static u64 one, other;                     /* addresses */
static bool took_root;

/* What is the architecture's. */
static u64 table_entry(paddr_t table);      /* an entry for a table */
static bool is_leaf(u64 entry);             /* nothing, or a page that is there */
static bool is_large_page(u64 entry);       /* a large page that is there */
static bool names_table(u64 entry);
static bool as_asked(u32 prot, u32 found);  /* the access that was asked for is the access there is */
static u64 any_frame(void);                 /* which an entry can name */
static void any_features(void);
static u64 *leaf_entry(u64 at);             /* which maps an address; null: there is a table missing */

/* Frames of the model are numbered from 1. */
static paddr_t frame_of(u32 number) { return (paddr_t){ (u64)(number + 1) << PAGE_SHIFT }; }

static struct frame_words *prove_frame_words(paddr_t frame)
{
	u64 number = (frame.v >> PAGE_SHIFT) - 1;

	PROVE(number < TABLES && (frame.v & PAGE_MASK) == 0, "a walk never leaves the tables");
	for (u32 i = 0; i < TABLES - 1; i++)
		if (i == number)
			return table[i];
	return table[TABLES - 1];
}

static u64 any_address(void)
{
	u64 at = ANY(u64);

	ASSUME(page_aligned(at) && at >= HAL_USER_BASE && at < HAL_USER_TOP);
	return at;
}

/* The ways of the two have the table of this level in common. */
static bool common(u32 level)
{
	u32 shift = PAGE_SHIFT + TABLE_BITS_EACH * level;

	return level == LEVELS || one >> shift == other >> shift;
}

static u32 on_way_of_other(u32 level) { return common(level) ? level - 1 : LEVELS + level - 1; }

/* An entry above the leaves: nothing, exactly the table below on the way, or a large page where there may be one. */
static bool leads(u32 holder, u64 at, u32 level, u32 below)
{
	u64 entry = table[holder]->word[table_index(at, level)];

	return entry == 0 || entry == table_entry(frame_of(below)) || (level == 2 && is_large_page(entry));
}

/* The way to an address ends at its own table of single pages. */
static bool complete(u64 at, bool of_other)
{
	bool holds = true;

	for (u32 level = LEVELS; level > 1; level--) {
		u32 holder = of_other ? on_way_of_other(level) : level - 1, below = of_other ? on_way_of_other(level - 1) : level - 2;

		holds = holds && table[holder]->word[table_index(at, level)] == table_entry(frame_of(below));
	}
	return holds;
}

/* The table that was used last, if it was for one of the two. */
static bool near_right(u64 at, bool of_other)
{
	u32 own = of_other ? on_way_of_other(1) : 0;

	return at / (LARGE_MASK + 1) != space.near || (space.near_table.v == frame_of(own).v && complete(at, of_other));
}

static bool kept(void)
{
	bool holds = true;

	for (u32 level = LEVELS; level > 1; level--) {
		holds = holds && leads(level - 1, one, level, level - 2);
		holds = holds && leads(on_way_of_other(level), other, level, on_way_of_other(level - 1));
	}
	return holds && near_right(one, false) && near_right(other, true) && is_leaf(table[0]->word[table_index(one, 1)]) &&
		is_leaf(table[on_way_of_other(1)]->word[table_index(other, 1)]);
}

static void any_tables(void)
{
	any_features();
	for (u32 i = 0; i < TABLES; i++)
		table[i] = NEW(struct frame_words);
	space.root = frame_of(LEVELS - 1);
	space.near = ANY(u64);
	space.near_table.v = ANY(u64);
	one = any_address();
	other = any_address();
	ASSUME(kept());
}

struct found {
	enum hal_mmu_result result;
	u64 frame;
	u32 prot;
};

static struct found look(u64 at)
{
	paddr_t frame = { 0 };
	u32 prot = 0;
	enum hal_mmu_result result = hal_space_query(&space, (uaddr_t){ at }, &frame, &prot);

	return (struct found){ result, frame.v, prot };
}

static bool same(struct found a, struct found b) { return a.result == b.result && a.frame == b.frame && a.prot == b.prot; }

static u32 any_prot(void)
{
	u32 prot = HAL_PROT_READ | (ANY(u32) & (HAL_PROT_WRITE | HAL_PROT_EXECUTE | HAL_PROT_DEVICE));

	ASSUME((prot & HAL_PROT_WRITE) == 0 || (prot & HAL_PROT_EXECUTE) == 0);
	return prot;
}

static void map(void)
{
	u64 frame = any_frame();
	u32 prot = any_prot();

	any_tables();
	ASSUME(frame != 0);
	struct found before = look(one), elsewhere = look(other);
	enum hal_mmu_result result = hal_space_map(&space, (uaddr_t){ one }, (paddr_t){ frame }, prot);
	struct found after = look(one);

	PROVE(kept(), "mapping keeps the tables well formed");
	PROVE((result == HAL_MMU_PRESENT) == (before.result == HAL_MMU_OK), "what is mapped is not mapped again");
	PROVE(IMPLIES(result == HAL_MMU_OK, after.result == HAL_MMU_OK && after.frame == frame && as_asked(prot, after.prot)),
		"what is mapped is found, with that frame and that access");
	PROVE(IMPLIES(result != HAL_MMU_OK, same(before, after)), "else nothing changes");
	PROVE(IMPLIES(one != other, same(elsewhere, look(other))), "no other address is changed");
}

/* Whether the entry that maps `one` is a large page; and then whether the other address lies in it, too. */
static bool large(void)
{
	u64 *entry = leaf_entry(one);

	return entry != nullptr && entry == ELEM(table[1]->word, table_index(one, 2));
}

static bool together(void) { return one == other || (large() && (one & ~LARGE_MASK) == (other & ~LARGE_MASK)); }

static void map_large(void)
{
	u64 frame = any_frame() & ~LARGE_MASK;
	u32 prot = HAL_PROT_READ | (ANY(u32) & HAL_PROT_WRITE);

	any_tables();
	ASSUME(frame != 0 && (one & ~LARGE_MASK) >= HAL_USER_BASE);
	struct found before = look(one), elsewhere = look(other);
	enum hal_mmu_result result = hal_space_map_large(&space, (uaddr_t){ one & ~LARGE_MASK }, (paddr_t){ frame }, prot);
	struct found after = look(one);

	PROVE(kept(), "mapping keeps the tables well formed");
	PROVE(IMPLIES(before.result == HAL_MMU_OK, result == HAL_MMU_PRESENT), "what is mapped is not mapped again");
	PROVE(IMPLIES(result == HAL_MMU_OK, after.result == HAL_MMU_OK && after.frame == frame + (one & LARGE_MASK) &&
		as_asked(prot, after.prot)), "each page is found, with its frame and that access");
	PROVE(IMPLIES(result != HAL_MMU_OK, same(before, after)), "else nothing changes");
	PROVE(IMPLIES((one & ~LARGE_MASK) != (other & ~LARGE_MASK), same(elsewhere, look(other))), "no other address is changed");
}

static void unmap(void)
{
	any_tables();
	bool was_large = large(), both = together();
	struct found before = look(one), elsewhere = look(other);
	u64 pages = hal_space_unmap(&space, (uaddr_t){ one });

	PROVE(kept(), "unmapping keeps the tables well formed");
	PROVE(pages == (before.result != HAL_MMU_OK ? 0 : was_large ? HAL_LARGE_PAGES : 1), "it is told how much was there");
	PROVE(look(one).result == HAL_MMU_ABSENT, "nothing is there any more");
	PROVE(IMPLIES(!both, same(elsewhere, look(other))), "no other address is changed");
}

static void protect(void)
{
	u32 prot = any_prot();

	any_tables();
	bool both = together();
	struct found before = look(one), elsewhere = look(other);
	enum hal_mmu_result result = hal_space_protect(&space, (uaddr_t){ one }, prot);
	struct found after = look(one);

	PROVE(kept() && result == before.result, "changing the access keeps the tables well formed");
	PROVE(IMPLIES(result == HAL_MMU_OK, after.frame == before.frame && as_asked(prot, after.prot)),
		"the same frame has the new access");
	PROVE(IMPLIES(!both, same(elsewhere, look(other))), "no other address is changed");
}

static bool empty(u32 number)
{
	u32 word = ANY(u32) % FRAME_WORDS;

	return table[number]->word[word] == 0;
}

/* The table given is the one that was missing on the way; with three of them whatever is missing is there. */
static void add_table(void)
{
	u32 added = 0;

	any_tables();
	struct found elsewhere = look(other);

	ASSUME(leaf_entry(one) == nullptr);
	for (u32 level = LEVELS; level > 1; level--)
		if (table[level - 1]->word[table_index(one, level)] == 0) {
			/* The zeroed frame is the next table on the way. */
			ASSUME(table[level - 2]->word[table_index(one, level - 1)] == 0 && empty(level - 2));
			ASSUME(IMPLIES(common(level - 1), table[level - 2]->word[table_index(other, level - 1)] == 0));
			hal_space_add_table(&space, (uaddr_t){ one }, frame_of(level - 2));
			added++;
			PROVE(table[level - 1]->word[table_index(one, level)] == table_entry(frame_of(level - 2)),
				"a table hangs where it was missing");
		}
	PROVE(kept() && added <= 3, "adding tables keeps them well formed");
	PROVE(leaf_entry(one) != nullptr, "with at most three more there is an entry for every address");
	PROVE(look(one).result == HAL_MMU_ABSENT && same(elsewhere, look(other)), "and nothing is mapped by that");
}

/* ---- taking down ---- */

/* Whether it is reached from the root; by number, as `table` has them. */
static bool reached(u32 number)
{
	bool is = space.root.v != 0;

	if (number < LEVELS) {
		for (u32 level = LEVELS; level > number + 1; level--)
			is = is && table[level - 1]->word[table_index(one, level)] == table_entry(frame_of(level - 2));
		return is;
	}
	for (u32 level = LEVELS; level > number - LEVELS + 1; level--)
		is = is && table[on_way_of_other(level)]->word[table_index(other, level)] ==
			table_entry(frame_of(on_way_of_other(level - 1)));
	return is && !common(number - LEVELS + 1);
}

/* What lies behind the place up to which tables were taken: else it would be forgotten. */
static bool ahead(u32 number)
{
	u32 level = number % LEVELS + 1;
	u64 bytes = PAGE_BYTES << TABLE_BITS_EACH * level, at = number < LEVELS ? one : other;

	return level == LEVELS || (at & ~(bytes - 1)) + bytes > space.sweep;
}

static bool all_ahead(void)
{
	bool holds = true;

	for (u32 i = 0; i < FREE; i++)
		holds = holds && (!reached(i) || ahead(i));
	return holds;
}

/* As prove_next_used shows the real one; nothing beside the ways is a table. */
static u64 first_table(paddr_t frame, u64 from, u64 end)
{
	u64 number = (frame.v >> PAGE_SHIFT) - 1, found = end;
	u32 level = (u32)(number % LEVELS) + 1;

	PROVE(number < FREE && level > 1, "tables are looked for where there may be some");
	for (u32 i = 0; i < FREE; i++) {
		u64 at = table_index(i < LEVELS ? one : other, i % LEVELS + 2);
		u32 above = i < LEVELS ? i + 1 : on_way_of_other(i % LEVELS + 2);

		if (i % LEVELS + 1 == LEVELS || above != number || !reached(i))
			continue;
		PROVE(at >= from && at < end, "before there are known to be none");
		found = min_u64(found, at);
	}
	return found;
}

/* The first table of all entries from a group of eight on, or the end. */
static void find_used(void)
{
	u64 from = ANY(u64), some = ANY(u64);

	table[0] = NEW(struct frame_words);
	ASSUME(from < TABLE_ENTRIES && some < TABLE_ENTRIES);
	u64 index = next_used(frame_of(0), from, TABLE_ENTRIES);
	u64 entry = table[0]->word[some];

	PROVE(index <= TABLE_ENTRIES && (index == TABLE_ENTRIES || names_table(table[0]->word[index])), "what is found is a table");
	PROVE(some < from || some >= index || !names_table(entry), "and there is none before it");
}

static void take_table(void)
{
	bool there[FREE];
	u32 gone = 0;
	paddr_t taken = { 0 };

	any_tables();
	if (MAYBE())
		space.root.v = 0;
	space.sweep = any_address() & ~(u64)PAGE_MASK;
	ASSUME(all_ahead());
	for (u32 i = 0; i < FREE; i++)
		there[i] = reached(i);
	u64 sweep = space.sweep;
	bool more = hal_space_take_table(&space, &taken);

	PROVE(more == there[LEVELS - 1], "as long as there is a root there is a table to take");
	for (u32 i = 0; i < FREE; i++) {
		bool is = more && taken.v == frame_of(i).v;

		gone += is;
		PROVE(!is || there[i], "what is taken hung there");
		PROVE(reached(i) == (there[i] && !is), "it is reached no more, and every other that was there is");
	}
	took_root = more && taken.v == frame_of(LEVELS - 1).v;
	PROVE(gone == more, "one at a time");
	PROVE(all_ahead() && space.sweep >= sweep, "the place up to which tables were taken passes none");
}

#endif
