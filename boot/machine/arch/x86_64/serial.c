/* SPDX-License-Identifier: Apache-2.0
 *
 * The PC's first serial port (16550), polled: for messages when firmware's console is gone or
 * nobody sees it. A machine without one is noticed by its scratch register.
 *
 * SPEC: PC16550D data sheet, section 8 "Registers"
 */
#include "boot/machine/machine.h"

enum : u16 {
	COM1 = 0x3f8,
	COM1_DATA = COM1,
	COM1_INTERRUPTS = COM1 + 1,
	COM1_FIFO = COM1 + 2,
	COM1_LINE = COM1 + 3,
	COM1_MODEM = COM1 + 4,
	COM1_STATUS = COM1 + 5,
	COM1_SCRATCH = COM1 + 7,
};
enum : u8 { LINE_8N1 = 0x03, LINE_DIVISOR = 0x80, FIFO_ON = 0x07, MODEM_READY = 0x03, STATUS_ROOM = 0x20 };
enum : u32 { ROOM_TRIES = 2000000 };

static bool serial_present;

UNSAFE_BEGIN("SAFETY: port I/O to the fixed addresses above, which name the serial port's registers or nothing");
static void port_write(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static u8 port_read(u16 port)
{
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}
UNSAFE_END();

static bool scratch_keeps(u8 value)
{
	port_write(COM1_SCRATCH, value);
	return port_read(COM1_SCRATCH) == value;
}

/* The port has its place by tradition. */
void machine_serial_set(u64 address)
{
	(void)address;
}

void machine_serial_start(void)
{
	serial_present = scratch_keeps(0x5a) && scratch_keeps(0xa5);
	if (!serial_present)
		return;
	port_write(COM1_INTERRUPTS, 0);
	port_write(COM1_LINE, LINE_DIVISOR | LINE_8N1);
	port_write(COM1_DATA, 1); /* 115200 bits a second */
	port_write(COM1_INTERRUPTS, 0);
	port_write(COM1_LINE, LINE_8N1);
	port_write(COM1_FIFO, FIFO_ON);
	port_write(COM1_MODEM, MODEM_READY);
}

void machine_serial_put(u8 byte)
{
	for (u32 i = 0; serial_present && i < ROOM_TRIES; i++) {
		if ((port_read(COM1_STATUS) & STATUS_ROOM) != 0) {
			port_write(COM1_DATA, byte);
			return;
		}
		machine_relax();
	}
}
