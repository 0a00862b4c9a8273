/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds the kernel's page tables. See kernel_map.h.
 */
#include "kernel/arch/common/paging/kernel_map.h"
#include "hal_arch/entry.h"
#include "kernel/arch/common/paging/stacks.h"
#include "kernel/arch/common/ram.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/image.h"

enum : u64 {
	MIB = 1u << 20, GIB = 1u << 30, LARGE = 2 * MIB, DEVICES_END = 4 * GIB,
	STACKS_ROOT_FIRST = 400, STACKS_ROOT_COUNT = 64, /* root entries far from direct map and image */
	STACKS_SHIFTS = 256,
};

__attribute__((section(".sealed"))) u64 kernel_direct_base;
static u64 stacks_base;

void kernel_map_note(const struct boot_info *info) { kernel_direct_base = info->direct_base; }

/* The table of a level on the way to an address, made if it is missing. */
static struct frame_words *table_for(paddr_t table, u64 address, u32 level, frame_allocator allocate)
{
	for (u32 above = root_level(); above > level; above--) {
		u64 *entry = ELEM(frame_words(table)->word, table_index(address, above));

		if (*entry == 0)
			*entry = entry_table(allocate());
		INVARIANT(entry_is_table(*entry), "INV-KERNEL-TABLES");
		table = entry_frame(*entry);
	}
	return frame_words(table);
}

static u32 level_for(u64 virt, u64 phys, u64 bytes)
{
	u64 both = virt | phys;

	if ((both & (GIB - 1)) == 0 && bytes >= GIB)
		return LEVEL_GIB;
	return (both & (LARGE - 1)) == 0 && bytes >= LARGE ? LEVEL_LARGE : LEVEL_PAGE;
}

/* Fills one table after the other. */
void kernel_map_range(paddr_t root, u64 virt, u64 phys, u64 bytes, enum kernel_access access, frame_allocator allocate)
{
	while (bytes != 0) {
		u32 level = level_for(virt, phys, bytes);
		u64 step = PAGE_BYTES << (9 * (level - 1));
		struct frame_words *table = table_for(root, virt, level, allocate);
		u64 index = table_index(virt, level);

		do {
			table->word[index++] = entry_kernel((paddr_t){ phys }, access, level > LEVEL_PAGE);
			virt += step;
			phys += step;
			bytes -= step;
		} while (index < TABLE_ENTRIES && bytes >= step && level_for(virt, phys, bytes) == level);
	}
}

/* ---- the direct map ---- */

static void map_direct(paddr_t root, u64 start, u64 end, enum kernel_access access, frame_allocator allocate)
{
	if (start < end)
		kernel_map_range(root, kernel_direct_base + start, start, end - start, access, allocate);
}

/* RAM, with the kernel's text and constants read-only. */
static void map_ram(paddr_t root, const struct boot_info *info, u64 start, u64 end, frame_allocator allocate)
{
	u64 offset = info->kernel_phys - info->kernel_virt;
	u64 fixed_start = IMAGE_ADDRESS(kernel_text_start) + offset;
	u64 fixed_end = IMAGE_ADDRESS(kernel_rodata_end) + offset;

	map_direct(root, start, min_u64(end, fixed_start), KERNEL_READ_WRITE, allocate);
	map_direct(root, max_u64(start, fixed_start), min_u64(end, fixed_end), KERNEL_READ_ONLY, allocate);
	map_direct(root, max_u64(start, fixed_end), end, KERNEL_READ_WRITE, allocate);
}

static void map_physical(paddr_t root, const struct boot_info *info, frame_allocator allocate)
{
	u64 devices_end = min_u64(DEVICES_END, info->direct_bytes);
	u64 at = 0, start, end;

	while (ram_next(info, at, &start, &end)) {
		map_direct(root, at, min_u64(start, devices_end), KERNEL_DEVICE, allocate);
		map_ram(root, info, start, min_u64(end, info->direct_bytes), allocate);
		at = end;
	}
	map_direct(root, at, devices_end, KERNEL_DEVICE, allocate);
}

/* ---- the image and the stacks ---- */

static void map_part(paddr_t root, const struct boot_info *info, u64 start, u64 end, enum kernel_access access,
		     frame_allocator allocate)
{
	kernel_map_range(root, start, start - info->kernel_virt + info->kernel_phys, end - start, access, allocate);
}

static void map_image(paddr_t root, const struct boot_info *info, frame_allocator allocate)
{
	u64 stacks = cpu_stacks_at(0).v;
	u64 kernel = stacks + __builtin_offsetof(struct cpu_stacks, kernel);
	u64 fault = stacks + __builtin_offsetof(struct cpu_stacks, fault);

	map_part(root, info, IMAGE_ADDRESS(kernel_text_start), IMAGE_ADDRESS(kernel_text_end), KERNEL_TEXT, allocate);
	map_part(root, info, IMAGE_ADDRESS(kernel_rodata_start), IMAGE_ADDRESS(kernel_rodata_end), KERNEL_READ_ONLY, allocate);
	map_part(root, info, IMAGE_ADDRESS(kernel_sealed_start), IMAGE_ADDRESS(kernel_sealed_end), KERNEL_READ_ONLY, allocate);
	map_part(root, info, IMAGE_ADDRESS(kernel_data_start), IMAGE_ADDRESS(kernel_data_end), KERNEL_READ_WRITE, allocate);
	/* The boot processor's stacks, without their guard pages. */
	map_part(root, info, kernel, kernel + STACK_KERNEL_BYTES, KERNEL_READ_WRITE, allocate);
	map_part(root, info, fault, fault + STACK_FAULT_BYTES, KERNEL_READ_WRITE, allocate);
}

vaddr_t cpu_stacks_at(u32 cpu)
{
	return (vaddr_t){ cpu == 0 ? IMAGE_ADDRESS(&boot_stacks) : stacks_base + (u64)(cpu - 1) * STACKS_BYTES };
}

static void map_fresh(paddr_t root, u64 from, u64 bytes, frame_allocator allocate)
{
	for (u64 at = from; at < from + bytes; at += PAGE_BYTES)
		kernel_map_range(root, at, allocate().v, PAGE_BYTES, KERNEL_READ_WRITE, allocate);
}

void kernel_map_stacks(paddr_t root, u32 cpu, frame_allocator allocate)
{
	u64 at = cpu_stacks_at(cpu).v;

	map_fresh(root, at + __builtin_offsetof(struct cpu_stacks, kernel), STACK_KERNEL_BYTES, allocate);
	map_fresh(root, at + __builtin_offsetof(struct cpu_stacks, fault), STACK_FAULT_BYTES, allocate);
}

static void choose_stacks_base(const struct boot_info *info)
{
	u64 root = STACKS_ROOT_FIRST + info->seed[8] % STACKS_ROOT_COUNT;
	u32 shift = PAGE_SHIFT + 9 * (root_level() - 1);

	stacks_base = (U64_MAX << 9 | root) << shift | (u64)info->seed[9] % STACKS_SHIFTS << 21;
}

void kernel_map_build(paddr_t root, const struct boot_info *info, frame_allocator allocate)
{
	choose_stacks_base(info);
	map_physical(root, info, allocate);
	map_image(root, info, allocate);
}
