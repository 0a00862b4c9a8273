/* SPDX-License-Identifier: Apache-2.0
 *
 * The way out: to the serial line.
 */
#ifndef USERSPACE_SERVICES_CONSOLE_OUTPUT_H
#define USERSPACE_SERVICES_CONSOLE_OUTPUT_H

#include "lib/base/span.h"

/* Sends all of it and waits until the driver has confirmed it; sends again what a driver that
 * died had not confirmed. Without a line the bytes are discarded. */
void output_send(struct span bytes);

/* The same with `\n` as `\r\n`. */
void output_send_text(struct span text);

#endif
