/* SPDX-License-Identifier: Apache-2.0
 *
 * The first serial line of a riscv64 machine, a 16550 that firmware has set up, polled.
 * SPEC: National Semiconductor PC16550D, section 8 (registers)
 */
#include "boot/machine/machine.h"

enum : u64 { DATA = 0, LINE_STATUS = 5 };
enum : u32 { STATUS_TRANSMITTER_EMPTY = 0x20, ROOM_TRIES = 2000000 };

static u64 base;

UNSAFE_BEGIN("SAFETY: the address is that of a 16550 by the device tree, and the MMU is off or maps it where it is");
static u8 get(u64 at) { return *(volatile u8 *)(uptr)(base + at); }
static void put(u64 at, u8 value) { *(volatile u8 *)(uptr)(base + at) = value; }
UNSAFE_END();

void machine_serial_set(u64 address)
{
	base = address;
}

/* Speed and format are as firmware left them. */
void machine_serial_start(void) {}

void machine_serial_put(u8 byte)
{
	for (u32 i = 0; base != 0 && i < ROOM_TRIES; i++) {
		if ((get(LINE_STATUS) & STATUS_TRANSMITTER_EMPTY) != 0) {
			put(DATA, byte);
			return;
		}
		machine_relax();
	}
}
