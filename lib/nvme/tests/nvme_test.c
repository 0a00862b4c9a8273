/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of NVMe: a simulated controller that is honest, and ones that write anything; and what commands say.
 */
#include "lib/nvme/command.h"
#include "lib/nvme/tests/identity_test.h"

enum : u32 { SIZE = 8, ROUNDS = 200000, LATER = 5000 };
enum : u64 { AT = 0x100000 /* the area, as the controller finds it */ };

alignas(64) static u8 commands[NVME_QUEUE_MAX * NVME_COMMAND_BYTES], completions[NVME_QUEUE_MAX * NVME_COMPLETION_BYTES];
alignas(64) static u8 area[NVME_AREA_BYTES];
static struct nvme_queue queue;
static u32 seen, said;   /* commands and completions of the controller, which is simulated */
static u64 state = 1;

static u64 next(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 33;
}

static struct mspan sent(void) { return MSPAN_OF_ARRAY(commands); }
static struct mspan back(void) { return MSPAN_OF_ARRAY(completions); }

static bool begin(u32 size)
{
	seen = said = 0;
	return nvme_queue_begin(&queue, 1, size, back());
}

static bool put(u32 id) { return nvme_queue_put(&queue, sent(), id, &(struct nvme_command){ .opcode = 2, .namespace_id = 1 }); }

/* The id of the next command that the controller finds. */
static u32 find(void)
{
	u32 first = span_le32(SPAN_OF_ARRAY(commands), (seen++ % queue.size) * NVME_COMMAND_BYTES);

	return first >> 16;
}

static void complete(u32 which, u32 head, u32 id, u32 status)
{
	u64 at = (said % queue.size) * NVME_COMPLETION_BYTES;
	u32 phase = said / queue.size % 2 == 0 ? 1 : 0;

	mspan_put_le32(back(), at + 8, head | which << 16);
	mspan_put_le32(back(), at + 12, id | phase << 16 | status << 17);
	said++;
}

static enum nvme_taken take(u32 *id, u32 *status) { return nvme_queue_take(&queue, back(), id, status); }

static void an_honest_controller_is_served(struct report *r)
{
	u32 id = 0, status = 0, given = 0, answered = 0;
	bool good = begin(SIZE) && take(&id, &status) == NVME_NOTHING;

	/* Some are put, some of them are found and completed in that order, many times around. */
	for (u32 i = 0; i < LATER; i++) {
		while (next() % 3 != 0 && put(given % NVME_QUEUE_MAX))
			given++;
		good = good && queue.under_way < SIZE && queue.under_way == given - answered;
		if (given == answered)
			continue;
		u32 found = find();

		complete(1, seen % SIZE, found, i % 16);
		good = good && found == answered % NVME_QUEUE_MAX && take(&id, &status) == NVME_TAKEN && id == found &&
			status == i % 16 && take(&id, &status) == NVME_NOTHING;
		answered++;
	}
	report_case(r, span_text("commands and completions go around"), good && answered > LATER / 4);
}

static void it_never_is_full(struct report *r)
{
	u32 id = 0, status = 0, count = 0;
	bool good = begin(SIZE);

	while (put(count))
		count++;
	good = good && count == SIZE - 1 && !nvme_queue_has_room(&queue);
	complete(1, 1, 3, 0);
	report_case(r, span_text("one less than it has entries are under way, each under its own number"),
		    good && take(&id, &status) == NVME_TAKEN && id == 3 && !put(2) && !put(NVME_QUEUE_MAX) && put(3) && !put(4) &&
			    !begin(1) && !begin(NVME_QUEUE_MAX + 1));
}

static bool breaks(u32 which, u32 head, u32 id)
{
	u32 got = 0, status = 0;
	bool good = begin(SIZE) && put(5) && put(6);

	complete(which, head, id, 0);
	return good && take(&got, &status) == NVME_BROKEN && take(&got, &status) == NVME_BROKEN && !put(7) &&
		!nvme_queue_has_room(&queue);
}

static void what_cannot_be_ends_it(struct report *r)
{
	u32 id = 0, status = 0;

	report_case(r, span_text("a completion of another queue, of nothing that is under way, or with a place that there is not"),
		    breaks(0, 1, 5) && breaks(2, 1, 5) && breaks(1, SIZE, 5) && breaks(1, 0xffff, 5) && breaks(1, 1, 4) &&
			    breaks(1, 1, NVME_QUEUE_MAX) && breaks(1, 1, 0xffff));
	bool good = begin(SIZE) && put(5);

	complete(1, 1, 5, 0);
	complete(1, 1, 5, 0);
	report_case(r, span_text("one twice"), good && take(&id, &status) == NVME_TAKEN && take(&id, &status) == NVME_BROKEN);
}

static void anything_is_survived(struct report *r)
{
	u64 busy = 0;
	u32 broken = 0, taken = 0;
	bool good = begin(SIZE);

	for (u32 i = 0; i < ROUNDS; i++) {
		u32 id = (u32)next() % NVME_QUEUE_MAX, status = 0;

		if (put(id))
			busy |= 1ull << id;
		/* Mostly nearly right. */
		if (next() % 4 != 0)
			complete(next() % 64 != 0, (u32)next() % (SIZE + (next() % 64 == 0)), (u32)next() % NVME_QUEUE_MAX,
				 (u32)next() & 0x7ff);
		else
			mspan_put_le32(back(), 4 * (next() % (SIZE * 4)), (u32)(next() << 20 ^ next()));
		enum nvme_taken what = take(&id, &status);

		good = good && (what != NVME_TAKEN || (busy >> id & 1) != 0) && queue.under_way < SIZE && queue.head < SIZE &&
			queue.tail < SIZE;
		if (what == NVME_TAKEN)
			busy &= ~(1ull << id);
		good = good && (what == NVME_BROKEN || queue.busy == busy);
		taken += what == NVME_TAKEN ? 1 : 0;
		if (what == NVME_BROKEN) {
			broken++;
			busy = 0;
			good = good && begin(SIZE);
		}
	}
	report_case(r, span_text("whatever it writes, only what is under way comes back"), good && broken > 100 && taken > 100);
}

/* ---- commands ---- */

/* The pages that a controller would reach, in order; false: not as the specification has it. */
static bool reaches(const struct nvme_command *c, u64 data, u64 bytes)
{
	u64 end = data + bytes, at = data - data % NVME_PAGE_BYTES + NVME_PAGE_BYTES;

	if (c->first != data)
		return false;
	if (end <= at)
		return c->second == 0;
	if (end - at <= NVME_PAGE_BYTES)
		return c->second == at;
	for (u64 i = 0; at < end; i++, at += NVME_PAGE_BYTES)
		if (8 * i >= NVME_AREA_BYTES || span_le64(SPAN_OF_ARRAY(area), 8 * i) != at)
			return false;
	return c->second == AT;
}

static void data_is_where_it_is(struct report *r)
{
	bool good = true;

	for (u64 from = 0; from < BLOCK_WINDOW_SECTORS; from++) {
		for (u64 sectors = 1; sectors <= BLOCK_WINDOW_SECTORS - from % 8; sectors++) {
			struct block_request q = { .op = from % 2 == 0 ? BLOCK_READ : BLOCK_WRITE, .sector = from, .sectors = (u32)sectors,
				.data = 0x7fff0000 + from * BLOCK_SECTOR_BYTES };
			struct nvme_command c = nvme_command_of(&q, 1, MSPAN_OF_ARRAY(area), AT);

			good = good && reaches(&c, q.data, sectors * BLOCK_SECTOR_BYTES);
		}
	}
	report_case(r, span_text("every place and length of data: one page, two, and a list of the others"), good);
}

static struct nvme_command of(enum block_op op, u64 sector, u32 sectors, u32 unit)
{
	struct block_request q = { .op = op, .sector = sector, .sectors = sectors, .data = 0x1000 };

	mspan_fill(MSPAN_OF_ARRAY(area), 0xff);
	return nvme_command_of(&q, unit, MSPAN_OF_ARRAY(area), AT);
}

/* SPEC: NVM Express Base Specification 1.4, 6 "NVM Command Set" */
static void commands_say_what_is_asked(struct report *r)
{
	struct nvme_command c = of(BLOCK_READ, 0x1234567890ull, 8, 1);
	bool good = c.opcode == 2 && c.namespace_id == 1 && c.word[0] == 0x34567890 && c.word[1] == 0x12 && c.word[2] == 7;

	c = of(BLOCK_WRITE, 800, 16, 8);
	good = good && c.opcode == 1 && c.word[0] == 100 && c.word[1] == 0 && c.word[2] == 1 && c.first == 0x1000 &&
		c.second == 0x2000;
	c = of(BLOCK_ZERO, 800, 128, 8);
	good = good && c.opcode == 8 && c.word[0] == 100 && c.word[2] == (15 | 1 << 25) && c.first == 0;
	c = of(BLOCK_FLUSH, 0, 0, 8);
	good = good && c.opcode == 0 && c.namespace_id == 1 && c.word[0] == 0 && c.word[2] == 0 && c.first == 0;
	c = of(BLOCK_DISCARD, 0x8000000010ull, 8192, 8);
	good = good && c.opcode == 9 && c.word[0] == 0 && c.word[1] == 4 && c.first == AT &&
		span_le32(SPAN_OF_ARRAY(area), 0) == 0 && span_le32(SPAN_OF_ARRAY(area), 4) == 1024 &&
		span_le64(SPAN_OF_ARRAY(area), 8) == 0x1000000002ull;
	report_case(r, span_text("commands say what is asked, in blocks"), good);
	report_case(r, span_text("done only if it says so"),
		    nvme_outcome(0) == STATUS_OK && nvme_outcome(1) == STATUS_NOT_SUPPORTED && nvme_outcome(2) == STATUS_IO &&
			    nvme_outcome(0x100) == STATUS_IO && nvme_outcome(0x7ff) == STATUS_IO);
}

int main(void)
{
	struct report r = {};

	an_honest_controller_is_served(&r);
	it_never_is_full(&r);
	what_cannot_be_ends_it(&r);
	anything_is_survived(&r);
	data_is_where_it_is(&r);
	commands_say_what_is_asked(&r);
	identities(&r);
	return report_end(&r);
}
