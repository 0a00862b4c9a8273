/* SPDX-License-Identifier: Apache-2.0
 *
 * The way in: a thread reads the serial line, because a read waits and the service must not.
 */
#ifndef USERSPACE_SERVICES_CONSOLE_INPUT_H
#define USERSPACE_SERVICES_CONSOLE_INPUT_H

#include "lib/base/span.h"
#include "abi/errors.h"

/* Starts the thread. It raises bit 0 of the service's signal when there are bytes. */
[[nodiscard]] enum status input_start(void);

/* Takes a byte; false if there is none. For the service's thread only. */
[[nodiscard]] bool input_take(u8 *byte);

#endif
