/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the early console. Polled output for boot messages and panics; used until a driver
 * owns the line, and again on a panic. Where there is no device it does nothing.
 */
#ifndef KERNEL_HAL_CONSOLE_H
#define KERNEL_HAL_CONSOLE_H

#include "lib/base/safe.h"

/* Any processor, any lock held, after hal_boot_early; the callers take turns. Writes one byte; waits a bounded
 * time for room. '\n' is sent as it is. */
void hal_console_putc(u8 byte);

#endif
