/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the second serial port of PCs.
 */
#include "tests/fuzz/guest/registers.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/first/first.h"

enum : u32 { COM2 = 0x2f8, PORTS = 8 };

static handle_t ports;

bool registers_open(void)
{
	return sys_cap_derive(first_handle(INIT_HANDLE_IOPORTS), IOPORT_RIGHT_READ | IOPORT_RIGHT_WRITE, COM2, PORTS, &ports) ==
	       STATUS_OK;
}

u8 register_read(u32 at)
{
	u64 value = 0;

	return sys_port_read(ports, at, 1, &value) == STATUS_OK ? (u8)value : 0;
}

void register_write(u32 at, u8 value) { (void)!sys_port_write(ports, at, 1, value); }
