/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk as a file, and what clients of lib/block ask of it. See disk.h.
 */
#include "lib/block/driver/disk.h"
#include "lib/block/driver/wanted.h"
#include "lib/block/driver/windows.h"

enum : u32 { STATE_VERSION = 1 };

static u64 block_bytes(void) { return jobs_disk()->limits.unit * BLOCK_SECTOR_BYTES; }
static u64 disk_bytes(void) { return jobs_disk()->limits.sectors * BLOCK_SECTOR_BYTES; }

static enum status open_file(struct service_call *call, const struct service_file *from, struct span path,
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

static enum status read(struct service_call *call, struct service_file *file)
{
	u64 skip = call->offset & (block_bytes() - 1);

	(void)file;
	if (call->count == 0 || call->offset >= disk_bytes())
		return STATUS_OK;
	u64 bytes = min_u64(min_u64(call->count, BOUNCE_BYTES - skip), disk_bytes() - call->offset);
	u64 whole = (skip + bytes + block_bytes() - 1) & ~(block_bytes() - 1);
	struct job job = { .skip = (u32)skip, .bytes = (u32)bytes, .what = { .op = BLOCK_READ,
		.sector = (call->offset - skip) / BLOCK_SECTOR_BYTES, .sectors = (u32)(whole / BLOCK_SECTOR_BYTES) } };

	return jobs_add(call, &job);
}

/* WHY whole blocks only: a part would take reading first, and what another client writes meanwhile would be undone. */
static enum status write(struct service_call *call, struct service_file *file)
{
	(void)file;
	if (call->count == 0)
		return STATUS_OK;
	if (((call->offset | call->count) & (block_bytes() - 1)) != 0) {
		call->count = block_bytes(); /* the answer says what a whole one is */
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
	service_answer_word(call, jobs_disk()->limits.discard_most | (u64)jobs_disk()->limits.zero_most << 32);
	service_answer_word(call, jobs_disk()->limits.unit);
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

static enum status other(struct service_call *call)
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

static void signal(u64 bits)
{
	if ((bits & 1ull << DISK_DEVICE_BIT) != 0)
		jobs_interrupt();
	else if ((bits & LEASE_BELL) != 0)
		jobs_serve();
	if ((bits & 1ull << DISK_TIMER_BIT) != 0)
		jobs_tick();
}

static const struct service_ops ops = {
	.open = open_file, .read = read, .write = write, .other = other, .closed = windows_end, .signal = signal,
	.keeps = STATE_VERSION, .kept = windows_kept,
};

enum status disk_open(const struct block_disk *disk, struct dma_memory *memory, struct text *why)
{
	return jobs_open(disk, memory, why);
}

void disk_serve(void)
{
	windows_open();
	service_run(&ops);
}
