/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtio disk as a file: reads at any offset, writes of whole sectors; and for clients of lib/block requests whose data
 * the device reads and writes in the client's window (docs/adr/0037), by calls and through rings (docs/adr/0052).
 */
#include "drivers/block/virtio/wanted.h"
#include "drivers/block/virtio/windows.h"
#include "lib/virtio/virtio.h"

enum : u32 { STATE_VERSION = 1, DEVICE_BIT = 0, TIMER_BIT = 1 };

static u64 disk_bytes(void) { return jobs_disk()->limits.sectors * BLOCK_SECTOR_BYTES; }

static enum status disk_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	if (span_len(path) != 0)
		return STATUS_NOT_FOUND;
	if ((file->flags & OPEN_WRITE) != 0 && jobs_disk()->read_only)
		return STATUS_DENIED;
	file->qid_type = QID_FILE;
	file->bytes = disk_bytes();
	return STATUS_OK;
}

static enum status disk_read(struct service_call *call, struct service_file *file)
{
	u64 sector = call->offset / BLOCK_SECTOR_BYTES, skip = call->offset % BLOCK_SECTOR_BYTES;

	(void)file;
	if (call->count == 0 || call->offset >= disk_bytes())
		return STATUS_OK;
	u64 bytes = min_u64(min_u64(call->count, BOUNCE_BYTES - skip), disk_bytes() - call->offset);
	struct job job = { .what = { .op = BLOCK_READ, .sector = sector }, .skip = (u32)skip, .bytes = (u32)bytes };

	job.what.sectors = (u32)((skip + bytes + BLOCK_SECTOR_BYTES - 1) / BLOCK_SECTOR_BYTES);
	return jobs_add(call, &job);
}

/* WHY whole sectors only: a part would take reading first, and what another client writes meanwhile would be undone. */
static enum status disk_write(struct service_call *call, struct service_file *file)
{
	(void)file;
	if (call->count == 0)
		return STATUS_OK;
	if (call->offset % BLOCK_SECTOR_BYTES != 0 || call->count % BLOCK_SECTOR_BYTES != 0) {
		call->count = BLOCK_SECTOR_BYTES; /* the answer says what a sector is */
		return STATUS_NOT_WHOLE;
	}
	if (call->offset >= disk_bytes())
		return STATUS_NO_SPACE;
	u64 bytes = min_u64(min_u64(call->count, BOUNCE_BYTES), disk_bytes() - call->offset);
	struct job job = { .bytes = (u32)bytes, .what = { .op = BLOCK_WRITE, .sector = call->offset / BLOCK_SECTOR_BYTES,
		.sectors = (u32)(bytes / BLOCK_SECTOR_BYTES) } };

	return jobs_add(call, &job);
}

/* ---- windows ---- */

static enum status lease(struct service_call *call, struct service_file *file)
{
	enum status status = windows_lease(call, file);

	service_answer_word(call, jobs_disk()->limits.sectors);
	service_answer_word(call, jobs_disk()->limits.discard_most);
	service_answer_word(call, jobs_disk()->limits.zero_most);
	return status;
}

static enum status carry_out(struct service_call *call, const struct service_file *file)
{
	struct wanted wanted = { .asked = { .op = call->word[BLOCK_DO_OP], .sector = call->word[BLOCK_DO_SECTOR],
		.sectors = call->word[BLOCK_DO_SECTORS], .at = call->word[BLOCK_DO_AT] }, .window = windows_of(file),
		.flags = file->flags };
	struct job job;

	if (call->words < BLOCK_DO_WORDS)
		return STATUS_INVALID;
	enum status status = wanted_check(&wanted, &job);

	return status != STATUS_OK || wanted_done(&job) ? status : jobs_add(call, &job);
}

static enum status disk_other(struct service_call *call)
{
	struct service_file *file = service_file_of(call);

	if (call->op != LEASE_TAKE && call->op != LEASE_ASK && call->op != BLOCK_DO)
		return STATUS_UNKNOWN_CALL;
	if (file == nullptr)
		return STATUS_STALE;
	if (call->op == LEASE_TAKE)
		return lease(call, file);
	return call->op == LEASE_ASK ? windows_ask(file) : carry_out(call, file);
}

/* ---- the rest ---- */

static void disk_signal(u64 bits)
{
	if ((bits & 1ull << DEVICE_BIT) != 0)
		jobs_interrupt();
	else if ((bits & LEASE_BELL) != 0)
		jobs_serve();
	if ((bits & 1ull << TIMER_BIT) != 0)
		jobs_tick();
}

static const struct service_ops ops = {
	.open = disk_open, .read = disk_read, .write = disk_write, .other = disk_other, .closed = windows_end, .signal = disk_signal,
	.keeps = STATE_VERSION, .kept = windows_kept,
};

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = jobs_open(DEVICE_BIT, TIMER_BIT, &why);

	if (status != STATUS_OK)
		virtio_not_up(status, &why);
	windows_open();
	service_run(&ops);
}
