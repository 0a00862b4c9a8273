/* SPDX-License-Identifier: Apache-2.0
 *
 * The way to the eight registers of a 16550: ports, or device memory; by what the device brings.
 */
#ifndef DRIVERS_CHAR_UART16550_ACCESS_H
#define DRIVERS_CHAR_UART16550_ACCESS_H

#include "lib/base/text.h"

/* False if there is no way. */
[[nodiscard]] bool access_start(void);

u32 access_get(u32 at);
void access_put(u32 at, u32 value);

/* Where the registers are, in words. */
void access_place(struct text *text);

#endif
