/* SPDX-License-Identifier: Apache-2.0
 *
 * A serial line as a file, /dev/uartN/data, for a driver that provides the device (lib/serial/line.h).
 */
#ifndef LIB_SERIAL_SERIAL_H
#define LIB_SERIAL_SERIAL_H

#include "lib/base/safe.h"

/* Serves the line; returns with the status that the driver shall end with if it cannot. */
u64 serial_run(void);

#endif
