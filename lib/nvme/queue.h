/* SPDX-License-Identifier: Apache-2.0
 *
 * A submission queue and its completion queue, from the driver's side. The controller may write anything to the latter at any
 * time. So everything that decides is kept outside, in struct nvme_queue; what is read from the shared memory is read once and
 * checked, and what cannot be ends the queue.
 *
 * SPEC: NVM Express Base Specification 1.4, 4.1 "Submission Queue & Completion Queue Definition", 4.2 "Submission Queue Entry",
 * 4.6 "Completion Queue Entry"
 */
#ifndef LIB_NVME_QUEUE_H
#define LIB_NVME_QUEUE_H

#include "lib/base/span.h"

enum : u32 { NVME_QUEUE_MAX = 64 };
enum : u64 { NVME_COMMAND_BYTES = 64, NVME_COMPLETION_BYTES = 16 };

/* What differs between commands. */
struct nvme_command {
	u8 opcode;
	u32 namespace_id;
	u64 first, second;       /* where its data is: PRP entries */
	u32 word[6];             /* from the tenth dword of the entry on */
};

/* INV-NVME-QUEUE: fewer commands are under way than the submission queue has entries, so that neither queue ever is full. A bit
 * of `busy' says which. */
struct nvme_queue {
	u32 size;                /* entries of each, 2 to NVME_QUEUE_MAX */
	u16 number;
	u32 under_way;
	u64 busy;
	u32 tail, head;          /* where the next command goes, and where the next completion comes */
	bool phase;              /* of the next completion */
	bool broken;
};

/* Empty queues; false for a size that cannot be. The memory of completions is zeroed. */
[[nodiscard]] bool nvme_queue_begin(struct nvme_queue *queue, u16 number, u32 size, struct mspan completions);

static inline bool nvme_queue_has_room(const struct nvme_queue *queue)
{
	return !queue->broken && queue->under_way + 1 < queue->size;
}

/* One more command; the controller finds it when it is told the new tail. `id', below NVME_QUEUE_MAX, names it until it is taken
 * back. False: there is no room, or the id is taken. */
[[nodiscard]] bool nvme_queue_put(struct nvme_queue *queue, struct mspan commands, u32 id, const struct nvme_command *command);

enum nvme_taken : u32 {
	NVME_NOTHING,
	NVME_TAKEN,
	NVME_BROKEN,     /* it said what cannot be; the queue is of no more use until the controller is reset */
};
/* Takes back a command that the controller has completed, with its status, type above code; 0: it was done. The controller is to
 * be told the new head. */
enum nvme_taken nvme_queue_take(struct nvme_queue *queue, struct mspan completions, u32 *id, u32 *status);

#endif
