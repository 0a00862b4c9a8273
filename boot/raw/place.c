/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundle's parts, the kernel's place, its page tables, and leaving.
 */
#include "boot/common/bundle.h"
#include "boot/common/kernel_image.h"
#include "boot/common/layout.h"
#include "boot/machine/machine.h"
#include "boot/raw/load.h"

enum : u64 { STACK_BYTES = 64ull << 10 };

/* True if the range lies in one usable range of the map. */
static bool is_usable(const struct memory_map *map, const struct extent *extent)
{
	for (u32 i = 0; i < map->count; i++) {
		const struct boot_region *range = ELEM(map->range, i);

		if (range->kind == BOOT_MEMORY_USABLE && extent->address >= range->base &&
		    extent->address - range->base <= range->bytes &&
		    extent->bytes <= range->bytes - (extent->address - range->base))
			return true;
	}
	return false;
}

static struct extent part_of(const struct load_plan *plan, struct span bundle, struct span name)
{
	struct bundle_part part;

	if (!bundle_find(bundle, name, &part))
		return (struct extent){};
	return (struct extent){ plan->bundle.address + part.offset, part.bytes };
}

static void check_kernel(struct load_plan *plan)
{
	struct span file = span_of(load_memory(plan->kernel_file.address, plan->kernel_file.bytes));
	enum elf_problem problem = elf_parse(file, &plan->elf);

	if (problem == ELF_OK && plan->elf.bytes <= LAYOUT_KERNEL_MAX)
		return;
	TEXT_BUFFER(text, 160);
	text_add(&text, "the bundle's kernel.elf ");
	if (problem == ELF_OK)
		text_add(&text, "takes more than 256 MiB of memory");
	else
		elf_problem_explain(&text, problem, file);
	load_problem(text_span(&text));
}

void load_read_bundle(struct load_plan *plan)
{
	struct boot_info *info = &plan->info;

	if (plan->bundle.bytes == 0 || !page_aligned(plan->bundle.address) || !is_usable(&plan->map, &plan->bundle))
		load_problem(span_text("there is no bundle in memory; expected one on a page boundary (QEMU: -initrd)"));
	struct span bundle = span_of(load_memory(plan->bundle.address, plan->bundle.bytes));

	if (!bundle_check(bundle))
		load_problem(span_text("the bundle is damaged, or no bundle; make it anew with ./ferrous build"));
	plan->kernel_file = part_of(plan, bundle, span_text("kernel.elf"));
	struct extent image = part_of(plan, bundle, span_text("system.img"));
	struct extent symbols = part_of(plan, bundle, span_text("kernel.sym"));

	if (plan->kernel_file.bytes == 0 || image.bytes == 0)
		load_problem(span_text("the bundle has no kernel.elf or no system.img; make it anew with ./ferrous build"));
	check_kernel(plan);
	info->image_phys = image.address;
	info->image_bytes = image.bytes;
	info->symbols_phys = symbols.address;
	info->symbols_bytes = symbols.bytes;
	/* The rest of it is free once the kernel runs. */
	memory_map_set(&plan->map, plan->bundle.address, plan->bundle.bytes, BOOT_MEMORY_LOADER);
	memory_map_set(&plan->map, image.address, image.bytes, BOOT_MEMORY_IMAGE);
	memory_map_set(&plan->map, symbols.address, symbols.bytes, BOOT_MEMORY_SYMBOLS);
}

static struct extent take(struct load_plan *plan, u64 bytes, u64 align, enum boot_memory kind)
{
	struct extent extent = { .bytes = page_ceil(bytes) };

	extent.address = memory_map_take(&plan->map, extent.bytes, align, kind);
	if (extent.address != 0)
		return extent;
	TEXT_BUFFER(text, 160);
	text_add(&text, "not enough memory: no ");
	text_add_size(&text, bytes);
	text_add(&text, " in one piece left; the machine needs more");
	load_problem(text_span(&text));
}

static void place_kernel(struct load_plan *plan)
{
	struct boot_info *info = &plan->info;
	struct extent kernel = take(plan, plan->elf.bytes, LAYOUT_KERNEL_STEP, BOOT_MEMORY_KERNEL);

	info->kernel_phys = kernel.address;
	info->kernel_bytes = plan->elf.bytes;
	if (!layout_choose(info, memory_map_top(&plan->map), machine_levels(), plan->randomize, &plan->random))
		load_problem(layout_too_much(machine_levels()));
	kernel_image_place(span_of(load_memory(plan->kernel_file.address, plan->kernel_file.bytes)), &plan->elf,
		load_memory(kernel.address, kernel.bytes), info->kernel_virt);
	machine_written(kernel.address, kernel.bytes);
}

static u64 build_tables(struct load_plan *plan)
{
	const struct boot_info *info = &plan->info;
	u64 self = page_floor(plan->self.address);
	u64 self_bytes = page_ceil(plan->self.address + plan->self.bytes) - self;
	bool giant = machine_giant_pages();
	u64 pages = tables_pages_needed(info->direct_bytes, info->kernel_bytes, self_bytes, giant);
	struct extent pool = take(plan, pages * PAGE_BYTES, PAGE_BYTES, BOOT_MEMORY_LOADER);
	struct tables tables = tables_start(load_memory(pool.address, pool.bytes), pool.address, giant, machine_levels());

	if (!tables_map_direct(&tables, info, &plan->map) ||
	    !kernel_image_map(&tables, &plan->elf, info->kernel_virt, info->kernel_phys) ||
	    !tables_map(&tables, self, self, self_bytes, TABLE_EXECUTE))
		load_problem(span_text("stopped, because of a defect in the loader: the page tables do not fit their pool"));
	machine_written(pool.address, pool.bytes);
	return tables_root(&tables);
}

void load_leave(struct load_plan *plan)
{
	struct boot_info *info = &plan->info;

	place_kernel(plan);
	struct extent stack = take(plan, STACK_BYTES, PAGE_BYTES, BOOT_MEMORY_LOADER);
	struct extent copy = take(plan, sizeof(*info), PAGE_BYTES, BOOT_MEMORY_LOADER);
	u64 root = build_tables(plan);

	if (plan->map.full)
		load_problem(span_text("the device tree names more than 2048 ranges of memory"));
	(void)memory_map_write(&plan->map, info);
	load_find_nodes(plan);
	/* The kernel does without ranges that do not fit: they are the smallest. */
	(void)memory_map_write(&plan->map, info);
	span_copy(load_memory(copy.address, copy.bytes), SPAN_OF_STRUCT(*info));
	machine_written(copy.address, copy.bytes);
	machine_enter(root, info->kernel_virt + plan->elf.entry, info->direct_base + copy.address,
		info->direct_base + stack.address + stack.bytes);
}
