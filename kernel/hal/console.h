/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the early console. Polled output for boot messages and panics; used until a driver
 * owns the line, and again on a panic. Where there is no device it does nothing.
 */
#ifndef KERNEL_HAL_CONSOLE_H
#define KERNEL_HAL_CONSOLE_H

#include "lib/base/safe.h"

/* Pre: behind hal_boot_early; any processor, any lock held; the callers take turns.
 * Post: the byte was given to the device as it is, '\n' too; or it is lost, where there is none or no room in time.
 * Order: bytes go out in the order of calls. No barrier for memory.
 * Cost: accesses to a device: one for each look for room, at most 2,000,000 of them, and then one until there is room again. */
void hal_console_putc(u8 byte);

#endif
