/* SPDX-License-Identifier: Apache-2.0
 *
 * disk PATH                       tells how large a disk is, and what it can
 * disk PATH fill SEED FIRST BLOCKS   writes blocks of 4 KiB, each with other bytes, and flushes
 * disk PATH check SEED FIRST BLOCKS  compares them with that
 * disk PATH zero FIRST BLOCKS        makes zeroes of them, and flushes
 * disk PATH discard FIRST BLOCKS     says that they do not matter any more
 *
 * Data goes between the disk and this program's memory without a copy: lib/block.
 */
#include "lib/base/crc32c.h"
#include "lib/block/block.h"
#include "lib/tool/tool.h"

enum : u64 { BLOCK_BYTES = 4096, BLOCK_SECTORS = BLOCK_BYTES / BLOCK_SECTOR_BYTES, AT_ONCE = BLOCK_WINDOW_BYTES / BLOCK_BYTES };
enum : u64 { SUM_AT = 0, SEED_AT = 8, NUMBER_AT = 16, BODY_AT = 24 };

enum : u32 { NUMBERS = 3 };
enum : u64 { NUMBERS_BELOW = 1ull << 48 };

struct wanted {
	u32 count;
	u64 number[NUMBERS];
};

static struct block disk;

static void show(void)
{
	TEXT_BUFFER(line, 160);

	text_add_u64(&line, disk.limits.sectors);
	text_add(&line, " sectors of 512 bytes; in one request it discards ");
	text_add_u64(&line, disk.limits.discard_most);
	text_add(&line, " and zeroes ");
	text_add_u64(&line, disk.limits.zero_most);
	text_add(&line, "\n");
	print_text(&line);
}

/* Its sum, whose it is, and bytes that differ from block to block. */
static void make(struct mspan block, u64 seed, u64 number)
{
	mspan_put_le64(block, SEED_AT, seed);
	mspan_put_le64(block, NUMBER_AT, number);
	for (u64 at = BODY_AT; at < BLOCK_BYTES; at += 8)
		mspan_put_le64(block, at, (seed + number * BLOCK_BYTES + at) * 0x9e3779b97f4a7c15ull);
	mspan_put_le64(block, SUM_AT, crc32c(0, span_from(span_of(block), SEED_AT)));
}

static bool is_right(struct span block, u64 seed, u64 number)
{
	return span_le64(block, SUM_AT) == crc32c(0, span_from(block, SEED_AT)) && span_le64(block, SEED_AT) == seed &&
	       span_le64(block, NUMBER_AT) == number;
}

static struct mspan part(u64 i) { return mspan_part(block_window(&disk), i * BLOCK_BYTES, BLOCK_BYTES); }

static enum status fill(u64 seed, u64 first, u64 count)
{
	for (u64 i = 0; i < count; i++)
		make(part(i), seed, first + i);
	return block_do(&disk, BLOCK_WRITE, first * BLOCK_SECTORS, (u32)(count * BLOCK_SECTORS), 0);
}

static enum status check(u64 seed, u64 first, u64 count)
{
	enum status status = block_do(&disk, BLOCK_READ, first * BLOCK_SECTORS, (u32)(count * BLOCK_SECTORS), 0);

	for (u64 i = 0; i < count && status == STATUS_OK; i++) {
		TEXT_BUFFER(line, 64);

		if (is_right(span_of(part(i)), seed, first + i))
			continue;
		text_add(&line, "block ");
		text_add_u64(&line, first + i);
		(void)tool_fail(text_span(&line), span_text("holds something else"));
		status = STATUS_IO;
	}
	return status;
}

static enum status in_windows(enum status (*each)(u64 seed, u64 first, u64 count), u64 seed, u64 first, u64 blocks)
{
	enum status status = STATUS_OK;

	for (u64 i = 0; i < blocks && status == STATUS_OK; i += AT_ONCE)
		status = each(seed, first + i, min_u64(AT_ONCE, blocks - i));
	return status;
}

static enum status without_data(enum block_op op, u64 most, u64 first, u64 blocks)
{
	enum status status = most == 0 ? STATUS_NOT_SUPPORTED : STATUS_OK;
	u64 sector = first * BLOCK_SECTORS, left = blocks * BLOCK_SECTORS;

	while (left != 0 && status == STATUS_OK) {
		u64 now = min_u64(left, most);

		status = block_do(&disk, op, sector, (u32)now, 0);
		sector += now;
		left -= now;
	}
	return status;
}

/* Three numbers to fill and check, two to zero and discard. */
static enum status change_or_check(struct span what, const struct wanted *w)
{
	enum status status = STATUS_NOT_FOUND;

	if (span_equal(what, span_text("check")) && w->count == 3)
		return in_windows(check, w->number[0], w->number[1], w->number[2]);
	if (span_equal(what, span_text("fill")) && w->count == 3)
		status = in_windows(fill, w->number[0], w->number[1], w->number[2]);
	if (span_equal(what, span_text("zero")) && w->count == 2)
		status = without_data(BLOCK_ZERO, disk.limits.zero_most, w->number[0], w->number[1]);
	if (span_equal(what, span_text("discard")) && w->count == 2)
		status = without_data(BLOCK_DISCARD, disk.limits.discard_most, w->number[0], w->number[1]);
	return status == STATUS_OK ? block_do(&disk, BLOCK_FLUSH, 0, 0, 0) : status;
}

/* The last two numbers are the first block and how many; their sum does not wrap. */
static u64 act(struct span path, struct span what, const struct wanted *w)
{
	u64 first = *ELEM(w->number, w->count - 2), count = *ELEM(w->number, w->count - 1), has = disk.limits.sectors / BLOCK_SECTORS;
	TEXT_BUFFER(line, 128);

	if (first + count <= has) {
		enum status status = change_or_check(what, w);

		return status == STATUS_OK ? TOOL_OK : tool_fail_status(path, status);
	}
	text_add_u64(&line, count);
	text_add(&line, " blocks of 4 KiB from ");
	text_add_u64(&line, first);
	text_add(&line, " on are not on the disk: it has ");
	text_add_u64(&line, has);
	return tool_fail(path, text_span(&line));
}

static bool parse(const struct rt_args *args, struct wanted *wanted)
{
	bool good = args->count == 1 || args->count == 4 || args->count == 5;

	for (u32 i = 2; i < args->count && good; i++, wanted->count++)
		good = span_parse_u64(rt_arg(i), ELEM(wanted->number, wanted->count)) &&
		       *ELEM(wanted->number, wanted->count) < NUMBERS_BELOW;
	return good;
}

u64 program_main(const struct rt_args *args)
{
	struct wanted wanted = {};

	if (!parse(args, &wanted))
		return tool_usage(span_text("PATH [fill|check SEED FIRST BLOCKS | zero|discard FIRST BLOCKS]"));
	bool reads = wanted.count == 0 || span_equal(rt_arg(1), span_text("check"));
	enum status status = block_open(&disk, rt_arg(0), reads ? OPEN_READ : OPEN_READ | OPEN_WRITE);
	u64 result = TOOL_OK;

	if (status != STATUS_OK)
		return tool_fail_status(rt_arg(0), status);
	if (wanted.count == 0)
		show();
	else
		result = act(rt_arg(0), rt_arg(1), &wanted);
	block_close(&disk);
	return result;
}
