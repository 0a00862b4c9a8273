/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: I/O ports for the core.
 */
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/irq.h"

u32 hal_port_count(void) { return 0x10000; }

u32 hal_port_read(u32 port, u32 width)
{
	switch (width) {
	case 1: return x86_in8((u16)port);
	case 2: return x86_in16((u16)port);
	default: return x86_in32((u16)port);
	}
}

void hal_port_write(u32 port, u32 width, u32 value)
{
	switch (width) {
	case 1: x86_out8((u16)port, (u8)value); break;
	case 2: x86_out16((u16)port, (u16)value); break;
	default: x86_out32((u16)port, value); break;
	}
}
