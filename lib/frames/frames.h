/* SPDX-License-Identifier: Apache-2.0
 *
 * A network from its client's side, without copies: the device writes frames that come into the window that is mapped here, and
 * reads those that are sent from it (docs/adr/0050). When the driver dies frames that came may be lost and others go out twice,
 * no more.
 *
 *	frames_begin(&frames, &number);                      a buffer
 *	(fill frames_buffer(&frames, FRAMES_SEND, number))
 *	frames_send(&frames, number, bytes);
 *	frames_receive(&frames, RT_FOREVER, &number, &frame);
 *	(read it)
 *	frames_done(&frames, number);
 *
 * What is in the window may be changed by the device at any time. One thread.
 */
#ifndef LIB_FRAMES_FRAMES_H
#define LIB_FRAMES_FRAMES_H

#include "lib/frames/protocol/protocol.h"
#include "lib/lease/lease.h"

struct frames {
	struct lease lease;
	struct ring_client ways[FRAMES_WAYS];
	u32 given_back;   /* buffers for frames that the driver was not told of yet */
};

/* Opens a network by path. BUSY: somebody else has it. */
[[nodiscard]] enum status frames_open(struct frames *frames, struct span path);
/* What was sent goes out first. */
void frames_close(struct frames *frames);

/* A buffer's bytes. */
struct mspan frames_buffer(const struct frames *frames, enum frames_way way, u32 number);

/* A buffer to send from; waits for one. */
[[nodiscard]] enum status frames_begin(struct frames *frames, u32 *number);

/* Sends what is in it, FRAMES_LEAST to FRAMES_MOST bytes, with the next frames_flush at the latest, or whatever waits. */
void frames_send(struct frames *frames, u32 number, u64 bytes);
void frames_flush(struct frames *frames);

/* Waits until all has left. */
[[nodiscard]] enum status frames_sync(struct frames *frames);

/* The next frame, in a buffer that is given back with frames_done. TIMED_OUT. Here as elsewhere, when the driver cannot serve:
 * STALE, it lost what it kept; IO, the device is gone; GIVEN_UP. */
[[nodiscard]] enum status frames_receive(struct frames *frames, u64 deadline_ns, u32 *number, struct span *frame);
void frames_done(struct frames *frames, u32 number);

#endif
