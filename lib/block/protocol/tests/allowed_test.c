/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of what may be asked of a disk: the edges, and that nothing that came at random reaches outside disk or window.
 */
#include "abi/ninep.h"
#include "lib/block/protocol/protocol.h"
#include "lib/elf/tests/report.h"

enum : u64 { SECTORS = 1 << 20, LEAST = 4096, ROUNDS = 200000 };
enum : u32 { BOTH = OPEN_READ | OPEN_WRITE };

static const struct block_limits limits = { .sectors = SECTORS, .discard_most = 8, .zero_most = 16, .unit = 1 };
static u64 state = 1;

static u64 next(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 33;
}

/* Often near what decides, and sometimes anything. */
static u64 some(u64 edge)
{
	return next() % 4 == 0 ? next() << 33 ^ next() << 8 : edge + next() % 5 - 2;
}

static enum status at(u64 op, u64 sector, u64 sectors, u64 where)
{
	return block_allowed(&limits, BOTH, &(struct block_asked){ op, sector, sectors, where, LEAST });
}

static enum status of(u64 op, u64 sector, u64 sectors) { return at(op, sector, sectors, LEAST); }

static enum status with(u32 flags, u64 op)
{
	return block_allowed(&limits, flags, &(struct block_asked){ op, 0, op != BLOCK_FLUSH, LEAST, LEAST });
}

static void on_the_disk(struct report *r)
{
	report_case(r, span_text("the last sectors are there, and none behind them"),
		    of(BLOCK_READ, SECTORS - 2, 2) == STATUS_OK && of(BLOCK_READ, SECTORS - 2, 3) == STATUS_INVALID &&
			    of(BLOCK_WRITE, SECTORS, 1) == STATUS_INVALID && of(BLOCK_ZERO, U64_MAX, 2) == STATUS_INVALID);
	report_case(r, span_text("neither nothing nor too much"),
		    of(BLOCK_READ, 0, 0) == STATUS_INVALID && of(BLOCK_DISCARD, 0, 8) == STATUS_OK &&
			    of(BLOCK_DISCARD, 0, 9) == STATUS_INVALID && of(BLOCK_ZERO, 0, 16) == STATUS_OK &&
			    of(BLOCK_ZERO, 0, 17) == STATUS_INVALID);
	report_case(r, span_text("a flush has no sectors, and nothing is done that is no request"),
		    of(BLOCK_FLUSH, 0, 0) == STATUS_OK && of(BLOCK_FLUSH, 0, 1) == STATUS_INVALID &&
			    of(BLOCK_OPS, 0, 1) == STATUS_INVALID && of(U64_MAX, 0, 1) == STATUS_INVALID);
}

static void whole_blocks(struct report *r)
{
	struct block_limits wide = { .sectors = SECTORS, .discard_most = 16, .zero_most = 16, .unit = 8 };
	bool good = true;

	for (u64 op = BLOCK_READ; op < BLOCK_OPS; op++) {
		for (u64 i = 0; i < 16 && op != BLOCK_FLUSH; i++) {
			struct block_asked from = { .op = op, .sector = i, .sectors = 8 }, many = { .op = op, .sectors = i + 1 };

			good = good && (block_allowed(&wide, BOTH, &from) == STATUS_OK) == (i % 8 == 0) &&
				(block_allowed(&wide, BOTH, &many) == STATUS_OK) == (i % 8 == 7);
		}
	}
	report_case(r, span_text("of a disk with blocks of eight sectors, whole blocks only"), good);
}

static void in_the_window(struct report *r)
{
	u64 room = (BLOCK_WINDOW_BYTES - LEAST) / BLOCK_SECTOR_BYTES;

	report_case(r, span_text("data is in the window, behind what is not for it, in whole sectors"),
		    at(BLOCK_READ, 0, room, LEAST) == STATUS_OK && at(BLOCK_READ, 0, room + 1, LEAST) == STATUS_INVALID &&
			    at(BLOCK_READ, 0, room, LEAST + 512) == STATUS_INVALID &&
			    at(BLOCK_WRITE, 0, 1, LEAST - 512) == STATUS_INVALID &&
			    at(BLOCK_WRITE, 0, 1, LEAST + 1) == STATUS_INVALID &&
			    at(BLOCK_WRITE, 0, 1, BLOCK_WINDOW_BYTES) == STATUS_INVALID &&
			    at(BLOCK_WRITE, 0, 1, U64_MAX - 511) == STATUS_INVALID);
	report_case(r, span_text("what has no data needs no place"), at(BLOCK_ZERO, 0, 1, U64_MAX) == STATUS_OK);
}

static void by_the_file(struct report *r)
{
	bool good = with(OPEN_READ, BLOCK_READ) == STATUS_OK && with(OPEN_WRITE, BLOCK_READ) == STATUS_DENIED &&
		with(0, BLOCK_FLUSH) == STATUS_OK;

	for (u64 op = BLOCK_WRITE; op < BLOCK_OPS; op++)
		good = good && (op == BLOCK_FLUSH || (with(OPEN_READ, op) == STATUS_DENIED && with(OPEN_WRITE, op) == STATUS_OK));
	report_case(r, span_text("who reads needs a file that reads, and who changes one that writes"), good);
	struct block_limits none = { .sectors = SECTORS, .unit = 1 };

	report_case(r, span_text("what the disk cannot is told apart"),
		    block_allowed(&none, BOTH, &(struct block_asked){ .op = BLOCK_ZERO, .sectors = 1 }) == STATUS_NOT_SUPPORTED &&
			    block_allowed(&none, BOTH, &(struct block_asked){ .op = BLOCK_DISCARD, .sectors = 1 }) == STATUS_NOT_SUPPORTED);
}

/* Each number is small first, so that no sum wraps. */
static bool is_inside(const struct block_asked *a)
{
	bool small = a->sector <= SECTORS && a->sectors <= SECTORS;
	bool placed = a->at >= a->at_least && a->at <= BLOCK_WINDOW_BYTES && a->at + a->sectors * 512 <= BLOCK_WINDOW_BYTES;

	return small && a->sector + a->sectors <= SECTORS && (!block_has_data(a->op) || placed);
}

static void whatever_comes(struct report *r)
{
	u32 taken = 0;
	bool good = true;

	for (u64 i = 0; i < ROUNDS; i++) {
		struct block_asked a = { .op = next() % 7, .sector = some(SECTORS - next() % 20), .sectors = some(next() % 130),
			.at = some(next() % 130 * 512), .at_least = next() % 2 * LEAST };
		bool ok = block_allowed(&limits, BOTH, &a) == STATUS_OK;

		taken += ok ? 1 : 0;
		good = good && (!ok || a.op == BLOCK_FLUSH || is_inside(&a));
	}
	report_case(r, span_text("nothing that is let through reaches outside"), good && taken > ROUNDS / 100);
}

int main(void)
{
	struct report r = {};

	on_the_disk(&r);
	whole_blocks(&r);
	in_the_window(&r);
	by_the_file(&r);
	whatever_comes(&r);
	return report_end(&r);
}
