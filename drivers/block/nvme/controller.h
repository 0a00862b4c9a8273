/* SPDX-License-Identifier: Apache-2.0
 *
 * An NVMe controller: its registers, its queues of administration, which are used while it is set up, and one pair of queues for
 * requests.
 *
 * SPEC: NVM Express Base Specification 1.4, 3 "Controller Registers", 7.6.1 "Initialization"
 */
#ifndef DRIVERS_BLOCK_NVME_CONTROLLER_H
#define DRIVERS_BLOCK_NVME_CONTROLLER_H

#include "lib/driver/dma.h"
#include "lib/nvme/command.h"
#include "lib/nvme/identity.h"

/* Sets it up, with what is said of its disk. It was reset; the interrupt is to raise a bit of the service's signal. `why' says
 * what is missing. */
[[nodiscard]] enum status controller_open(u32 bit, struct block_disk *disk, struct text *why);

/* Of the piece of memory that it sees, what is left. */
struct dma_memory *controller_memory(void);

bool controller_has_room(void);
/* As nvme_queue_put, and tells it. */
[[nodiscard]] bool controller_put(u32 id, const struct nvme_command *command);

/* On an interrupt: takes all that it has completed, and lets the next one come. False: it said what cannot be. */
typedef void controller_done(u32 id, u32 status);
[[nodiscard]] bool controller_take(controller_done *done);

#endif
