/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any answers to a client of a shared folder. The first two bytes say what it wants; then each answer takes a
 * byte with its length and so many bytes, whose head is put right half of the time, since otherwise nearly every input would
 * end there.
 */
#include "lib/9p2000/task.h"
#include "lib/base/fuzz/fuzz.h"

enum : u32 { OWN_FID = 3, TAG = 7, ASKS_MAX = 64 };

static struct p9_task task;
static u8 request[P9_MESSAGE_BYTES + 64], answer[512];

static void set(u8 work, u8 how)
{
	struct span path = (how & 1) != 0 ? span_text("folder/file") : span_empty();

	task = (struct p9_task){ .work = (enum p9_work)(work % P9_WORKS), .flags = how >> 1, .own_fid = OWN_FID, .node = 5,
		.count = 100, .fid = work >> 7, .resumed = (how & 0x80) != 0, .path_bytes = (u32)span_len(path), .index = how >> 4 };
	span_copy(MSPAN_OF_ARRAY(task.path), path);
	p9_task_begin(&task);
}

static u32 take_answer(struct span *input)
{
	u32 bytes = (u32)min_u64(span_u8(*input, 0) & 0x7f, span_len(*input) - 1), all = P9_HEAD_BYTES + bytes;
	bool mend = (span_u8(*input, 0) & 0x80) != 0;

	span_copy(mspan_from(MSPAN_OF_ARRAY(answer), mend ? P9_HEAD_BYTES : 0), span_part(*input, 1, bytes));
	*input = span_from(*input, 1 + bytes);
	if (!mend)
		return bytes;
	mspan_put_le32(MSPAN_OF_ARRAY(answer), 0, all);
	mspan_put_u8(MSPAN_OF_ARRAY(answer), 4, (u8)(task.asked.type + 1));
	mspan_put_le16(MSPAN_OF_ARRAY(answer), 5, task.asked.tag);
	return all;
}

void fuzz_one(struct span input)
{
	enum p9_then then = P9_ASK;

	if (span_len(input) < 2)
		return;
	set(span_u8(input, 0), span_u8(input, 1));
	input = span_from(input, 2);
	for (u32 asks = 0; asks < ASKS_MAX && (then == P9_ASK || then == P9_COMMIT) && span_len(input) > 0; asks++) {
		u32 room = 0;
		bool data = false;
		u32 bytes = p9_task_ask(&task, TAG, MSPAN_OF_ARRAY(request), &room, &data);

		INVARIANT(bytes <= P9_MESSAGE_BYTES && room <= P9_MESSAGE_BYTES, "messages have room");
		u32 written = take_answer(&input);
		u32 head = task.asked.type == P9_READ ? (u32)min_u64(written, P9_READ_AT) : written;

		then = p9_task_heard(&task, span_part(SPAN_OF_ARRAY(answer), 0, head), written);
		INVARIANT(task.count <= 100 && task.about.bytes <= U64_MAX >> 1, "what is believed is within bounds");
		INVARIANT(task.work != P9_DO_READ || then != P9_DONE || task.status != STATUS_OK || P9_READ_AT + task.count == written,
			"a reader gets what came");
	}
}
