/* SPDX-License-Identifier: Apache-2.0
 *
 * The device: registers of a 16550 and its interrupt. Nothing here waits.
 *
 * SPEC: National Semiconductor PC16550D, section 8 (registers), 8.4 (line status), 8.6 (interrupts).
 */
#ifndef DRIVERS_CHAR_UART16550_LINE_H
#define DRIVERS_CHAR_UART16550_LINE_H

#include "lib/base/safe.h"
#include "abi/errors.h"

/* True if something at the ports holds values as a 16550's scratch register does. */
bool line_present(void);

/* First port of the range and number of ports, for messages. */
u64 line_first_port(void);

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
