/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of the second serial line, a 16550; where they are depends on the machine. Only line.c uses them.
 */
#ifndef TESTS_FUZZ_GUEST_REGISTERS_H
#define TESTS_FUZZ_GUEST_REGISTERS_H

#include "lib/base/safe.h"

/* From the authorities of the first process. */
[[nodiscard]] bool registers_open(void);

u8 register_read(u32 at);
void register_write(u32 at, u8 value);

/* ---- where the line is a PCI function, at the place that tools/run/qemu.py gives it ---- */

/* By the physical addresses of configuration space and of what the bus calls port 0. */
[[nodiscard]] bool function_open(u64 configuration, u64 ports);

u8 function_read(u32 at);
void function_write(u32 at, u8 value);

#endif
