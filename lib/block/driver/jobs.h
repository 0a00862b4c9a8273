/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests under way: those that the device has, and those that wait for room. Each belongs to a caller who waits, or came
 * through a ring. Nothing of them is kept: an instance that begins resets the device, which ends them, and who had asked asks
 * again.
 */
#ifndef LIB_BLOCK_DRIVER_JOBS_H
#define LIB_BLOCK_DRIVER_JOBS_H

#include "lib/block/driver/disk.h"
#include "lib/service/service.h"

enum : u64 { BOUNCE_BYTES = 4096 };

/* A request, and where its data is: in a window, or, of reads and writes of the file, in the caller's buffers. */
struct job {
	struct block_request what;
	u32 window;       /* 0: none */
	u32 at;           /* in the window */
	u32 skip, bytes;  /* without a window: the caller's bytes in the sectors */
};

/* As disk_open. */
[[nodiscard]] enum status jobs_open(const struct block_disk *disk, struct dma_memory *memory, struct text *why);
const struct block_disk *jobs_disk(void);

/* Carries it out, and answers when it is done; as a callback's status. BUSY: too many wait. */
[[nodiscard]] enum status jobs_add(struct service_call *call, const struct job *job);

/* Whether there is room for one more from a ring; and one more, to be answered by windows_answer. */
bool jobs_have_room(void);
void jobs_give(u32 window, u64 number, const struct job *job);

/* Goes on with what waits, of calls and windows in turn. */
void jobs_serve(void);

/* On an interrupt. */
void jobs_interrupt(void);

/* When the timer's bit is raised. Ends the instance if the device has not answered for long. */
void jobs_tick(void);

#endif
