/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: builds the kernel's page tables.
 *
 * INV: INV-WX  no page of the kernel half is writable and executable; the kernel's text and
 *      constants are read-only in the direct map too.
 * INV: the kernel half does not change after hal_boot_memory, so that address spaces copy
 *      its root entries once, and no flush of kernel addresses is ever needed.
 */
#include "kernel/arch/x86/64/paging.h"
#include "kernel/arch/common/ram.h"
#include "kernel/raw/image.h"
#include "kernel/arch/x86/64/stacks.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

enum : u64 {
	MIB = 1u << 20, GIB = 1u << 30, LARGE = 2 * MIB, DEVICES_END = 4 * GIB,
	STACKS_ROOT_FIRST = 400, STACKS_ROOT_COUNT = 64, /* root entries far from direct map and image */
	STACKS_SHIFTS = 256,
	LOW_PAGES = MIB / PAGE_BYTES,
	SHARED_MAX = 16,
};

typedef paddr_t (*allocator)(void);

__attribute__((section(".sealed"))) u64 x86_direct_base;

static paddr_t kernel_root;
static u64 stacks_base;
static u64 shared[SHARED_MAX];  /* the root entries in use */
static u32 shared_count;
static u64 low_used[LOW_PAGES / 64]; /* pages below 1 MiB that hold tables or stacks */
static struct low_pages low;
static bool have_low;

void paging_note_direct_map(const struct boot_info *info) { x86_direct_base = info->direct_base; }
paddr_t paging_kernel_root(void) { return kernel_root; }

void paging_share_kernel(paddr_t root)
{
	struct frame_words *from = frame_words(kernel_root);
	struct frame_words *to = frame_words(root);

	for (u32 i = 0; i < shared_count; i++)
		to->word[shared[i]] = from->word[shared[i]];
}

static paddr_t take_frame(allocator allocate)
{
	paddr_t frame = allocate();
	u64 page = frame.v >> PAGE_SHIFT;

	if (page < LOW_PAGES)
		low_used[page / 64] |= 1ull << page % 64;
	return frame;
}

/* The table of a level on the way to an address, made if it is missing. */
static struct frame_words *table_for(u64 address, u32 level, allocator allocate)
{
	paddr_t table = kernel_root;

	for (u32 above = 4; above > level; above--) {
		u64 *entry = ELEM(frame_words(table)->word, table_index(address, above));

		if (*entry == 0)
			*entry = take_frame(allocate).v | PTE_PRESENT | PTE_WRITE;
		INVARIANT((*entry & PTE_LARGE) == 0, "INV-KERNEL-TABLES");
		table = (paddr_t){ *entry & PTE_FRAME };
	}
	return frame_words(table);
}

static u32 level_for(u64 virt, u64 phys, u64 bytes)
{
	u64 both = virt | phys;

	if (x86_features.gib_pages && (both & (GIB - 1)) == 0 && bytes >= GIB)
		return 3;
	return (both & (LARGE - 1)) == 0 && bytes >= LARGE ? 2 : 1;
}

/* Maps with the largest pages that fit. Fills one table after the other. */
static void map(u64 virt, u64 phys, u64 bytes, u64 flags, allocator allocate)
{
	flags |= PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL;
	while (bytes != 0) {
		u32 level = level_for(virt, phys, bytes);
		u64 step = PAGE_BYTES << (9 * (level - 1));
		struct frame_words *table = table_for(virt, level, allocate);
		u64 index = table_index(virt, level);

		do {
			table->word[index++] = phys | flags | (level > 1 ? PTE_LARGE : 0);
			virt += step;
			phys += step;
			bytes -= step;
		} while (index < TABLE_ENTRIES && bytes >= step && level_for(virt, phys, bytes) == level);
	}
}

/* ---- the direct map ---- */

static void map_direct(u64 start, u64 end, u64 flags, allocator allocate)
{
	if (start < end)
		map(x86_direct_base + start, start, end - start, flags | pte_no_execute(), allocate);
}

/* RAM, with the kernel's text and constants read-only. */
static void map_ram(const struct boot_info *info, u64 start, u64 end, allocator allocate)
{
	u64 offset = info->kernel_phys - info->kernel_virt;
	u64 fixed_start = IMAGE_ADDRESS(kernel_text_start) + offset;
	u64 fixed_end = IMAGE_ADDRESS(kernel_rodata_end) + offset;

	map_direct(start, min_u64(end, fixed_start), PTE_WRITE, allocate);
	map_direct(max_u64(start, fixed_start), min_u64(end, fixed_end), 0, allocate);
	map_direct(max_u64(start, fixed_end), end, PTE_WRITE, allocate);
}

/* All RAM; and below 4 GiB what is not RAM, for device registers. */
static void map_physical(const struct boot_info *info, allocator allocate)
{
	u64 devices_end = min_u64(DEVICES_END, info->direct_bytes);
	u64 device_flags = PTE_WRITE | PTE_NO_CACHE | PTE_WRITE_THROUGH;
	u64 at = 0, start, end;

	while (ram_next(info, at, &start, &end)) {
		map_direct(at, min_u64(start, devices_end), device_flags, allocate);
		map_ram(info, start, min_u64(end, info->direct_bytes), allocate);
		at = end;
	}
	map_direct(at, devices_end, device_flags, allocate);
}

/* ---- the image and the stacks ---- */

static void map_image_part(const struct boot_info *info, u64 start, u64 end, u64 flags, allocator allocate)
{
	map(start, start - info->kernel_virt + info->kernel_phys, end - start, flags, allocate);
}

static void map_stack(const struct boot_info *info, const u64 *guard, u64 bytes, allocator allocate)
{
	map_image_part(info, *guard + PAGE_BYTES, *guard + PAGE_BYTES + bytes, PTE_WRITE | pte_no_execute(), allocate);
}

static void map_image(const struct boot_info *info, allocator allocate)
{
	struct hal_cpu *cpu = &core_boot_cpu.arch;
	u64 nx = pte_no_execute();

	map_image_part(info, IMAGE_ADDRESS(kernel_text_start), IMAGE_ADDRESS(kernel_text_end), 0, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_rodata_start), IMAGE_ADDRESS(kernel_rodata_end), nx, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_sealed_start), IMAGE_ADDRESS(kernel_sealed_end), nx, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_data_start), IMAGE_ADDRESS(kernel_data_end), nx | PTE_WRITE, allocate);
	/* The boot processor's stacks, without their guard pages. */
	map_stack(info, ELEM(cpu->guard_page, 0), STACK_KERNEL_BYTES, allocate);
	for (u32 i = 1; i < STACKS_COUNT; i++)
		map_stack(info, ELEM(cpu->guard_page, i), STACK_SPECIAL_BYTES, allocate);
}

vaddr_t cpu_stacks_at(u32 cpu)
{
	return (vaddr_t){ cpu == 0 ? IMAGE_ADDRESS(&boot_stacks) : stacks_base + (u64)(cpu - 1) * STACKS_BYTES };
}

static void map_fresh(u64 from, u64 bytes, allocator allocate)
{
	for (u64 at = from; at < from + bytes; at += PAGE_BYTES)
		map(at, take_frame(allocate).v, PAGE_BYTES, PTE_WRITE | pte_no_execute(), allocate);
}

static void map_stacks_of(u32 cpu, allocator allocate)
{
	u64 at = cpu_stacks_at(cpu).v;

	map_fresh(at + __builtin_offsetof(struct cpu_stacks, kernel), STACK_KERNEL_BYTES, allocate);
	map_fresh(at + __builtin_offsetof(struct cpu_stacks, exception), STACK_SPECIAL_BYTES, allocate);
	map_fresh(at + __builtin_offsetof(struct cpu_stacks, nmi), STACK_SPECIAL_BYTES, allocate);
	map_fresh(at + __builtin_offsetof(struct cpu_stacks, double_fault), STACK_SPECIAL_BYTES, allocate);
}

static void choose_stacks_base(const struct boot_info *info)
{
	u64 root = STACKS_ROOT_FIRST + info->seed[8] % STACKS_ROOT_COUNT;

	stacks_base = 0xffff000000000000 | root << 39 | (u64)info->seed[9] % STACKS_SHIFTS << 21;
}

/* ---- starting other processors ---- */

static bool low_page_free(const struct boot_info *info, u64 page)
{
	if ((low_used[page / 64] >> page % 64 & 1) != 0)
		return false;
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *r = ELEM(info->region, i);

		if (r->kind == BOOT_MEMORY_USABLE && r->base <= page << PAGE_SHIFT &&
		    r->base + r->bytes >= (page + 1) << PAGE_SHIFT)
			return true;
	}
	return false;
}

static bool choose_low_pages(const struct boot_info *info, allocator allocate)
{
	u64 found[2], count = 0;
	paddr_t level3 = take_frame(allocate), level2 = take_frame(allocate);

	frame_words(level3)->word[0] = level2.v | PTE_PRESENT;
	frame_words(level2)->word[0] = PTE_PRESENT | PTE_LARGE; /* readable and executable */
	for (u64 page = 1; page < LOW_PAGES && count < 2; page++)
		if (low_page_free(info, page))
			found[count++] = page << PAGE_SHIFT;
	if (count < 2)
		return false;
	low = (struct low_pages){ .code = { found[0] }, .root = { found[1] }, .identity = level3 };
	return true;
}

bool paging_low_pages(struct low_pages *out)
{
	*out = low;
	return have_low;
}

void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void))
{
	kernel_root = take_frame(frame_zeroed);
	choose_stacks_base(info);
	map_physical(info, frame_zeroed);
	map_image(info, frame_zeroed);
	x86_write_cr3(kernel_root.v);
	x86_flush_all(); /* the loader's mappings may have been global */
	/* How many processors there are decides how many stacks are needed. */
	x86_platform_find(info);
	for (u32 cpu = 1; cpu < x86_platform.cpu_count; cpu++)
		map_stacks_of(cpu, frame_zeroed);
	for (u64 i = KERNEL_HALF; i < TABLE_ENTRIES; i++)
		if (frame_words(kernel_root)->word[i] != 0)
			shared[shared_count++] = i;
	if (x86_platform.cpu_count > 1)
		have_low = choose_low_pages(info, frame_zeroed);
}
