/* SPDX-License-Identifier: Apache-2.0
 *
 * What clients ask for. See wanted.h.
 */
#include "drivers/block/virtio/wanted.h"
#include "drivers/block/virtio/windows.h"

static bool may(u32 flags, enum block_op op)
{
	return (flags & (op == BLOCK_READ ? OPEN_READ : OPEN_WRITE)) != 0 || op == BLOCK_FLUSH;
}

static bool has_data(const struct job *job) { return job->what.op == BLOCK_READ || job->what.op == BLOCK_WRITE; }

/* INV: the device reaches no further than the window. */
static bool fits(const struct wanted *wanted)
{
	return wanted->window != 0 && wanted->at % BLOCK_SECTOR_BYTES == 0 && wanted->at >= wanted->at_least &&
	       wanted->at <= BLOCK_WINDOW_BYTES && wanted->sectors * BLOCK_SECTOR_BYTES <= BLOCK_WINDOW_BYTES - wanted->at;
}

enum status wanted_check(const struct wanted *wanted, struct job *job)
{
	if (wanted->op >= BLOCK_OPS || wanted->sectors > U32_MAX)
		return STATUS_INVALID;
	*job = (struct job){ .window = wanted->window, .at = (u32)wanted->at, .what = { .op = (enum block_op)wanted->op,
		.sector = wanted->sector, .sectors = (u32)wanted->sectors } };
	if (!may(wanted->flags, job->what.op))
		return STATUS_DENIED;
	enum status status = block_check(jobs_disk(), &job->what);

	if (status == STATUS_OK && has_data(job) && !fits(wanted))
		status = STATUS_INVALID;
	if (!has_data(job))
		job->window = 0;
	return status;
}

bool wanted_done(const struct job *job) { return job->what.op == BLOCK_FLUSH && !jobs_disk()->flushes; }

/* ---- rings ---- */

static bool carry_out(u32 window, u32 flags, const struct ring_entry *e)
{
	struct wanted wanted = { .op = e->word[BLOCK_RING_WHAT] & U32_MAX, .sectors = e->word[BLOCK_RING_WHAT] >> 32,
		.sector = e->word[BLOCK_RING_SECTOR], .at = e->word[BLOCK_RING_AT], .at_least = BLOCK_RINGS_BYTES,
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
