/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing addresses, putting the kernel in place, building the tables, and leaving.
 *
 * WHY: the tables are built while firmware still runs, so that running out of memory can be told
 * and recovered from; nothing is allocated after that.
 */
#include "boot/common/efi_map.h"
#include "boot/common/kernel_image.h"
#include "boot/common/layout.h"
#include "boot/common/reserved.h"
#include "boot/machine/machine.h"
#include "boot/uefi/message.h"
#include "boot/uefi/plan.h"
#include "lib/fdt/fdt.h"

enum : u64 { MAP_PAGES = 64, STACK_PAGES = 16, EXIT_TRIES = 8, RESET_TICKS = 8ull << 30 };
enum : u32 { MESSAGE_BYTES = 256 };

/* WHY: in static storage, being far too large for firmware's stack; one loader, one map. */
static struct memory_map memory_list;

static bool problem(struct span what)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add_span(&text, what);
	message_problem(&text);
	return false;
}

static bool pages_take(struct pages *pages, u64 count, u64 align)
{
	pages->count = count;
	pages->address = firmware_pages(count, align);
	if (pages->address != 0)
		return true;
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "not enough memory: firmware has no ");
	text_add_size(&text, count * PAGE_BYTES);
	text_add(&text, " in one piece left; the machine needs more");
	message_problem(&text);
	return false;
}

static struct mspan pages_memory(const struct pages *pages)
{
	return firmware_memory(pages->address, pages->count * PAGE_BYTES);
}

static void paint(struct memory_map *list, const struct pages *pages, enum boot_memory kind)
{
	memory_map_set(list, pages->address, pages->count * PAGE_BYTES, kind);
}

/* WHY what it reserves: firmware may leave that to it, even its own memory. */
static void paint_tree(const struct plan *plan, struct memory_map *list)
{
	struct fdt fdt;
	if (plan->tree_bytes == 0 || !fdt_open(span_of(firmware_memory(plan->info.dtb, plan->tree_bytes)), &fdt))
		return;
	reserved_apply(&fdt, list);
	memory_map_set(list, plan->info.dtb, plan->tree_bytes, BOOT_MEMORY_ACPI);
}

static void paint_own(const struct plan *plan, struct memory_map *list)
{
	paint(list, &plan->kernel, BOOT_MEMORY_KERNEL);
	memory_map_set(list, plan->image.address, plan->image.bytes, BOOT_MEMORY_IMAGE);
	if (plan->symbols.bytes != 0)
		memory_map_set(list, plan->symbols.address, plan->symbols.bytes, BOOT_MEMORY_SYMBOLS);
	paint_tree(plan, list);
	/* WHY: an address of 0 means "none" in many tables; nobody shall get that page. */
	memory_map_set(list, 0, PAGE_BYTES, BOOT_MEMORY_RESERVED);
}

bool plan_map_read(const struct plan *plan, struct firmware_map *got, struct memory_map *list)
{
	struct mspan buffer = pages_memory(&plan->map);
	if (firmware_map(buffer, got) != EFI_SUCCESS)
		return problem(span_text("firmware does not give its memory map, or it is larger than 256 KiB"));
	if (!efi_map_read(span_of(mspan_part(buffer, 0, got->bytes)), got->stride, list))
		return problem(span_text("firmware's memory map is malformed or has more than 2048 ranges"));
	paint_own(plan, list);
	return !list->full;
}

static bool addresses_choose(struct plan *plan)
{
	struct boot_info *info = &plan->info;
	u64 top = memory_map_top(&memory_list);
	u64 screen_end = 0;
	if (!ckd_add(&screen_end, info->framebuffer.base, info->framebuffer.bytes))
		top = max_u64(top, screen_end);
	info->kernel_phys = plan->kernel.address;
	info->kernel_bytes = plan->elf.bytes;
	if (!layout_choose(info, top, machine_levels(), plan->randomize, &plan->random))
		return problem(layout_too_much(machine_levels()));
	return true;
}

static bool tables_build(struct plan *plan)
{
	const struct boot_info *info = &plan->info;
	bool giant = machine_giant_pages();
	u64 self = page_floor(plan->self.base);
	u64 self_bytes = page_ceil(plan->self.base + plan->self.bytes) - self;
	u64 needed = tables_pages_needed(info->direct_bytes, info->kernel_bytes, self_bytes, giant);
	if (!pages_take(&plan->tables, needed, PAGE_BYTES))
		return false;
	struct tables tables = tables_start(pages_memory(&plan->tables), plan->tables.address, giant, machine_levels());
	if (!tables_map_direct(&tables, info, &memory_list) ||
	    !kernel_image_map(&tables, &plan->elf, info->kernel_virt, info->kernel_phys) ||
	    !tables_map(&tables, self, self, self_bytes, TABLE_EXECUTE))
		return problem(span_text("stopped, because of a defect in the loader: the page tables do not fit their pool"));
	return true;
}

bool plan_space(struct plan *plan)
{
	struct firmware_map got = {};
	u64 info_pages = pages_of(sizeof(struct boot_info));
	if (!firmware_self(&plan->self))
		return problem(span_text("firmware does not tell where it loaded the loader"));
	if (!pages_take(&plan->kernel, pages_of(plan->elf.bytes), LAYOUT_KERNEL_STEP) ||
	    !pages_take(&plan->stack, STACK_PAGES, PAGE_BYTES) || !pages_take(&plan->info_pages, info_pages, PAGE_BYTES) ||
	    !pages_take(&plan->map, MAP_PAGES, PAGE_BYTES) || !plan_map_read(plan, &got, &memory_list) ||
	    !addresses_choose(plan))
		return false;
	/* What is lost of a map that is too long is told when it is handed over. */
	(void)memory_map_write(&memory_list, &plan->info);
	plan_nodes(plan);
	kernel_image_place(span_of(firmware_memory(plan->kernel_file.address, plan->kernel_file.bytes)), &plan->elf,
		pages_memory(&plan->kernel), plan->info.kernel_virt);
	firmware_pages_free(plan->kernel_file.address, pages_of(plan->kernel_file.bytes));
	return tables_build(plan);
}

/* Firmware is gone and something is wrong: the words are out on the serial port; try again. */
NORETURN static void give_up(void)
{
	u64 start = machine_ticks();
	while (machine_ticks() - start < RESET_TICKS)
		machine_relax();
	firmware_reset();
	for (;;)
		machine_relax();
}

static void map_hand_over(struct plan *plan)
{
	struct boot_info *info = &plan->info;
	if (memory_map_top(&memory_list) > info->direct_bytes) {
		(void)problem(span_text("firmware's memory map grew while firmware ended; restarting"));
		give_up();
	}
	plan_nodes_apply(plan, &memory_list);
	struct memory_map_loss loss = memory_map_write(&memory_list, info);
	if (loss.ranges == 0)
		return;
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "the memory map has too many ranges; left out the smallest usable ones, ");
	text_add_size(&text, loss.bytes);
	message_problem(&text);
}

/* SPEC: UEFI 2.10 7.4.6: ending may fail because the map has changed since it was read; then
 * only reading it again and ending are allowed, no messages. */
static bool firmware_end(struct plan *plan)
{
	struct firmware_map got = {};
	for (u32 i = 0; i < EXIT_TRIES; i++) {
		if (!plan_map_read(plan, &got, &memory_list))
			return false;
		message_firmware_gone();
		if (firmware_exit(&got))
			return true;
	}
	return problem(span_text("firmware refuses to end its services (ExitBootServices); restarting"));
}

void plan_leave(struct plan *plan)
{
	if (!firmware_end(plan))
		give_up();
	map_hand_over(plan);
	const struct boot_info *info = &plan->info;
	span_copy(pages_memory(&plan->info_pages), SPAN_OF_STRUCT(*info));
	machine_enter(plan->tables.address, info->kernel_virt + plan->elf.entry, info->direct_base + plan->info_pages.address,
		info->direct_base + plan->stack.address + plan->stack.count * PAGE_BYTES);
}
