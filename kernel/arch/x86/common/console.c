/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: early console on the first serial line, a 16550 at port 0x3f8. SPEC: PC16550D data sheet.
 */
#include "kernel/arch/x86/common/console.h"
#include "kernel/arch/common/console_wait.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/console.h"

enum : u16 {
	COM1 = 0x3f8,
	DATA = COM1, INTERRUPTS = COM1 + 1, FIFO = COM1 + 2, LINE = COM1 + 3, MODEM = COM1 + 4,
	LINE_STATUS = COM1 + 5, SCRATCH = COM1 + 7,
};
enum : u8 { LINE_8N1 = 0x03, LINE_DIVISOR = 0x80, STATUS_ROOM = 0x20 };

static bool present;

/* A line that is not there reads as all ones, or does not keep what is written. */
static bool probe(u8 pattern)
{
	x86_out8(SCRATCH, pattern);
	return x86_in8(SCRATCH) == pattern;
}

void x86_console_init(void)
{
	present = probe(0x5a) && probe(0xa5);
	if (!present)
		return;
	x86_out8(INTERRUPTS, 0);
	x86_out8(LINE, LINE_DIVISOR);
	x86_out8(DATA, 1); /* 115200 */
	x86_out8(INTERRUPTS, 0);
	x86_out8(LINE, LINE_8N1);
	x86_out8(FIFO, 0x07);  /* on, both emptied */
	x86_out8(MODEM, 0x0b); /* DTR, RTS, OUT2 */
}

static bool has_room(void) { return (x86_in8(LINE_STATUS) & STATUS_ROOM) != 0; }

void hal_console_putc(u8 byte)
{
	if (present && console_wait(has_room))
		x86_out8(DATA, byte);
}
