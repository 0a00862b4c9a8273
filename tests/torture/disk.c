/* SPDX-License-Identifier: Apache-2.0
 *
 * Work with a disk whose driver is killed: each worker has sectors of its own, and knows what is in them. What was answered
 * is there from then on, whichever way it is read; what was not yet, was asked for again.
 */
#include "tests/torture/torture.h"
#include "lib/block/block.h"

enum : u32 { SECTORS = 96, SECTORS_MAX = 16, REGIONS = 2 };

static struct block disk;
static u64 first;              /* sector of the worker's */
static u8 model[SECTORS * BLOCK_SECTOR_BYTES];

static u64 bytes_of(u64 sectors) { return sectors * BLOCK_SECTOR_BYTES; }

struct stretch {
	u64 sector, at;        /* among the worker's; of the window */
	u32 sectors;
};

static struct stretch some(void)
{
	struct stretch s = { .sectors = (u32)random_below(SECTORS_MAX) + 1 };

	s.sector = random_below(SECTORS - s.sectors + 1);
	s.at = bytes_of(random_below(BLOCK_WINDOW_SECTORS - s.sectors + 1));
	return s;
}

static struct mspan in_window(const struct stretch *s) { return mspan_part(block_window(&disk), s->at, bytes_of(s->sectors)); }

static struct mspan in_model(const struct stretch *s)
{
	return mspan_part(MSPAN_OF_ARRAY(model), bytes_of(s->sector), bytes_of(s->sectors));
}

static void request(enum block_op op, const struct stretch *s, struct span what)
{
	enum status status = block_do(&disk, op, first + s->sector, s->sectors, s->at);

	if (status != STATUS_OK)
		lost(what, status);
}

static void write_some(const struct stretch *s)
{
	struct mspan data = in_window(s);

	for (usize i = 0; i < mspan_len(data); i += 8)
		mspan_put_le64(data, i, random_below(U64_MAX));
	span_copy(in_model(s), span_of(data));
	request(BLOCK_WRITE, s, span_text("writing to a disk"));
}

static void zero_some(const struct stretch *s)
{
	mspan_fill(in_model(s), 0);
	if (disk.limits.zero_most >= s->sectors) {
		request(BLOCK_ZERO, s, span_text("zeroing of a disk"));
		return;
	}
	mspan_fill(in_window(s), 0);
	request(BLOCK_WRITE, s, span_text("writing zeroes to a disk"));
}

/* What is there then is not known: it is written, or must not be looked at. */
static void discard_some(const struct stretch *s)
{
	if (disk.limits.discard_most >= s->sectors)
		request(BLOCK_DISCARD, s, span_text("discarding of a disk"));
	write_some(s);
}

static void flush(void)
{
	enum status status = block_do(&disk, BLOCK_FLUSH, 0, 0, 0);

	if (status != STATUS_OK)
		lost(span_text("flushing of a disk"), status);
}

static void compare(const struct stretch *s)
{
	mspan_fill(in_window(s), 0xa5);
	request(BLOCK_READ, s, span_text("reading of a disk"));
	if (!span_equal(span_of(in_window(s)), span_of(in_model(s))))
		lost(span_text("the bytes of a disk"), STATUS_OK);
}

/* The same through the file, from and to any byte. */
static void compare_file(const struct stretch *s)
{
	static u8 bytes[SECTORS_MAX * BLOCK_SECTOR_BYTES];
	u64 from = random_below(bytes_of(s->sectors)), wanted = random_below(bytes_of(s->sectors) - from) + 1;
	usize got = 0;
	u64 at = bytes_of(first + s->sector) + from;
	enum status status = file_read_at(&disk.lease.file, at, mspan_first(MSPAN_OF_ARRAY(bytes), wanted), &got);

	if (status != STATUS_OK || got == 0 ||
	    !span_equal(span_first(SPAN_OF_ARRAY(bytes), got), span_part(span_of(in_model(s)), from, got)))
		lost(span_text("the bytes of a disk's file"), status);
}

static void write_file(const struct stretch *s)
{
	struct file *file = &disk.lease.file;

	for (usize i = 0; i < bytes_of(s->sectors); i++)
		mspan_put_u8(in_model(s), i, (u8)random_below(256));
	file->offset = bytes_of(first + s->sector);
	enum status status = file_write(file, span_of(in_model(s)));

	if (status != STATUS_OK)
		lost(span_text("writing to a disk's file"), status);
}

void work_disk(u64 number)
{
	enum status status = block_open(&disk, span_text(TORTURE_DISK), OPEN_READ | OPEN_WRITE);
	struct stretch each = { .sectors = 1 };

	first = number % REGIONS * SECTORS;
	if (status != STATUS_OK)
		lost(span_text(TORTURE_DISK), status);
	for (; each.sector < SECTORS && lost_count() == 0; each.sector++)
		zero_some(&each);
	while (work_goes_on()) {
		struct stretch s = some();

		switch (random_below(8)) {
		case 0: flush(); break;
		case 1: zero_some(&s); break;
		case 2: discard_some(&s); break;
		case 3: write_file(&s); break;
		case 4: compare_file(&s); break;
		default: write_some(&s); break;
		}
		compare(&s);
		s = some();
		compare(&s);
	}
	block_close(&disk);
}
