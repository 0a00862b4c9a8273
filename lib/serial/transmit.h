/* SPDX-License-Identifier: Apache-2.0
 *
 * From the writers to the device. The driver buffers nothing: a write is answered when its last
 * byte is in the device, so that a driver that dies loses no byte that it had answered for.
 */
#ifndef LIB_SERIAL_TRANSMIT_H
#define LIB_SERIAL_TRANSMIT_H

#include "lib/service/service.h"

/* Serves a write: at once if the device takes all of it, else when it has. */
[[nodiscard]] enum status transmit_write(struct service_call *call);

/* Goes on with the writers that wait, as far as the device takes bytes. */
void transmit_run(void);

/* True while a writer waits, so that the device may interrupt when it has room. */
bool transmit_wanted(void);

#endif
