/* SPDX-License-Identifier: Apache-2.0
 *
 * What the loader hands over: any bytes are checked, and what was checked is asked which memory a driver may map.
 */
#include "kernel/core/boot/boot_info.c"

struct cpu *prove_this_cpu;

static struct boot_info *info;

static bool is_in(const struct boot_region *region, u64 at) { return at >= region->base && at - region->base < region->bytes; }

/* ---- checking ---- */

static bool lies_in(u64 base, u64 bytes, u32 kind)
{
	bool found = false;

	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++) {
		const struct boot_region *region = &info->region[i];

		found = found || (i < info->region_count && region->kind == kind && base >= region->base &&
			base - region->base <= region->bytes && bytes <= region->bytes - (base - region->base));
	}
	return found;
}

static u32 with_base(u64 base, u32 kind)
{
	u32 count = 0;

	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++)
		count += i < info->region_count && info->region[i].base == base && info->region[i].kind == kind;
	return count;
}

static bool two_overlap(void)
{
	bool found = false;

	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++)
		for (u32 k = 0; k < BOOT_REGIONS_MAX; k++)
			found = found || (i != k && i < info->region_count && k < info->region_count &&
				is_in(&info->region[i], info->region[k].base));
	return found;
}

void prove_check(void)
{
	u64 base = ANY(u64);
	u32 kind = ANY(u32), one = ANY(u32), two = ANY(u32);

	info = NEW(struct boot_info);
	u32 before = with_base(base, kind);
	bool overlap = two_overlap();
	enum boot_problem problem = boot_info_check(info);

	PROVE(problem < BOOT_PROBLEMS && boot_problem_text(problem) != nullptr, "whatever is wrong has its sentence");
	PROVE(problem != BOOT_REGIONS_OVERLAP || overlap, "nothing is said to overlap that did not");
	if (problem != BOOT_GOOD)
		return;
	PROVE(info->region_count != 0 && info->region_count <= BOOT_REGIONS_MAX && with_base(base, kind) == before,
		"regions are put in order, and none is lost");
	ASSUME(one < two && two < info->region_count);
	const struct boot_region *at = &info->region[one], *later = &info->region[two];

	PROVE(page_aligned(at->base | at->bytes) && at->bytes != 0 && at->kind < BOOT_MEMORY_KINDS && at->node < BOOT_NODES_MAX,
		"each is of whole pages and of a kind that there is");
	PROVE(at->base < later->base && later->base - at->base >= at->bytes && later->base + later->bytes <= PHYSICAL_MAX,
		"they ascend, do not overlap, and end");
	PROVE(!is_ram(later) || later->base + later->bytes <= info->direct_bytes, "the direct map reaches RAM");
	PROVE(info->direct_base + info->direct_bytes > info->direct_base && info->direct_base >= HAL_KERNEL_BASE &&
		info->kernel_virt >= HAL_KERNEL_BASE, "and lies in the upper half, as the kernel does");
	PROVE(lies_in(info->kernel_phys, info->kernel_bytes, BOOT_MEMORY_KERNEL) &&
		lies_in(info->image_phys, info->image_bytes, BOOT_MEMORY_IMAGE) &&
		(info->symbols_bytes == 0 || lies_in(info->symbols_phys, info->symbols_bytes, BOOT_MEMORY_SYMBOLS)),
		"kernel, image and symbols are where the map has them");
	PROVE(info->command_line[BOOT_CMDLINE_BYTES - 1] == 0 && info->seed_bytes <= BOOT_SEED_BYTES, "texts end");
}

/* ---- asking ---- */

/* As it was checked. */
static void any_checked(void)
{
	u64 end = 0;

	info = NEW(struct boot_info);
	ASSUME(info->region_count <= BOOT_REGIONS_MAX);
	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++) {
		struct boot_region *region = &info->region[i];

		ASSUME(page_aligned(region->base | region->bytes) && region->bytes != 0 && region->base >= end &&
			region->base < PHYSICAL_MAX && region->bytes <= PHYSICAL_MAX - region->base);
		end = region->base + region->bytes;
	}
}

/* Who asks has a capability for memory below PHYSICAL_MAX. */
static u64 any_range(u64 *base)
{
	u64 bytes = ANY(u64);

	*base = ANY(u64);
	ASSUME(page_aligned(*base | bytes) && *base < PHYSICAL_MAX && bytes <= PHYSICAL_MAX - *base);
	return bytes;
}

void prove_has_ram(void)
{
	u64 base = 0, bytes = any_range(&base), watched = ANY(u64);
	bool any = false, here = false;

	any_checked();
	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++) {
		const struct boot_region *region = &info->region[i];
		bool counts = i < info->region_count && (is_ram(region) || region->kind == BOOT_MEMORY_FIRMWARE);

		any = any || (counts && bytes != 0 && (is_in(region, base) || (region->base >= base && region->base - base < bytes)));
		here = here || (counts && is_in(region, watched));
	}
	bool told = boot_info_has_ram(info, base, bytes);

	PROVE(told || !here || watched < base || watched - base >= bytes, "no byte of RAM or of firmware's code is passed over");
	PROVE(!told || any || bytes == 0, "and what has none is not refused");
}

void prove_is_firmware(void)
{
	u64 base = 0, bytes = any_range(&base), watched = ANY(u64);
	bool here = false;

	any_checked();
	for (u32 i = 0; i < BOOT_REGIONS_MAX; i++)
		here = here || (i < info->region_count && info->region[i].kind == BOOT_MEMORY_ACPI && is_in(&info->region[i], watched));
	ASSUME(watched >= base && watched - base < bytes);
	PROVE(!boot_info_is_firmware(info, base, bytes) || here, "what is told to be tables of firmware is so to the last byte");
}
