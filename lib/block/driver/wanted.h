/* SPDX-License-Identifier: Apache-2.0
 *
 * What clients ask for with data in their windows, by a call or through a ring: looked at before the device is told of it.
 */
#ifndef LIB_BLOCK_DRIVER_WANTED_H
#define LIB_BLOCK_DRIVER_WANTED_H

#include "lib/block/driver/jobs.h"

struct wanted {
	struct block_asked asked;
	u32 window;       /* 0: none */
	u32 flags;        /* of the file */
};

/* OK, with the job; or as block_allowed. */
[[nodiscard]] enum status wanted_check(const struct wanted *wanted, struct job *job);

/* There is nothing to do for it: a device without a cache has nothing to flush. */
bool wanted_done(const struct job *job);

/* Gives the device what came through the window's ring, as far as there is room, and no more of it at once than a client may have
 * under way. True in `some': there was something. False: there is more. */
[[nodiscard]] bool wanted_serve(u32 window, bool *some);

#endif
