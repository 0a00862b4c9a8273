/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames under way: to the device, and from it to those who wait.
 */
#ifndef DRIVERS_NET_VIRTIO_FRAMES_H
#define DRIVERS_NET_VIRTIO_FRAMES_H

#include "lib/base/text.h"
#include "lib/service/service.h"

/* Without the check sum, with addresses and type. */
enum : u64 { FRAME_LEAST = 14, FRAME_MOST = 1514 };

struct frames_status {
	u8 address[6];
	bool up;
	u32 mtu;
	u64 sent, received, dropped;
};

/* Sets the device up, which ends all that an earlier instance had asked of it. */
[[nodiscard]] enum status frames_open(u32 interrupt_bit, struct text *why);

void frames_status(struct frames_status *out);

/* As a callback's status; answered later. BUSY: too many wait. */
[[nodiscard]] enum status frames_send(struct service_call *call);
[[nodiscard]] enum status frames_receive(struct service_call *call);

/* Whether anybody may read what comes; else it is dropped. */
void frames_wanted(bool wanted);

/* On an interrupt. */
void frames_interrupt(void);

#endif
