/* SPDX-License-Identifier: Apache-2.0
 *
 * What clients have asked for and the host has not answered yet. Most of it is not kept: who had asked is told to ask again. What
 * would not be right a second time is kept from the moment at which it is begun, one of them at a time (docs/adr/0042).
 */
#ifndef DRIVERS_FS_VIRTIO_JOBS_H
#define DRIVERS_FS_VIRTIO_JOBS_H

#include "lib/9p2000/task.h"
#include "lib/base/text.h"
#include "lib/service/service.h"

/* What has been begun, and may have been done or not. */
struct begun {
	u64 ticket;       /* 0: nothing */
	u64 work, flags, node, offset, count;
	u64 file;         /* its index and one more; 0: none */
	char path[PATH_BYTES_MAX];
};

enum : u64 { JOBS_KEEP_BYTES = sizeof(struct begun) };

void jobs_keep(void);
/* Goes on with what an instance before had begun. */
void jobs_kept(void);

/* Sets the device up, which ends all that an earlier instance had asked of it, and begins a session. */
[[nodiscard]] enum status jobs_open(u32 interrupt_bit, u32 timer_bit, struct text *why);

/* Has the task done, and answers; as a callback's status. `file' is the open file's index, or U32_MAX. BUSY: too many wait. */
[[nodiscard]] enum status jobs_add(struct service_call *call, const struct p9_task *task, u32 file);

/* Tells the host of what it may forget. */
void jobs_forget(void);

/* On an interrupt. */
void jobs_interrupt(void);

/* When the timer's bit is raised. Whoever has waited for ten to fifteen seconds is told that the time is up. */
void jobs_tick(void);

#endif
