/* SPDX-License-Identifier: Apache-2.0
 *
 * The first steps: reading the four files, checking the kernel, and asking the machine what the
 * kernel wants to know about it.
 */
#include "boot/common/layout.h"
#include "boot/common/seed.h"
#include "boot/machine/machine.h"
#include "boot/uefi/message.h"
#include "boot/uefi/plan.h"
#include "lib/fdt/fdt.h"

enum : u64 { FILE_LIMIT = 1ull << 30, COMMAND_LINE_LIMIT = 64ull << 10 };
enum : u32 { MESSAGE_BYTES = 256, FIRMWARE_RANDOM_WORDS = 8, MACHINE_RANDOM_WORDS = 8, CLOCK_WORDS = 16 };

static const struct file_name name_kernel = { u"\\ferrous\\kernel.elf", "\\ferrous\\kernel.elf" };
static const struct file_name name_symbols = { u"\\ferrous\\kernel.sym", "\\ferrous\\kernel.sym" };
static const struct file_name name_image = { u"\\ferrous\\system.img", "\\ferrous\\system.img" };
static const struct file_name name_command_line = { u"\\ferrous\\cmdline.txt", "\\ferrous\\cmdline.txt" };

static struct span file_span(const struct file *file)
{
	return file->bytes == 0 ? span_empty() : span_of(firmware_memory(file->address, file->bytes));
}

static bool command_line_take(struct plan *plan, struct efi_file *volume)
{
	struct file file = {};
	if (!file_read(volume, &name_command_line, FILE_OPTIONAL, COMMAND_LINE_LIMIT, &file))
		return false;
	enum command_line_problem problem = command_line_set(&plan->info, file_span(&file));
	firmware_pages_free(file.address, pages_of(file.bytes));
	plan->randomize = !command_line_has(&plan->info, span_text("nokaslr"));
	TEXT_BUFFER(text, MESSAGE_BYTES);
	switch (problem) {
	case COMMAND_LINE_OK:
		return true;
	case COMMAND_LINE_TOO_LONG:
		text_add(&text, "\\ferrous\\cmdline.txt is too long: expected at most ");
		text_add_u64(&text, BOOT_CMDLINE_BYTES - 1);
		text_add(&text, " characters");
		break;
	case COMMAND_LINE_NOT_TEXT:
		text_add(&text, "\\ferrous\\cmdline.txt is not a command line: expected one line of printable ASCII");
		break;
	}
	message_problem(&text);
	return false;
}

static bool kernel_check(struct plan *plan)
{
	enum elf_problem problem = elf_parse(file_span(&plan->kernel_file), &plan->elf);
	if (problem == ELF_OK && plan->elf.bytes <= LAYOUT_KERNEL_MAX)
		return true;
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "the kernel, \\ferrous\\kernel.elf, ");
	if (problem == ELF_OK)
		text_add(&text, "takes more than 256 MiB of memory");
	else
		elf_problem_explain(&text, problem, file_span(&plan->kernel_file));
	message_problem(&text);
	return false;
}

static bool files_read(struct plan *plan, struct efi_file *volume)
{
	if (!command_line_take(plan, volume) ||
	    !file_read(volume, &name_kernel, FILE_REQUIRED, FILE_LIMIT, &plan->kernel_file) || !kernel_check(plan) ||
	    !file_read(volume, &name_image, FILE_REQUIRED, FILE_LIMIT, &plan->image) ||
	    !file_read(volume, &name_symbols, FILE_OPTIONAL, FILE_LIMIT, &plan->symbols))
		return false;
	plan->info.image_phys = plan->image.address;
	plan->info.image_bytes = plan->image.bytes;
	plan->info.symbols_phys = plan->symbols.address;
	plan->info.symbols_bytes = plan->symbols.bytes;
	return true;
}

bool plan_files(struct plan *plan)
{
	struct efi_file *volume = firmware_volume();
	if (volume == nullptr) {
		TEXT_BUFFER(text, MESSAGE_BYTES);
		text_add(&text, "cannot open the volume the loader came from; expected a FAT file system on a disk");
		message_problem(&text);
		return false;
	}
	bool ok = files_read(plan, volume);
	(void)volume->close(volume);
	return ok;
}

static void random_collect(struct random_state *random)
{
	u64 words[FIRMWARE_RANDOM_WORDS] = {};
	bool given = firmware_random(MSPAN_OF_ARRAY(words));
	for (u32 i = 0; given && i < FIRMWARE_RANDOM_WORDS; i++)
		random_absorb(random, words[i], true);
	for (u32 i = 0; i < MACHINE_RANDOM_WORDS; i++) {
		u64 word = 0;
		if (machine_random(&word))
			random_absorb(random, word, true);
	}
	for (u32 i = 0; i < CLOCK_WORDS; i++)
		random_absorb(random, machine_ticks(), false);
}

/* Where there is a device tree, it also says where the serial port is, and may have random numbers. */
static void tree_take(struct plan *plan)
{
	u64 at = firmware_tree();
	u64 bytes = at == 0 ? 0 : fdt_total_bytes(span_of(firmware_memory(at, FDT_HEADER_BYTES)));
	struct fdt fdt;
	struct fdt_node node;
	struct fdt_range port;
	if (bytes == 0 || !fdt_open(span_of(firmware_memory(at, bytes)), &fdt))
		return;
	plan->info.dtb = at;
	plan->tree_bytes = bytes;
	seed_absorb_tree(&plan->random, &fdt);
	if (fdt_console(&fdt, &node) && fdt_reg(&fdt, &node, 0, &port))
		machine_serial_set(port.base);
}

bool plan_machine(struct plan *plan)
{
	u64 number = 0;
	if (firmware_processor(&number))
		machine_processor_set(number);
	struct span missing = machine_missing();
	if (span_len(missing) != 0) {
		TEXT_BUFFER(text, MESSAGE_BYTES);
		text_add(&text, "this machine cannot run Ferrous: ");
		text_add_span(&text, missing);
		message_problem(&text);
		return false;
	}
	random_collect(&plan->random);
	tree_take(plan);
	seed_draw(&plan->random, &plan->info);
	plan->info.framebuffer = firmware_framebuffer();
	plan->info.rsdp = firmware_rsdp();
	return true;
}
