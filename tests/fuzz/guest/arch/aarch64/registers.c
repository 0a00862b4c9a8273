/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: where QEMU's machine `virt' has PCI.
 */
#include "tests/fuzz/guest/registers.h"

enum : u64 { CONFIGURATION = 0x4010000000, PORTS = 0x3eff0000 };

bool registers_open(void) { return function_open(CONFIGURATION, PORTS); }
u8 register_read(u32 at) { return function_read(at); }
void register_write(u32 at, u8 value) { function_write(at, value); }
