/* SPDX-License-Identifier: Apache-2.0
 *
 * From the device to the readers: a bounded ring, and readers that wait in order.
 */
#ifndef LIB_SERIAL_RECEIVE_H
#define LIB_SERIAL_RECEIVE_H

#include "lib/service/service.h"

/* Serves a read: with what is there, or later. */
[[nodiscard]] enum status receive_read(struct service_call *call);

/* Moves bytes from the device to the ring and from there to waiting readers. */
void receive_run(void);

/* True while there is room, so that the device may interrupt for received bytes. */
bool receive_wanted(void);

#endif
