/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: early console on the PL011 that the device tree names for output; firmware has set its speed.
 * SPEC: Arm PrimeCell UART (PL011) TRM (DDI 0183), 3.3.
 */
#include "kernel/arch/aarch64/console.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/tree.h"
#include "kernel/hal/console.h"
#include "kernel/hal/mmu.h"

enum : u64 { DATA = 0x00, FLAGS = 0x18, CONTROL = 0x30, DEVICES_END = 4ull << 30 };
enum : u32 { FLAG_FULL = 1u << 5, CONTROL_ON = 1u << 0 | 1u << 8, WAIT_POLLS = 20000 };

static u64 base;

void console_find(const struct boot_info *info)
{
	struct fdt fdt;
	struct fdt_node node;
	struct fdt_range range;

	/* Device memory below 4 GiB is in the direct map. */
	if (!tree_open(info, &fdt) || !fdt_console(&fdt, &node) || !fdt_is(&fdt, &node, span_text("arm,pl011")) ||
	    !fdt_reg(&fdt, &node, 0, &range) || range.base == 0 || range.base >= DEVICES_END)
		return;
	base = hal_direct((paddr_t){ range.base }).v;
	mmio_write32(base + CONTROL, CONTROL_ON);
}

void hal_console_putc(u8 byte)
{
	if (base == 0)
		return;
	for (u32 polls = 0; (mmio_read32(base + FLAGS) & FLAG_FULL) != 0; polls++)
		if (polls == WAIT_POLLS)
			return;
	mmio_write32(base + DATA, byte);
}
