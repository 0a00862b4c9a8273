/* SPDX-License-Identifier: Apache-2.0
 *
 * The device of a serial line and its interrupt: what a driver provides. Nothing here waits.
 */
#ifndef LIB_SERIAL_LINE_H
#define LIB_SERIAL_LINE_H

#include "lib/base/text.h"
#include "abi/errors.h"

/* True if the device is there, where the manifest has it. */
bool line_present(void);

/* Where the device was looked for and how it did not answer. */
void line_absent(struct text *text);

/* Sets up the line and binds its interrupt to bit 0 of the service's signal. After a restart
 * the transmitter is left alone: it may still be sending. */
[[nodiscard]] enum status line_start(bool restarted);

/* Takes a received byte; false if there is none. */
[[nodiscard]] bool line_take(u8 *byte);

/* Number of bytes that line_put accepts now: 0 or the depth of the transmitter's FIFO. */
u32 line_room(void);
void line_put(u8 byte);

/* Chooses for which conditions the device interrupts. */
void line_want(bool receive, bool transmit);

/* True while the device has a reason to interrupt. Reading it is part of serving it. */
bool line_pending(void);

/* Lets the next interrupt come. */
void line_acknowledge(void);

#endif
