/* SPDX-License-Identifier: Apache-2.0
 *
 * The UEFI loader. Firmware starts it from \EFI\BOOT of the EFI system partition; it reads the
 * kernel, its symbols, the system image and the command line from the same volume, ends
 * firmware's services and enters the kernel with one struct boot_info (kernel/hal/boot.h).
 *
 * It says one line when all is well. Any failure is told in words, waits for a key or five
 * seconds, and goes back to firmware.
 */
#include "boot/uefi/firmware.h"
#include "boot/machine/machine.h"
#include "boot/uefi/message.h"
#include "boot/uefi/plan.h"

enum : u32 { FAILURE_WAIT_MS = 5000, MESSAGE_BYTES = 128 };

/* In static storage: too large for a stack, and one loader makes one plan. */
static struct plan plan;

static void info_start(struct boot_info *info, u64 ticks)
{
	info->magic = BOOT_MAGIC;
	info->version = BOOT_VERSION;
	info->bytes = sizeof(*info);
	info->entry_ticks = ticks;
	(void)mspan_set_text(MSPAN_OF_ARRAY(info->loader), span_text("ferrous-uefi " LOADER_VERSION));
}

static void greet(void)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "Ferrous loader " LOADER_VERSION ": kernel ");
	text_add_size(&text, plan.elf.bytes);
	text_add(&text, ", system image ");
	text_add_size(&text, plan.image.bytes);
	text_add(&text, "\n");
	message_info(&text);
}

efi_status efi_main(struct efi_handle *image, struct efi_system_table *system)
{
	u64 ticks = machine_ticks();
	if (!firmware_start(image, system))
		return EFI_INVALID_PARAMETER;
	info_start(&plan.info, ticks);
	if (!plan_machine(&plan) || !plan_files(&plan) || !plan_space(&plan)) {
		firmware_wait_key(FAILURE_WAIT_MS);
		return EFI_LOAD_ERROR;
	}
	greet();
	plan_leave(&plan);
	return EFI_LOAD_ERROR;
}
