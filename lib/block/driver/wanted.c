/* SPDX-License-Identifier: Apache-2.0
 *
 * What clients ask for. See wanted.h.
 */
#include "lib/block/driver/wanted.h"
#include "lib/block/driver/windows.h"

enum status wanted_check(const struct wanted *wanted, struct job *job)
{
	const struct block_asked *asked = &wanted->asked;
	enum status status = block_allowed(&jobs_disk()->limits, wanted->flags, asked);
	bool data = block_has_data(asked->op);

	*job = (struct job){ .window = data ? wanted->window : 0, .at = (u32)asked->at, .what = { .op = (enum block_op)asked->op,
		.sector = asked->sector, .sectors = (u32)asked->sectors } };
	return status == STATUS_OK && data && wanted->window == 0 ? STATUS_INVALID : status;
}

bool wanted_done(const struct job *job) { return job->what.op == BLOCK_FLUSH && !jobs_disk()->flushes; }

/* ---- rings ---- */

static bool carry_out(u32 window, u32 flags, const struct ring_entry *e)
{
	struct wanted wanted = { .asked = { .op = e->word[BLOCK_RING_WHAT] & U32_MAX, .sectors = e->word[BLOCK_RING_WHAT] >> 32,
		.sector = e->word[BLOCK_RING_SECTOR], .at = e->word[BLOCK_RING_AT], .at_least = BLOCK_RINGS_BYTES },
		.window = window, .flags = flags };
	struct job job;

	if (wanted_check(&wanted, &job) != STATUS_OK)
		return false;
	if (wanted_done(&job))
		windows_answer(window, e->word[RING_NUMBER], STATUS_OK);
	else
		jobs_give(window, e->word[RING_NUMBER], &job);
	return true;
}

bool wanted_serve(u32 window, bool *some)
{
	struct ring_entry e;
	u32 flags;

	*some = false;
	for (u32 i = 0; i < BLOCK_TOGETHER && jobs_have_room(); i++) {
		enum ring_taken taken = windows_take(window, &e, &flags);

		if (taken == RING_NOTHING)
			break;
		/* WHY he is served no more: an answer takes no room, so he could keep the driver here for ever. */
		if (taken == RING_BROKEN || !carry_out(window, flags, &e)) {
			windows_break(window);
			return true;
		}
		*some = true;
	}
	return jobs_have_room() && windows_sleep(window);
}
