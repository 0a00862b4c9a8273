/* SPDX-License-Identifier: Apache-2.0
 *
 * The window: who has it, and frames under way between it and the device.
 */
#ifndef DRIVERS_NET_VIRTIO_FRAMES_H
#define DRIVERS_NET_VIRTIO_FRAMES_H

#include "lib/base/text.h"
#include "lib/service/service.h"

struct frames_status {
	u8 address[6];
	bool up;
	u32 mtu;
	u64 sent, received, dropped;
};

/* Sets the device up, which ends all that an earlier instance had asked of it. */
[[nodiscard]] enum status frames_set_up(u32 interrupt_bit, struct text *why);

void frames_status(struct frames_status *out);

/* Whoever has the window according to kept state goes on; nobody else does. */
void frames_kept(void);

/* Calls of lib/lease and lib/frames, as a callback's status. */
[[nodiscard]] enum status frames_lease(struct service_call *call, struct service_file *file);
[[nodiscard]] enum status frames_ask(const struct service_file *file);
[[nodiscard]] enum status frames_sync(struct service_call *call, const struct service_file *file);

/* The file is closed: its window is nobody's any more. */
void frames_end(const struct service_file *file);

/* On an interrupt, and when the client has asked for something. */
void frames_interrupt(void);
void frames_serve(void);

#endif
