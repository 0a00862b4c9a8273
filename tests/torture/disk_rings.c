/* SPDX-License-Identifier: Apache-2.0
 *
 * As disk.c, with eight requests under way through rings: each lane has sectors and a part of the window of its own, and one
 * request after the other. Now and then all are waited for, and the disk is opened anew.
 */
#include "tests/torture/torture.h"
#include "lib/block/block.h"
#include "lib/rt/message.h"

enum : u32 { LANES = 8, LANE_SECTORS = 14, FIRST = 192 /* behind disk.c's */, OPENED_FOR = 300 };
enum : u64 { LANE_BYTES = LANE_SECTORS * BLOCK_SECTOR_BYTES };

static struct lane {
	enum block_op op;      /* under way */
	u32 sector, sectors;   /* in the lane */
	bool to_write;         /* what is there is not known: it is written next */
	u8 model[LANE_BYTES];
} lanes[LANES];

static struct block disk;
static u32 lane_of[BLOCK_TOGETHER];

static u64 place_of(u32 number)
{
	return BLOCK_RINGS_BYTES + number * LANE_BYTES + ELEM(lanes, number)->sector * BLOCK_SECTOR_BYTES;
}

static struct mspan in_window(u32 number)
{
	return mspan_part(block_window(&disk), place_of(number), ELEM(lanes, number)->sectors * BLOCK_SECTOR_BYTES);
}

static struct mspan in_model(u32 number)
{
	struct lane *lane = ELEM(lanes, number);

	return mspan_part(MSPAN_OF_ARRAY(lane->model), lane->sector * BLOCK_SECTOR_BYTES, lane->sectors * BLOCK_SECTOR_BYTES);
}

static void choose(struct lane *lane)
{
	if (lane->to_write) {
		lane->op = BLOCK_WRITE;
		lane->to_write = false;
		return;
	}
	lane->sectors = (u32)random_below(LANE_SECTORS) + 1;
	lane->sector = (u32)random_below(LANE_SECTORS - lane->sectors + 1);
	u64 drawn = random_below(2 * BLOCK_OPS);

	lane->op = drawn < BLOCK_OPS ? (enum block_op)drawn : BLOCK_READ;
	if (lane->op == BLOCK_ZERO && disk.limits.zero_most < LANE_SECTORS)
		lane->op = BLOCK_WRITE;
	if (lane->op == BLOCK_DISCARD && disk.limits.discard_most < LANE_SECTORS)
		lane->op = BLOCK_WRITE;
}

static void prepare(u32 number)
{
	struct mspan data = in_window(number);

	switch (ELEM(lanes, number)->op) {
	case BLOCK_READ: mspan_fill(data, 0xa5); break;
	case BLOCK_WRITE:
		for (usize i = 0; i < mspan_len(data); i += 8)
			mspan_put_le64(data, i, random_below(U64_MAX));
		span_copy(in_model(number), span_of(data));
		break;
	case BLOCK_ZERO: mspan_fill(in_model(number), 0); break;
	case BLOCK_DISCARD: ELEM(lanes, number)->to_write = true; break;
	case BLOCK_FLUSH:
	case BLOCK_OPS: break;
	}
}

static void submit(u32 number)
{
	struct lane *lane = ELEM(lanes, number);
	bool flush = lane->op == BLOCK_FLUSH;
	u32 as = 0;

	prepare(number);
	enum status status = block_submit(&disk, lane->op, flush ? 0 : FIRST + number * LANE_SECTORS + lane->sector,
		flush ? 0 : lane->sectors, place_of(number), &as);

	*ELEM(lane_of, as) = number;
	if (status != STATUS_OK)
		lost(span_text("a request through a disk's ring"), status);
}

/* The next that is done; its lane. */
static u32 take(void)
{
	struct block_done done = {};
	enum status status = block_wait(&disk, RT_FOREVER, &done);
	u32 number = *ELEM(lane_of, done.number);

	if (status == STATUS_OK)
		status = done.status;
	if (status != STATUS_OK)
		lost(span_text("an answer through a disk's ring"), status);
	else if (ELEM(lanes, number)->op == BLOCK_READ && !span_equal(span_of(in_window(number)), span_of(in_model(number))))
		lost(span_text("the bytes of a disk, through rings"), STATUS_OK);
	return number;
}

static void some_turns(void)
{
	for (u32 i = 0; i < LANES; i++) {
		choose(ELEM(lanes, i));
		submit(i);
	}
	for (u32 i = 0; i < OPENED_FOR && lost_count() == 0; i++) {
		u32 number = take();

		choose(ELEM(lanes, number));
		submit(number);
	}
	while (lost_count() == 0 && disk.ring.waiting != 0)
		(void)take();
}

static void some_opened(void)
{
	enum status status = block_open(&disk, span_text(TORTURE_DISK), OPEN_READ | OPEN_WRITE);

	if (status == STATUS_OK)
		status = block_begin(&disk);
	if (status == STATUS_OK)
		some_turns();
	else
		lost(span_text(TORTURE_DISK " with rings"), status);
	block_close(&disk);
}

static void begin(void)
{
	for (u32 i = 0; i < LANES; i++)
		*ELEM(lanes, i) = (struct lane){ .sectors = LANE_SECTORS, .to_write = true };
}

void work_disk_rings(void)
{
	begin();
	while (work_goes_on())
		some_opened();
}

void use_disk_rings(u64 count)
{
	begin();
	for (u64 i = 0; i < count && lost_count() == 0; i++)
		some_opened();
}
