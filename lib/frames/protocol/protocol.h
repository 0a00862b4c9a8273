/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of networks serve beside leases (lib/lease): two conversations of lib/ring in the first page of the window
 * (docs/adr/0050), about frames to be sent, and buffers for frames that come.
 *
 * A request names a place in the window behind that page. It may be made twice: a frame may go out twice.
 */
#ifndef LIB_FRAMES_PROTOCOL_PROTOCOL_H
#define LIB_FRAMES_PROTOCOL_PROTOCOL_H

#include "lib/lease/protocol/protocol.h"
#include "lib/ring/ring.h"

/* Labels of calls to an open file of frames. */
enum : u32 {
	/* Answered when all that the driver was told to send has left. */
	FRAMES_SYNC = LEASE_LABEL_OWN,
};

enum frames_way : u32 { FRAMES_RECEIVE, FRAMES_SEND, FRAMES_WAYS };

/* Bits of the client's signal are `1 << way'. */

/* Words of requests and answers, behind the number. */
enum frames_word : u32 {
	FRAMES_AT = 1,        /* in the window */
	FRAMES_BYTES,         /* of the frame; of a buffer to receive, FRAMES_MOST at least. Answered: how many came */
};

/* Without the check sum, with addresses and type. */
enum : u64 { FRAMES_LEAST = 14, FRAMES_MOST = 1514 };

enum : u32 { FRAMES_TOGETHER = 16 /* requests each way */ };
enum : u64 { FRAMES_WINDOW_BYTES = 64 * 1024, FRAMES_BUFFERS_AT = 4096, FRAMES_BUFFER_BYTES = 2048 };
/* Buffers to send from, where those to receive are as many as may be; of frames that have left a device need not say so before
 * there are more than so many. */
enum : u32 { FRAMES_SENDING = (FRAMES_WINDOW_BYTES - FRAMES_BUFFERS_AT) / FRAMES_BUFFER_BYTES - FRAMES_TOGETHER,
	FRAMES_SENT_TOGETHER = 8 };
static_assert(FRAMES_SENDING <= FRAMES_TOGETHER && FRAMES_SENDING > FRAMES_SENT_TOGETHER,
	"whoever has sent from all buffers is told before all have left");

/* Where the rings of a way lie. */
static inline struct mspan frames_rings(struct mspan window, enum frames_way way)
{
	return mspan_part(window, way * (FRAMES_BUFFERS_AT / FRAMES_WAYS), FRAMES_BUFFERS_AT / FRAMES_WAYS);
}

#endif
