/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: physical memory and simulated translation tables.
 *
 * An entry is frame | prot | PRESENT. Besides what kernel/hal/mmu.h says, it watches that no table is
 * taken out of a space that a processor still uses, and that whoever may hold a translation that is no
 * longer in the tables is asked to flush.
 */
#include "tests/host/fake_hal/state.h"
#include "hal_arch/switch.h"

#include <sys/mman.h>

#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

enum : u64 { PRESENT = 1ull << 11, LARGE = 1ull << 10, PROT_BITS = 15, LARGE_MASK = HAL_LARGE_PAGES * PAGE_BYTES - 1 };
enum : u32 { TOP = 4 };

/* Owns the mapping for the life of the program. */
struct STABLE fake_ram {
	u8 *raw_bytes;
};
static struct fake_ram ram;

void fake_power_on(u64 memory_bytes)
{
UNSAFE_BEGIN("SAFETY: the mapping lives as long as the program and is reached through fake_memory and hal_direct only");
	ram.raw_bytes = mmap(nullptr, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	INVARIANT(ram.raw_bytes != MAP_FAILED, "TEST: the host has no memory for the simulated machine");
UNSAFE_END();
	fake.memory_bytes = memory_bytes;
}

struct mspan fake_memory(u64 at, u64 bytes)
{
	INVARIANT(at <= fake.memory_bytes && bytes <= fake.memory_bytes - at, "TEST: outside the simulated memory");
UNSAFE_BEGIN("SAFETY: the range was just checked to lie inside the mapping");
	return (struct mspan){ .raw_p = ram.raw_bytes + at, .raw_n = bytes };
UNSAFE_END();
}

vaddr_t hal_direct(paddr_t at)
{
	INVARIANT(at.v < fake.memory_bytes, "INV-DIRECT: the kernel touches memory that is not RAM");
UNSAFE_BEGIN("SAFETY: the address of a byte of the mapping, as a number");
	return (vaddr_t){ (u64)(uptr)(ram.raw_bytes + at.v) };
UNSAFE_END();
}

/* ---- tables ---- */

static u64 *entry_in(paddr_t table, u64 at, u32 level)
{
	return ELEM(frame_words(table)->word, at >> (PAGE_SHIFT + 9 * (level - 1)) & (FRAME_WORDS - 1));
}

static paddr_t frame_in(u64 entry) { return (paddr_t){ page_floor(entry) }; }

/* The entry for an address at the lowest level there is on its way: level 1 is the leaf. */
static u64 *lowest(const struct hal_space *space, u64 at, u32 *level)
{
	u64 *entry = entry_in(space->root, at, TOP);

	INVARIANT(space->root.v != 0, "INV-SPACE-FREED: use of an address space whose tables are given back");
	for (*level = TOP; *level > 1 && *entry != 0 && (*entry & LARGE) == 0; --*level)
		entry = entry_in(frame_in(*entry), at, *level - 1);
	return entry;
}

/* The leaf entry, or the large one that holds the page; null if a table on the way is missing. */
static u64 *leaf(const struct hal_space *space, u64 at)
{
	u32 level;
	u64 *entry = lowest(space, at, &level);

	return level == 1 || (*entry & LARGE) != 0 ? entry : nullptr;
}

void hal_space_init(struct hal_space *space, paddr_t root) { space->root = root; }

static void check_prot(u32 prot)
{
	INVARIANT((prot & HAL_PROT_READ) != 0 && (prot & ~PROT_BITS) == 0, "INV-PROT");
	INVARIANT((prot & (HAL_PROT_WRITE | HAL_PROT_EXECUTE)) != (HAL_PROT_WRITE | HAL_PROT_EXECUTE), "INV-WX");
}

static void check_address(u64 at)
{
	INVARIANT(at >= HAL_USER_BASE && at < HAL_USER_TOP && page_aligned(at), "INV-USER-ADDRESS");
}

enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	u64 *entry = leaf(space, at.v);

	check_prot(prot);
	check_address(at.v);
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	*entry = frame.v | prot | PRESENT;
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_map_large(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	u32 level;
	u64 *entry = lowest(space, at.v, &level);

	check_prot(prot);
	check_address(at.v);
	INVARIANT(((at.v | frame.v) & LARGE_MASK) == 0 && (prot & HAL_PROT_EXECUTE) == 0, "INV-LARGE");
	if (level > 2)
		return HAL_MMU_NEEDS_TABLE;
	if (level == 1 || *entry != 0)
		return HAL_MMU_PRESENT;
	*entry = frame.v | prot | PRESENT | LARGE;
	return HAL_MMU_OK;
}

void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table)
{
	u32 level;
	u64 *missing = lowest(space, at.v, &level);

	INVARIANT(level > 1, "INV-TABLE-MISSING");
	*missing = table.v | PRESENT;
}

/* An entry was removed or reduced: processors that use the space may still hold what it was. */
static void note_stale(const struct hal_space *space)
{
	u32 me = hal_this_cpu()->id;

	for (u32 i = 0; i < cpu_count(); i++)
		if (i != me && cpu_at(i)->arch.space == space)
			ELEM(fake.cpu, i)->stale |= 1u << me;
}

bool fake_holds_stale(u32 cpu) { return ELEM(fake.cpu, cpu)->stale != 0; }

u64 hal_space_unmap(struct hal_space *space, uaddr_t at)
{
	u64 *entry = leaf(space, at.v);

	if (entry == nullptr || *entry == 0)
		return 0;
	u64 pages = (*entry & LARGE) != 0 ? HAL_LARGE_PAGES : 1;

	*entry = 0;
	note_stale(space);
	return pages;
}

enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot)
{
	u64 *entry = leaf(space, at.v);

	check_prot(prot);
	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*entry = frame_in(*entry).v | prot | PRESENT | (*entry & LARGE);
	note_stale(space);
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot)
{
	u64 *entry = at.v < HAL_USER_TOP ? leaf(space, at.v) : nullptr;

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*frame = frame_in(*entry);
	if ((*entry & LARGE) != 0)
		frame->v |= page_floor(at.v & LARGE_MASK);
	*prot = (u32)(*entry & PROT_BITS);
	return HAL_MMU_OK;
}

static bool active_somewhere(const struct hal_space *space)
{
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i)->arch.space == space)
			return true;
	return false;
}

/* The first table in a table; null: there is none. */
static u64 *first_entry(paddr_t table)
{
	for (u32 i = 0; i < FRAME_WORDS; i++) {
		u64 *entry = ELEM(frame_words(table)->word, i);

		if (*entry != 0 && (*entry & LARGE) == 0)
			return entry;
	}
	return nullptr;
}

bool hal_space_take_table(struct hal_space *space, paddr_t *table)
{
	paddr_t at = space->root;
	u64 *entry, *holder = nullptr;

	INVARIANT(!active_somewhere(space), "INV-TABLES-IN-USE: tables are taken out of an active address space");
	if (at.v == 0)
		return false;
	/* Down to the lowest table that holds no other. */
	for (u32 level = TOP; level > 1 && (entry = first_entry(at)) != nullptr; level--) {
		holder = entry;
		at = frame_in(*entry);
	}
	*table = at;
	if (holder != nullptr)
		*holder = 0;
	else
		space->root = (paddr_t){ 0 };
	return true;
}

void fake_space_activate(struct hal_cpu *cpu, struct hal_space *space)
{
	INVARIANT(space == nullptr || space->root.v != 0, "INV-SPACE-FREED: use of an address space whose tables are given back");
	cpu->space = space;
	ELEM(fake.cpu, hal_this_cpu()->id)->stale = 0;
}

void hal_space_leave(void) { fake_space_activate(&hal_this_cpu()->arch, nullptr); }

void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages)
{
	(void)space;
	(void)at;
	(void)pages;
	fake.records.flushes++;
}

/* A processor outside the kernel takes the interrupt at once; one inside when it leaves, or while it
 * waits itself. */
static bool ask_to_flush(u32 cpu)
{
	struct fake_cpu *state = ELEM(fake.cpu, cpu);

	if (!state->inside)
		state->stale = 0;
	state->flush_asked = state->inside;
	return state->inside;
}

void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages)
{
	u32 me = hal_this_cpu()->id;
	u64 asked = 0;

	(void)at;
	(void)pages;
	fake.records.shootdowns++;
	for (u32 i = 0; i < cpu_count(); i++)
		if (i != me && cpu_at(i)->arch.space == space && ask_to_flush(i))
			asked |= 1ull << i;
	for (u32 i = 0; i < cpu_count(); i++)
		while ((asked >> i & 1) != 0 && fake.cpu[i].flush_asked) {
			hal_tlb_serve();
			fake_wait();
		}
}

void hal_tlb_serve(void)
{
	struct fake_cpu *state = ELEM(fake.cpu, hal_this_cpu()->id);

	state->flush_asked = false;
	state->stale = 0;
}
