/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: early console on the 16550 that the device tree names for output; firmware has set its speed.
 * SPEC: National Semiconductor PC16550D, section 8 (registers)
 */
#include "kernel/arch/riscv64/console.h"
#include "kernel/arch/common/console_wait.h"
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/hal/console.h"

enum : u64 { DATA = 0, ENABLE = 1, LINE_STATUS = 5 };
enum : u32 { STATUS_TRANSMITTER_EMPTY = 0x20 };

static u64 base;

void console_find(const struct boot_info *info)
{
	base = tree_console(info, span_text("ns16550a"));
	if (base != 0)
		mmio_write8(base + ENABLE, 0);
}

static bool has_room(void) { return (mmio_read8(base + LINE_STATUS) & STATUS_TRANSMITTER_EMPTY) != 0; }

void hal_console_putc(u8 byte)
{
	if (base != 0 && console_wait(has_room))
		mmio_write8(base + DATA, byte);
}
