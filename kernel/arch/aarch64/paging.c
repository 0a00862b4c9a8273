/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: builds the kernel's page tables.
 *
 * INV: INV-WX  no page of the kernel is writable and executable; the kernel's text and constants are
 *      read-only in the direct map too.
 * INV: the kernel's tables do not change after hal_boot_memory, so that no flush of kernel addresses
 *      is ever needed.
 */
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/cpu.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/aarch64/stacks.h"
#include "kernel/arch/common/ram.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/image.h"

enum : u64 {
	MIB = 1u << 20, GIB = 1u << 30, LARGE = 2 * MIB, DEVICES_END = 4 * GIB,
	STACKS_ROOT_FIRST = 400, STACKS_ROOT_COUNT = 64, /* root entries far from direct map and image */
	STACKS_SHIFTS = 256,
	READ_WRITE = PTE_NORMAL | PTE_NO_EXECUTE | PTE_USER_NO_EXECUTE,
	READ_ONLY = READ_WRITE | PTE_READ_ONLY,
	DEVICE = PTE_DEVICE | PTE_NO_EXECUTE | PTE_USER_NO_EXECUTE,
	TEXT = PTE_NORMAL | PTE_READ_ONLY | PTE_USER_NO_EXECUTE,
};

typedef paddr_t (*allocator)(void);

__attribute__((section(".sealed"))) u64 aarch64_direct_base;
__attribute__((section(".sealed"))) struct paging_roots paging_roots;
static u64 stacks_base;

void paging_note_direct_map(const struct boot_info *info) { aarch64_direct_base = info->direct_base; }

/* The table of a level on the way to an address, made if it is missing. */
static struct frame_words *table_for(paddr_t table, u64 address, u32 level, allocator allocate)
{
	for (u32 above = 4; above > level; above--) {
		u64 *entry = ELEM(frame_words(table)->word, table_index(address, above));

		if (*entry == 0)
			*entry = allocate().v | PTE_PAGE;
		INVARIANT((*entry & TABLE_NOT_BLOCK) != 0, "INV-KERNEL-TABLES");
		table = (paddr_t){ *entry & PTE_FRAME };
	}
	return frame_words(table);
}

static u32 level_for(u64 virt, u64 phys, u64 bytes)
{
	u64 both = virt | phys;

	if ((both & (GIB - 1)) == 0 && bytes >= GIB)
		return 3;
	return (both & (LARGE - 1)) == 0 && bytes >= LARGE ? 2 : 1;
}

/* Maps with the largest pages that fit. Fills one table after the other. */
static void map(paddr_t root, u64 virt, u64 phys, u64 bytes, u64 flags, allocator allocate)
{
	while (bytes != 0) {
		u32 level = level_for(virt, phys, bytes);
		u64 step = PAGE_BYTES << (9 * (level - 1));
		struct frame_words *table = table_for(root, virt, level, allocate);
		u64 index = table_index(virt, level);

		do {
			table->word[index++] = phys | flags | PTE_COMMON | (level > 1 ? PTE_BLOCK : PTE_PAGE);
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
		map(paging_roots.kernel, aarch64_direct_base + start, start, end - start, flags, allocate);
}

/* RAM, with the kernel's text and constants read-only. */
static void map_ram(const struct boot_info *info, u64 start, u64 end, allocator allocate)
{
	u64 offset = info->kernel_phys - info->kernel_virt;
	u64 fixed_start = IMAGE_ADDRESS(kernel_text_start) + offset;
	u64 fixed_end = IMAGE_ADDRESS(kernel_rodata_end) + offset;

	map_direct(start, min_u64(end, fixed_start), READ_WRITE, allocate);
	map_direct(max_u64(start, fixed_start), min_u64(end, fixed_end), READ_ONLY, allocate);
	map_direct(max_u64(start, fixed_end), end, READ_WRITE, allocate);
}

/* All RAM; and below 4 GiB what is not RAM, for device registers. */
static void map_physical(const struct boot_info *info, allocator allocate)
{
	u64 devices_end = min_u64(DEVICES_END, info->direct_bytes);
	u64 at = 0, start, end;

	while (ram_next(info, at, &start, &end)) {
		map_direct(at, min_u64(start, devices_end), DEVICE, allocate);
		map_ram(info, start, min_u64(end, info->direct_bytes), allocate);
		at = end;
	}
	map_direct(at, devices_end, DEVICE, allocate);
}

/* ---- the image and the stacks ---- */

static void map_image_part(const struct boot_info *info, u64 start, u64 end, u64 flags, allocator allocate)
{
	map(paging_roots.kernel, start, start - info->kernel_virt + info->kernel_phys, end - start, flags, allocate);
}

static void map_image(const struct boot_info *info, allocator allocate)
{
	u64 text = TEXT | (aarch64_features.branch_targets ? PTE_GUARDED : 0);
	u64 stacks = cpu_stacks_at(0).v;
	u64 kernel = stacks + __builtin_offsetof(struct cpu_stacks, kernel);
	u64 fault = stacks + __builtin_offsetof(struct cpu_stacks, fault);

	map_image_part(info, IMAGE_ADDRESS(kernel_text_start), IMAGE_ADDRESS(kernel_text_end), text, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_rodata_start), IMAGE_ADDRESS(kernel_rodata_end), READ_ONLY, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_sealed_start), IMAGE_ADDRESS(kernel_sealed_end), READ_ONLY, allocate);
	map_image_part(info, IMAGE_ADDRESS(kernel_data_start), IMAGE_ADDRESS(kernel_data_end), READ_WRITE, allocate);
	/* The boot processor's stacks, without their guard pages. */
	map_image_part(info, kernel, kernel + STACK_KERNEL_BYTES, READ_WRITE, allocate);
	map_image_part(info, fault, fault + STACK_FAULT_BYTES, READ_WRITE, allocate);
}

vaddr_t cpu_stacks_at(u32 cpu)
{
	return (vaddr_t){ cpu == 0 ? IMAGE_ADDRESS(&boot_stacks) : stacks_base + (u64)(cpu - 1) * STACKS_BYTES };
}

static void map_fresh(u64 from, u64 bytes, allocator allocate)
{
	for (u64 at = from; at < from + bytes; at += PAGE_BYTES)
		map(paging_roots.kernel, at, allocate().v, PAGE_BYTES, READ_WRITE, allocate);
}

static void map_stacks_of(u32 cpu, allocator allocate)
{
	u64 at = cpu_stacks_at(cpu).v;

	map_fresh(at + __builtin_offsetof(struct cpu_stacks, kernel), STACK_KERNEL_BYTES, allocate);
	map_fresh(at + __builtin_offsetof(struct cpu_stacks, fault), STACK_FAULT_BYTES, allocate);
}

static void choose_stacks_base(const struct boot_info *info)
{
	u64 root = STACKS_ROOT_FIRST + info->seed[8] % STACKS_ROOT_COUNT;

	stacks_base = 0xffff000000000000 | root << 39 | (u64)info->seed[9] % STACKS_SHIFTS << 21;
}

/* The kernel's text where it lies in memory: while roots are swapped, and until a processor that starts has its
 * MMU on. */
static void map_start(const struct boot_info *info, allocator allocate)
{
	u64 text = page_ceil(IMAGE_ADDRESS(kernel_text_end) - IMAGE_ADDRESS(kernel_text_start));
	u64 at = IMAGE_ADDRESS(kernel_text_start) - info->kernel_virt + info->kernel_phys;

	paging_roots.start = allocate();
	map(paging_roots.start, at, at, text, TEXT, allocate);
}

void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void))
{
	paging_roots.kernel = frame_zeroed();
	paging_roots.nobody = frame_zeroed();
	choose_stacks_base(info);
	map_physical(info, frame_zeroed);
	map_image(info, frame_zeroed);
	/* How many processors there are decides how many stacks are needed. */
	platform_find(info);
	for (u32 cpu = 1; cpu < aarch64_platform.cpu_count; cpu++)
		map_stacks_of(cpu, frame_zeroed);
	map_start(info, frame_zeroed);
	cpu_use_tables(info);
}
