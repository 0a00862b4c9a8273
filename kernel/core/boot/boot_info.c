/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation of the boot information. See boot_info.h.
 */
#include "kernel/core/boot/boot_info.h"
#include "kernel/hal/mmu.h"

enum : u64 { PHYSICAL_MAX = 1ull << 52 };

static void sort_regions(struct boot_info *info)
{
	/* Insertion: maps are short and nearly sorted. */
	for (u32 i = 1; i < info->region_count; i++) {
		struct boot_region region = info->region[i];
		u32 at = i;

		while (at > 0 && info->region[at - 1].base > region.base) {
			info->region[at] = info->region[at - 1];
			at--;
		}
		info->region[at] = region;
	}
}

static enum boot_problem check_region(const struct boot_region *region)
{
	if (region->bytes == 0)
		return BOOT_REGION_EMPTY;
	if (!page_aligned(region->base | region->bytes))
		return BOOT_REGION_UNALIGNED;
	if (region->base >= PHYSICAL_MAX || region->bytes > PHYSICAL_MAX - region->base)
		return BOOT_REGION_WRAPS;
	if (region->kind >= BOOT_MEMORY_KINDS)
		return BOOT_REGION_KIND;
	if (region->node >= BOOT_NODES_MAX)
		return BOOT_REGION_NODE;
	return BOOT_GOOD;
}

/* RAM that the kernel reaches through the direct map. */
static bool is_ram(const struct boot_region *region)
{
	return region->kind != BOOT_MEMORY_RESERVED && region->kind != BOOT_MEMORY_MMIO &&
		region->kind != BOOT_MEMORY_FIRMWARE;
}

static enum boot_problem check_regions(const struct boot_info *info)
{
	bool usable = false;
	u64 end = 0;

	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		if (region->base < end)
			return BOOT_REGIONS_OVERLAP;
		end = region->base + region->bytes;
		if (is_ram(region) && end > info->direct_bytes)
			return BOOT_OUTSIDE_DIRECT_MAP;
		usable = usable || region->kind == BOOT_MEMORY_USABLE;
	}
	return usable ? BOOT_GOOD : BOOT_NO_USABLE;
}

/* True if [base, base + bytes) lies in one region of the kind. */
static bool in_region(const struct boot_info *info, u64 base, u64 bytes, enum boot_memory kind)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		if (region->kind == kind && base >= region->base && base - region->base <= region->bytes &&
		    bytes <= region->bytes - (base - region->base))
			return true;
	}
	return false;
}

static enum boot_problem check_parts(const struct boot_info *info)
{
	u64 direct_end = 0;

	if (info->direct_base < HAL_KERNEL_BASE || !page_aligned(info->direct_base | info->direct_bytes) ||
	    ckd_add(&direct_end, info->direct_base, info->direct_bytes) || info->direct_bytes == 0)
		return BOOT_BAD_DIRECT_MAP;
	u64 kernel_end = 0;

	if (info->kernel_virt < HAL_KERNEL_BASE || !page_aligned(info->kernel_virt | info->kernel_phys) ||
	    info->kernel_bytes == 0 || ckd_add(&kernel_end, info->kernel_virt, info->kernel_bytes) ||
	    (info->kernel_virt < direct_end && kernel_end > info->direct_base) ||
	    !in_region(info, info->kernel_phys, info->kernel_bytes, BOOT_MEMORY_KERNEL))
		return BOOT_BAD_KERNEL;
	if (!page_aligned(info->image_phys) || info->image_bytes == 0 ||
	    !in_region(info, info->image_phys, info->image_bytes, BOOT_MEMORY_IMAGE))
		return BOOT_BAD_IMAGE;
	if (info->symbols_bytes != 0 && (!page_aligned(info->symbols_phys) ||
	    !in_region(info, info->symbols_phys, info->symbols_bytes, BOOT_MEMORY_SYMBOLS)))
		return BOOT_BAD_SYMBOLS;
	return BOOT_GOOD;
}

static enum boot_problem check_texts(const struct boot_info *info)
{
	if (info->loader[sizeof(info->loader) - 1] != 0 || info->command_line[BOOT_CMDLINE_BYTES - 1] != 0 ||
	    info->seed_bytes > BOOT_SEED_BYTES)
		return BOOT_BAD_TEXT;
	return BOOT_GOOD;
}

enum boot_problem boot_info_check(struct boot_info *info)
{
	if (info->magic != BOOT_MAGIC)
		return BOOT_BAD_MAGIC;
	if (info->version != BOOT_VERSION || info->bytes != sizeof(struct boot_info))
		return BOOT_BAD_VERSION;
	if (info->region_count == 0 || info->region_count > BOOT_REGIONS_MAX)
		return BOOT_BAD_COUNT;
	enum boot_problem problem = BOOT_GOOD;

	for (u32 i = 0; i < info->region_count && problem == BOOT_GOOD; i++)
		problem = check_region(ELEM(info->region, i));
	if (problem != BOOT_GOOD)
		return problem;
	sort_regions(info);
	problem = check_regions(info);
	if (problem == BOOT_GOOD)
		problem = check_parts(info);
	return problem == BOOT_GOOD ? check_texts(info) : problem;
}

bool boot_info_has_ram(const struct boot_info *info, u64 base, u64 bytes)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);
		bool overlaps = region->base < base + bytes && base < region->base + region->bytes;

		if (overlaps && (is_ram(region) || region->kind == BOOT_MEMORY_FIRMWARE))
			return true;
	}
	return false;
}

/* The regions are in order: a range may reach over several. */
bool boot_info_is_firmware(const struct boot_info *info, u64 base, u64 bytes)
{
	u64 end = base + bytes;

	for (u32 i = 0; i < info->region_count && base < end; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		if (region->kind == BOOT_MEMORY_ACPI && region->base <= base && base - region->base < region->bytes)
			base = region->base + region->bytes;
	}
	return base >= end;
}

static const char *const problem_texts[BOOT_PROBLEMS] = {
	[BOOT_GOOD] = "the boot information is good",
	[BOOT_BAD_MAGIC] = "the boot information does not begin with its magic number",
	[BOOT_BAD_VERSION] =
		"the boot information has another version or size than this kernel's: loader and kernel do not belong together",
	[BOOT_BAD_COUNT] = "the memory map has no regions or more than 256",
	[BOOT_REGION_EMPTY] = "a region of the memory map is empty",
	[BOOT_REGION_UNALIGNED] = "a region of the memory map does not begin and end at page boundaries",
	[BOOT_REGION_WRAPS] = "a region of the memory map reaches beyond 52 bits of physical address",
	[BOOT_REGION_KIND] = "a region of the memory map is of an unknown kind",
	[BOOT_REGION_NODE] = "a region of the memory map belongs to a NUMA node above 7",
	[BOOT_REGIONS_OVERLAP] = "two regions of the memory map overlap",
	[BOOT_NO_USABLE] = "the memory map has no usable memory",
	[BOOT_OUTSIDE_DIRECT_MAP] = "a region of RAM is not covered by the direct map",
	[BOOT_BAD_DIRECT_MAP] = "the direct map is not in the upper half of the address space",
	[BOOT_BAD_KERNEL] = "the kernel image is not where the memory map has it",
	[BOOT_BAD_IMAGE] = "the system image is missing or not where the memory map has it",
	[BOOT_BAD_SYMBOLS] = "the symbol table is not where the memory map has it",
	[BOOT_BAD_TEXT] = "the command line, the loader's name or the random seed has a bad length",
};

const char *boot_problem_text(enum boot_problem problem)
{
	return *ELEM(problem_texts, problem);
}
