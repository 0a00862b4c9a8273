/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of requests to disks: what an honest device understands, and what one that says anything can make believed.
 */
#include "lib/elf/tests/report.h"
#include "lib/virtio/block/request.h"

enum : u32 { SIZE = 8, DISK_SECTORS = 64, ROUNDS = 20000 };
enum : u64 { RING_AT = 0, AREA_AT = 4096, DATA_AT = 8192, MEMORY_BYTES = 16384, AT = 0x40000000 };

alignas(64) static u8 memory[MEMORY_BYTES];
static u8 disk_bytes[DISK_SECTORS * BLOCK_SECTOR_BYTES];
static struct virtio_ring ring;
static u16 device_seen, device_used;
static u64 state = 1;

static u64 below(u64 limit)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 33) % limit;
}

static struct mspan mem(void) { return MSPAN_OF_ARRAY(memory); }
static struct mspan area(void) { return mspan_part(mem(), AREA_AT, BLOCK_AREA_BYTES); }
static struct mspan data(void) { return mspan_part(mem(), DATA_AT, MEMORY_BYTES - DATA_AT); }

static bool begin(bool indirect)
{
	struct virtio_ring_modes modes = { .indirect = indirect, .address = AT + RING_AT };

	device_seen = device_used = 0;
	return virtio_ring_begin(&ring, mspan_part(mem(), RING_AT, AREA_AT), SIZE, &modes);
}

/* ---- a device: reads the chain by what the specification says, knowing nothing of how it was made ---- */

struct seen {
	u32 parts, written;
	struct virtio_part part[8];
	bool sane;
};

static struct span there(u64 address, u64 bytes)
{
	return span_part(SPAN_OF_ARRAY(memory), address - AT, bytes);
}

static void follow(u64 table, u16 at, struct seen *seen)
{
	u16 flags = 1;

	while ((flags & 1) != 0 && seen->parts < ARRAY_LEN(seen->part)) {
		struct span d = span_part(SPAN_OF_ARRAY(memory), table + 16ull * at, 16);

		flags = span_le16(d, 12);
		if ((flags & 4) != 0) {
			follow(span_le64(d, 0) - AT, 0, seen);
			return;
		}
		*ELEM(seen->part, seen->parts++) = (struct virtio_part){ span_le64(d, 0), span_le32(d, 8), (flags & 2) != 0 };
		at = span_le16(d, 14);
	}
}

static void range(struct seen *seen)
{
	struct span r = there(seen->part[1].address, 16);
	u64 first = span_le64(r, 0), count = span_le32(r, 8);

	seen->sane = seen->parts == 3 && seen->part[1].bytes == 16 && first + count <= DISK_SECTORS;
	if (seen->sane)
		mspan_fill(mspan_part(MSPAN_OF_ARRAY(disk_bytes), first * 512, count * 512), 0);
}

static void transfer(struct seen *seen, u64 sector, bool reads)
{
	const struct virtio_part *part = &seen->part[1];

	seen->sane = seen->parts == 3 && part->for_device_to_write == reads && sector * 512 + part->bytes <= sizeof(disk_bytes);
	if (!seen->sane)
		return;
	struct mspan on_disk = mspan_part(MSPAN_OF_ARRAY(disk_bytes), sector * 512, part->bytes);

	if (reads)
		span_copy(mspan_part(mem(), part->address - AT, part->bytes), span_of(on_disk));
	else
		span_copy(on_disk, there(part->address, part->bytes));
	seen->written = reads ? part->bytes : 0;
}

static u16 serve(struct seen *seen)
{
	u16 head = span_le16(SPAN_OF_ARRAY(memory), virtio_ring_of_driver(SIZE, false) + 4 + 2 * (device_seen % SIZE));

	*seen = (struct seen){};
	device_seen++;
	follow(RING_AT, head, seen);
	struct span h = there(seen->part[0].address, 16);
	const struct virtio_part *last = ELEM(seen->part, seen->parts - 1);

	switch (span_le32(h, 0)) {
	case 0: transfer(seen, span_le64(h, 8), true); break;
	case 1: transfer(seen, span_le64(h, 8), false); break;
	case 4: seen->sane = seen->parts == 2 && span_le64(h, 8) == 0; break;
	case 11:
	case 13: range(seen); break;
	default: break;
	}
	seen->sane = seen->sane && seen->part[0].bytes == 16 && last->bytes == 1 && last->for_device_to_write;
	mspan_put_u8(mem(), last->address - AT, 0);
	seen->written++;
	return head;
}

static void use(u32 id, u32 bytes)
{
	u64 used = virtio_ring_of_device(SIZE, false);

	mspan_put_le32(mem(), used + 4 + 8 * (device_used % SIZE), id);
	mspan_put_le32(mem(), used + 8 + 8 * (device_used % SIZE), bytes);
	device_used++;
	mspan_put_le16(mem(), used + 2, device_used);
}

/* ---- the driver's side ---- */

static bool give(const struct block_request *request)
{
	struct virtio_request chain;
	u16 id;

	block_prepare(request, area(), AT + AREA_AT, &chain);
	return virtio_ring_put(&ring, mspan_part(mem(), RING_AT, AREA_AT), &chain, &id);
}

static enum virtio_taken take(u32 *bytes)
{
	u16 id;

	return virtio_ring_take(&ring, mspan_part(mem(), RING_AT, AREA_AT), &id, bytes);
}

static enum status carried_out(enum block_op op, u64 sector, u32 sectors, struct seen *seen)
{
	struct block_request request = { .op = op, .sector = sector, .sectors = sectors, .data = AT + DATA_AT };
	u32 bytes = 0;

	if (!give(&request))
		return STATUS_BUSY;
	u16 id = serve(seen);

	use(id, seen->written);
	return take(&bytes) == VIRTIO_TAKEN && seen->sane ? block_outcome(&request, area(), bytes) : STATUS_BAD_FORMAT;
}

static void an_honest_device_understands(struct report *r, bool indirect)
{
	struct seen seen;
	bool good = begin(indirect);

	for (u32 i = 0; i < 200 && good; i++) {
		u64 sector = below(DISK_SECTORS - 8);
		u32 sectors = (u32)below(8) + 1;
		u8 value = (u8)(i + 1);

		mspan_fill(data(), value);
		good = carried_out(BLOCK_WRITE, sector, sectors, &seen) == STATUS_OK;
		mspan_fill(data(), 0);
		good = good && carried_out(BLOCK_READ, sector, sectors, &seen) == STATUS_OK && mspan_u8(data(), 0) == value &&
		       mspan_u8(data(), sectors * 512 - 1) == value && mspan_u8(data(), sectors * 512) == 0;
		good = good && carried_out(i % 2 == 0 ? BLOCK_ZERO : BLOCK_DISCARD, sector, 1, &seen) == STATUS_OK &&
		       disk_bytes[sector * 512] == 0 && (sectors == 1 || disk_bytes[sector * 512 + 512] == value);
		good = good && carried_out(BLOCK_FLUSH, 0, 0, &seen) == STATUS_OK;
	}
	report_case(r, indirect ? span_text("with tables, too") : span_text("an honest device does what is asked"), good);
}

static void what_the_device_says_of_the_disk(struct report *r)
{
	struct block_disk fixed = block_disk_of(BLOCK_F_READ_ONLY | BLOCK_F_DISCARD | BLOCK_F_ZERO, 8, 100, 100);
	struct block_disk poor = block_disk_of(0, U64_MAX, 100, 100);

	report_case(r, span_text("nothing is changed that is only read"),
		    fixed.read_only && fixed.limits.discard_most == 0 && fixed.limits.zero_most == 0 && fixed.limits.sectors == 8);
	report_case(r, span_text("what it did not offer is not asked for"),
		    !poor.flushes && poor.limits.discard_most == 0 && poor.limits.zero_most == 0);
	report_case(r, span_text("sizes stay within what can be reckoned with"), poor.limits.sectors <= U64_MAX / BLOCK_SECTOR_BYTES);
}

/* OK is believed of a read only if all of it is there. */
static void a_device_that_says_anything_is_not_believed(struct report *r)
{
	struct block_request read = { .op = BLOCK_READ, .sectors = 2, .data = AT + DATA_AT };
	struct virtio_request chain;
	u32 bytes = 0;

	block_prepare(&read, area(), AT + AREA_AT, &chain);
	report_case(r, span_text("one that says nothing has failed"), block_outcome(&read, area(), 1025) == STATUS_IO);
	for (u32 said = 0; said < 256; said++) {
		mspan_put_u8(area(), 32, (u8)said);
		enum status all = block_outcome(&read, area(), 1025), part = block_outcome(&read, area(), 1024);

		if ((all == STATUS_OK) != (said == 0) || part == STATUS_OK)
			report_case(r, span_text("what the status says"), false);
	}
	bool good = true;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct block_request request = { .sectors = (u32)below(8) + 1, .data = AT + DATA_AT };

		request.op = (enum block_op)below(BLOCK_OPS);

		if (round % 20 == 0)
			good = good && begin(round % 40 == 0);
		if (!give(&request))
			continue;
		for (u32 i = 0; i < 6; i++)
			mspan_put_u8(mem(), below(DATA_AT), (u8)below(256));
		if (below(4) != 0)
			use((u32)below(SIZE + 1), (u32)below(6000));
		enum virtio_taken taken = take(&bytes);
		bool ok = taken == VIRTIO_TAKEN && block_outcome(&request, area(), bytes) == STATUS_OK;

		good = good && (!ok || request.op != BLOCK_READ || bytes > request.sectors * BLOCK_SECTOR_BYTES);
		good = good && (taken != VIRTIO_TAKEN || bytes <= 8 * BLOCK_SECTOR_BYTES + 1);
	}
	report_case(r, span_text("a device may write anything at any time"), good);
}

int main(void)
{
	struct report report = {};

	an_honest_device_understands(&report, false);
	an_honest_device_understands(&report, true);
	what_the_device_says_of_the_disk(&report);
	a_device_that_says_anything_is_not_believed(&report);
	return report_end(&report);
}
