/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of networks serve: a window, memory that the driver lends with an open file and that its device reads and writes,
 * with two conversations of lib/ring in its first page (docs/adr/0050): frames to be sent, and buffers for frames that come.
 *
 * A request names a place in the window behind that page. It may be made twice: a frame may go out twice.
 */
#ifndef LIB_FRAMES_PROTOCOL_PROTOCOL_H
#define LIB_FRAMES_PROTOCOL_PROTOCOL_H

#include "lib/ring/ring.h"

/* Labels of calls to an open file of frames. */
enum : u32 {
	/* Brings a signal, of which bits are raised when there are answers. Answers with the file's window, and a signal with which
	 * the driver is woken. BUSY: somebody else has the network. */
	FRAMES_LEASE = 0x100,
	/* Answered when all that the driver was told to send has left. */
	FRAMES_SYNC,
};

enum frames_way : u32 { FRAMES_RECEIVE, FRAMES_SEND, FRAMES_WAYS };

/* Bits: those of the client's signal are `1 << way', those of the driver's FRAMES_BELL. */
enum : u64 { FRAMES_BELL = 1 << 1 };

/* Words of requests and answers, behind the number. */
enum frames_word : u32 {
	FRAMES_AT = 1,        /* in the window */
	FRAMES_BYTES,         /* of the frame; of a buffer to receive, FRAMES_MOST at least. Answered: how many came */
};

/* Without the check sum, with addresses and type. */
enum : u64 { FRAMES_LEAST = 14, FRAMES_MOST = 1514 };

enum : u32 { FRAMES_TOGETHER = 16 /* requests each way */ };
enum : u64 { FRAMES_WINDOW_BYTES = 64 * 1024, FRAMES_BUFFERS_AT = 4096, FRAMES_BUFFER_BYTES = 2048 };

/* Where the rings of a way lie. */
static inline struct mspan frames_rings(struct mspan window, enum frames_way way)
{
	return mspan_part(window, way * (FRAMES_BUFFERS_AT / FRAMES_WAYS), FRAMES_BUFFERS_AT / FRAMES_WAYS);
}

#endif
