/* SPDX-License-Identifier: Apache-2.0
 *
 * Submission and completion queues. See queue.h.
 */
#include "lib/nvme/queue.h"

/* SPEC: 4.2 "Submission Queue Entry - Command Format"; 4.6 "Completion Queue Entry" */
enum : u64 { NAMESPACE_AT = 4, FIRST_AT = 24, SECOND_AT = 32, WORDS_AT = 40, QUEUES_AT = 8, STATUS_AT = 12 };
enum : u32 { ID_SHIFT = 16, PHASE_SHIFT = 16, STATUS_SHIFT = 17, STATUS_MASK = 0x7ff, HALF = 0xffff };

bool nvme_queue_begin(struct nvme_queue *queue, u16 number, u32 size, struct mspan completions)
{
	*queue = (struct nvme_queue){ .number = number, .size = size, .phase = true };
	if (size < 2 || size > NVME_QUEUE_MAX)
		return false;
	mspan_fill(mspan_first(completions, size * NVME_COMPLETION_BYTES), 0);
	return true;
}

bool nvme_queue_put(struct nvme_queue *queue, struct mspan commands, u32 id, const struct nvme_command *command)
{
	if (!nvme_queue_has_room(queue) || id >= NVME_QUEUE_MAX || (queue->busy >> id & 1) != 0)
		return false;
	struct mspan entry = mspan_part(commands, queue->tail * NVME_COMMAND_BYTES, NVME_COMMAND_BYTES);

	mspan_fill(entry, 0);
	mspan_put_le32(entry, 0, command->opcode | id << ID_SHIFT);
	mspan_put_le32(entry, NAMESPACE_AT, command->namespace_id);
	mspan_put_le64(entry, FIRST_AT, command->first);
	mspan_put_le64(entry, SECOND_AT, command->second);
	for (u32 i = 0; i < ARRAY_LEN(command->word); i++)
		mspan_put_le32(entry, WORDS_AT + 4 * i, *ELEM(command->word, i));
	queue->busy |= 1ull << id;
	queue->under_way++;
	queue->tail = queue->tail + 1 < queue->size ? queue->tail + 1 : 0;
	return true;
}

static enum nvme_taken broken(struct nvme_queue *queue)
{
	queue->broken = true;
	return NVME_BROKEN;
}

enum nvme_taken nvme_queue_take(struct nvme_queue *queue, struct mspan completions, u32 *id, u32 *status)
{
	if (queue->broken)
		return NVME_BROKEN;
	struct mspan entry = mspan_part(completions, queue->head * NVME_COMPLETION_BYTES, NVME_COMPLETION_BYTES);
	/* WHY first: the controller writes it last. */
	u32 last = mspan_load_le32(entry, STATUS_AT);

	if ((last >> PHASE_SHIFT & 1) != queue->phase)
		return NVME_NOTHING;
	u32 queues = mspan_load_le32(entry, QUEUES_AT), name = last & HALF;

	/* How far it has read commands is not needed; where it could not be, the rest is not believed either. */
	if (queues >> ID_SHIFT != queue->number || (queues & HALF) >= queue->size || name >= NVME_QUEUE_MAX ||
	    (queue->busy >> name & 1) == 0)
		return broken(queue);
	queue->busy &= ~(1ull << name);
	queue->under_way--;
	queue->head++;
	if (queue->head == queue->size) {
		queue->head = 0;
		queue->phase = !queue->phase;
	}
	*id = name;
	*status = last >> STATUS_SHIFT & STATUS_MASK;
	return NVME_TAKEN;
}
