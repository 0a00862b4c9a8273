/* SPDX-License-Identifier: Apache-2.0
 *
 * The page tables of x86_64. Two addresses, any contents of the tables on their ways: where the ways part, the
 * tables differ. One operation at one address; what a look at either finds before and after.
 *
 * What lies in no table on the two ways is touched by nobody: it is not there.
 */
#include "kernel/raw/frame_access.h"
#include "kernel/arch/x86/64/paging.h"

/* WHY: a pointer to one of few objects is far cheaper for CBMC than one made from a number. */
static struct frame_words *prove_frame_words(paddr_t frame);
#define frame_words(frame) prove_frame_words(frame)
#include "kernel/arch/x86/64/space.c"
#undef frame_words

enum : u32 { TABLE_BITS_EACH = 3, LEVELS = 4, FREE = 2 * LEVELS, TABLES };

struct cpu *prove_this_cpu;
struct x86_features x86_features;

static struct hal_space space;
static struct frame_words *table[TABLES];  /* level - 1 on the way of one; LEVELS more on that of the other; a free one */
static u64 one, other;                     /* addresses */

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

void paging_share_kernel(paddr_t root) { (void)root; }
paddr_t paging_kernel_root(void) { return (paddr_t){ 0 }; }

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

/* A page that is there; which bits it has beside the usual. */
static bool is_page(u64 entry, u64 more)
{
	u64 always = PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | more;
	u64 rest = entry & ~(always | PTE_FRAME | PTE_WRITE | PTE_NO_EXECUTE | DEVICE_BITS);

	return (entry & PTE_FRAME) != 0 && (entry & always) == always && rest == 0;
}

static bool is_leaf(u64 entry) { return entry == 0 || is_page(entry, 0); }
static bool is_large_page(u64 entry) { return is_page(entry, PTE_LARGE) && (entry & PTE_FRAME & LARGE_MASK) == 0; }

/* An entry above the leaves: nothing, exactly the table below on the way, or a large page where there may be one. */
static bool leads(u32 holder, u64 at, u32 level, u32 below)
{
	u64 entry = table[holder]->word[table_index(at, level)];

	return entry == 0 || entry == (frame_of(below).v | TABLE_BITS) || (level == 2 && is_large_page(entry));
}

static bool kept(void)
{
	bool holds = true;

	for (u32 level = LEVELS; level > 1; level--) {
		holds = holds && leads(level - 1, one, level, level - 2);
		holds = holds && leads(on_way_of_other(level), other, level, on_way_of_other(level - 1));
	}
	return holds && is_leaf(table[0]->word[table_index(one, 1)]) &&
		is_leaf(table[on_way_of_other(1)]->word[table_index(other, 1)]);
}

static void any_tables(void)
{
	x86_features.nx = MAYBE();
	for (u32 i = 0; i < TABLES; i++)
		table[i] = NEW(struct frame_words);
	space.root = frame_of(LEVELS - 1);
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

/* The access that was asked for is the access there is; without NX in the processor what is not writable can be run. */
static bool as_asked(u32 prot, u32 found)
{
	return prot == found || (!x86_features.nx && (prot & HAL_PROT_WRITE) == 0 && (prot | HAL_PROT_EXECUTE) == found);
}

void prove_map(void)
{
	u64 frame = ANY(u64) & PTE_FRAME;
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
	u64 *entry = leaf(&space, one);

	return entry != nullptr && is_large(*entry);
}

static bool together(void) { return one == other || (large() && (one & ~LARGE_MASK) == (other & ~LARGE_MASK)); }

void prove_map_large(void)
{
	u64 frame = ANY(u64) & PTE_FRAME & ~LARGE_MASK;
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

void prove_unmap(void)
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

void prove_protect(void)
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
void prove_add_table(void)
{
	u32 added = 0;

	any_tables();
	struct found elsewhere = look(other);

	ASSUME(leaf(&space, one) == nullptr);
	for (u32 level = LEVELS; level > 1; level--)
		if (table[level - 1]->word[table_index(one, level)] == 0) {
			/* The zeroed frame is the next table on the way. */
			ASSUME(table[level - 2]->word[table_index(one, level - 1)] == 0 && empty(level - 2));
			ASSUME(IMPLIES(common(level - 1), table[level - 2]->word[table_index(other, level - 1)] == 0));
			hal_space_add_table(&space, (uaddr_t){ one }, frame_of(level - 2));
			added++;
			PROVE(table[level - 1]->word[table_index(one, level)] == (frame_of(level - 2).v | TABLE_BITS),
				"a table hangs where it was missing");
		}
	PROVE(kept() && added <= 3, "adding tables keeps them well formed");
	PROVE(leaf(&space, one) != nullptr, "with at most three more there is an entry for every address");
	PROVE(look(one).result == HAL_MMU_ABSENT && same(elsewhere, look(other)), "and nothing is mapped by that");
}
