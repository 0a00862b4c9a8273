/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: early console on the PL011 that the device tree or ACPI names for output; firmware has set its speed.
 * SPEC: Arm PrimeCell UART (PL011) TRM (DDI 0183), 3.3.
 */
#include "kernel/arch/aarch64/console.h"
#include "kernel/arch/aarch64/acpi.h"
#include "kernel/arch/common/console_wait.h"
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/hal/console.h"

enum : u64 { DATA = 0x00, FLAGS = 0x18, CONTROL = 0x30 };
enum : u32 { FLAG_FULL = 1u << 5, CONTROL_ON = 1u << 0 | 1u << 8 };

static u64 base;

void console_find(const struct boot_info *info)
{
	struct fdt_range told = { .base = acpi_facts.pl011 };

	base = acpi_facts.found ? tree_mapped(&told) : tree_console(info, span_text("arm,pl011"));
	if (base != 0)
		mmio_write32(base + CONTROL, CONTROL_ON);
}

static bool has_room(void) { return (mmio_read32(base + FLAGS) & FLAG_FULL) == 0; }

void hal_console_putc(u8 byte)
{
	if (base != 0 && console_wait(has_room))
		mmio_write32(base + DATA, byte);
}
