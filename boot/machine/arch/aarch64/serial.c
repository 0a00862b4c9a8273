/* SPDX-License-Identifier: Apache-2.0
 *
 * The first serial line of an aarch64 machine, a PL011 that firmware has set up, polled.
 * SPEC: Arm PrimeCell UART (PL011) TRM (DDI 0183), 3.3 "Register descriptions"
 */
#include "boot/machine/machine.h"

enum : u64 { DATA = 0x00, FLAGS = 0x18 };
enum : u32 { FLAG_FULL = 1u << 5, ROOM_TRIES = 2000000 };

static u64 base;

UNSAFE_BEGIN("SAFETY: the address is that of a PL011 by the device tree, and device memory is mapped where it is");
static u32 get(u64 at) { return *(volatile u32 *)(uptr)(base + at); }
static void put(u64 at, u32 value) { *(volatile u32 *)(uptr)(base + at) = value; }
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
		if ((get(FLAGS) & FLAG_FULL) == 0) {
			put(DATA, byte);
			return;
		}
		machine_relax();
	}
}
