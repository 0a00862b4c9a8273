/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed rings: an honest device, which keeps wrap counters as the specification has them, and ones that write anything.
 */
#include "lib/virtio/ring/tests/packed_test.h"

enum : u32 { SIZE = 8, PARTS_SEEN = 4 };
enum : u16 { MORE = 1, WRITES = 2, TABLE = 4, AVAILABLE = 1 << 7, USED = 1 << 15 };
enum : u64 { MEMORY_BYTES = 2048, DRIVER_WORD = 16 * SIZE, DEVICE_WORD = DRIVER_WORD + 4 };
enum : u64 { AT = 0x100000 /* as the device finds it */ };

alignas(64) static u8 memory[MEMORY_BYTES];
static struct virtio_ring ring;

/* The device, which is simulated: two places in the ring, each with the bit of its round. */
static struct { u32 at; bool wrap; } next, used;

/* A chain as the device finds it. */
struct chain { u32 descriptors, parts; u16 id; struct virtio_part part[PARTS_SEEN]; };

static struct mspan mem(void) { return MSPAN_OF_ARRAY(memory); }
static u16 le16(u64 at) { return span_le16(SPAN_OF_ARRAY(memory), at); }

static bool begin(bool by_index, bool indirect)
{
	struct virtio_ring_modes modes = { .packed = true, .by_index = by_index, .indirect = indirect, .address = AT };

	next.at = used.at = 0;
	next.wrap = used.wrap = true;
	return virtio_ring_begin(&ring, mem(), SIZE, &modes);
}

/* The first part is the device's to read, unless it is the only one. */
static bool put(u32 parts, u16 *id)
{
	struct virtio_request request = { .count = parts };

	for (u32 i = 0; i < parts && i < VIRTIO_PARTS_MAX; i++)
		request.part[i] = (struct virtio_part){ 0x1000 * (i + 1), 100, i > 0 || parts == 1 };
	return virtio_ring_put(&ring, mem(), &request, id);
}

static u32 room_of(u32 parts) { return 100 * (parts == 1 ? 1 : parts - 1); }

static void step(u32 by)
{
	next.at += by;
	next.wrap = next.at >= SIZE ? !next.wrap : next.wrap;
	next.at %= SIZE;
}

static struct virtio_part read_part(u64 at, u16 flags)
{
	struct span d = span_part(SPAN_OF_ARRAY(memory), at, 16);

	return (struct virtio_part){ span_le64(d, 0), span_le32(d, 8), (flags & WRITES) != 0 };
}

static void read_table(struct chain *chain, const struct virtio_part *whole)
{
	u64 at = whole->address - AT;

	for (chain->parts = 0; chain->parts < whole->bytes / 16 && chain->parts < PARTS_SEEN; chain->parts++)
		chain->part[chain->parts] = read_part(at + 16ull * chain->parts, le16(at + 16ull * chain->parts + 14));
}

/* False: there is none that is available. */
static bool device_take(struct chain *chain)
{
	u16 flags = MORE;

	*chain = (struct chain){};
	while ((flags & MORE) != 0 && chain->parts < PARTS_SEEN) {
		u64 at = 16ull * next.at;

		flags = le16(at + 14);
		if (((flags & AVAILABLE) != 0) != next.wrap || ((flags & USED) != 0) == next.wrap)
			return false;
		struct virtio_part part = read_part(at, flags);

		chain->id = le16(at + 12);
		chain->descriptors++;
		step(1);
		if ((flags & TABLE) != 0)
			read_table(chain, &part);
		else
			chain->part[chain->parts++] = part;
	}
	return true;
}

static void device_says(u16 id, u32 bytes, u16 flags)
{
	u64 at = 16ull * used.at;

	mspan_put_le32(mem(), at + 8, bytes);
	mspan_put_le16(mem(), at + 12, id);
	mspan_put_le16(mem(), at + 14, (u16)(flags | (used.wrap ? AVAILABLE | USED : 0)));
}

static void device_finish(const struct chain *chain, u32 bytes, u16 flags)
{
	device_says(chain->id, bytes, flags);
	used.at += chain->descriptors;
	used.wrap = used.at >= SIZE ? !used.wrap : used.wrap;
	used.at %= SIZE;
}

static bool chain_is_right(const struct chain *chain, u16 id, u32 parts)
{
	bool good = chain->id == id && chain->parts == parts;

	for (u32 i = 0; i < parts && good; i++) {
		const struct virtio_part *p = ELEM(chain->part, i);

		good = p->address == 0x1000 * (i + 1) && p->bytes == 100 && p->for_device_to_write == (i > 0 || parts == 1);
	}
	return good;
}

static void an_honest_device_is_served(struct report *r, bool by_index, bool indirect)
{
	struct chain chain;
	u16 id = 0, back = 0;
	u32 bytes = 0;
	bool good = begin(by_index, indirect);

	for (u32 i = 0; i < 70000 && good; i++) {
		u32 parts = i % 3 + 1, room = room_of(parts);

		good = put(parts, &id) && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_NOTHING && device_take(&chain) &&
		       chain_is_right(&chain, id, parts) && chain.descriptors == (indirect ? 1 : parts);
		device_finish(&chain, room, i % 2 == 0 ? WRITES : 0);
		good = good && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == id && bytes == room &&
		       ring.free_count == SIZE;
	}
	report_case(r, span_text("packed: chains go and come, round after round"), good && !device_take(&chain));
	report_case(r, span_text("packed: there is nothing more"), virtio_ring_take(&ring, mem(), &id, &bytes) == VIRTIO_NOTHING);
}

static void several_are_under_way(struct report *r)
{
	struct chain chain[4];
	u16 id[4] = {}, back = 0;
	u32 bytes = 0;
	bool good = begin(false, false);

	for (u32 round = 0; round < 20 && good; round++) {
		for (u32 i = 0; i < 4; i++)
			good = good && put(i % 2 + 1, ELEM(id, i));
		good = good && !put(3, &back) && ring.free_count == 2;
		for (u32 i = 0; i < 4; i++)
			good = good && device_take(ELEM(chain, i)) && chain_is_right(ELEM(chain, i), *ELEM(id, i), i % 2 + 1);
		for (u32 i = 4; i-- > 0;)
			device_finish(ELEM(chain, i), i, WRITES);
		for (u32 i = 4; i-- > 0;)
			good = good && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == *ELEM(id, i) && bytes == i;
	}
	report_case(r, span_text("packed: a device finishes in its own order"), good && ring.free_count == SIZE);
}

static void tables_take_one_descriptor(struct report *r)
{
	struct chain chain;
	u16 id = 0, back = 0;
	u32 bytes = 0;
	bool good = begin(false, true);

	for (u32 i = 0; i < SIZE; i++)
		good = good && put(i % 3 + 2, &id) && device_take(&chain) && chain_is_right(&chain, id, i % 3 + 2) &&
		       chain.descriptors == 1;
	report_case(r, span_text("packed: with tables there are as many chains as descriptors"), good && !put(2, &back));
	device_finish(&chain, 100, WRITES);
	report_case(r, span_text("packed: and they come back"),
		    virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == id && put(2, &back) && back == id);
}

static void device_wants(u16 place, u16 wants)
{
	mspan_put_le16(mem(), DEVICE_WORD, place);
	mspan_put_le16(mem(), DEVICE_WORD + 2, wants);
}

static void notices_are_asked_for(struct report *r)
{
	enum : u16 { ROUND = 1 << 15, ALL = 0, NOTHING = 1, PLACE = 2 };
	u16 id = 0, before;

	(void)begin(true, false);
	(void)put(2, &id);
	report_case(r, span_text("packed: of all"), virtio_ring_wants_notice(&ring, mem(), 0));
	device_wants(0, NOTHING);
	report_case(r, span_text("packed: of nothing"), !virtio_ring_wants_notice(&ring, mem(), 0));
	device_wants(ROUND | 1, PLACE);
	report_case(r, span_text("packed: of a place that was written"), virtio_ring_wants_notice(&ring, mem(), 0));
	device_wants(ROUND | 2, PLACE);
	report_case(r, span_text("packed: not of one that was not"), !virtio_ring_wants_notice(&ring, mem(), 0));
	device_wants(1, PLACE);
	report_case(r, span_text("packed: nor of the next round's"), !virtio_ring_wants_notice(&ring, mem(), 0));
	before = ring.put = ring.taken = 7;
	(void)put(2, &id);
	device_wants(0, PLACE);
	report_case(r, span_text("packed: of one behind the end"), virtio_ring_wants_notice(&ring, mem(), before));
	device_wants(ROUND, PLACE);
	report_case(r, span_text("packed: which was another round's before"), !virtio_ring_wants_notice(&ring, mem(), before));
}

/* Interrupts are asked for of the place that is looked at next. */
static void interrupts_are_asked_for(struct report *r)
{
	struct chain chain;
	u16 id = 0;
	u32 bytes = 0;
	bool good = begin(true, false) && le16(DRIVER_WORD) == 1 << 15 && le16(DRIVER_WORD + 2) == 2;

	for (u32 i = 1; i < 40 && good; i++) {
		good = put(1, &id) && device_take(&chain);
		device_finish(&chain, 0, WRITES);
		good = good && virtio_ring_take(&ring, mem(), &id, &bytes) == VIRTIO_TAKEN &&
		       le16(DRIVER_WORD) == (used.at | (used.wrap ? 1u << 15 : 0));
	}
	report_case(r, span_text("packed: interrupts are asked for by place"), good);
	report_case(r, span_text("packed: or always"), begin(false, false) && le16(DRIVER_WORD) == 0 && le16(DRIVER_WORD + 2) == 0);
}

/* What the driver's word says: whether an interrupt is asked for when the device comes from one place to the next, both of which
 * are counted through two rounds. SPEC: 2.8.14 */
static bool interrupts(u32 from)
{
	u32 word = le16(DRIVER_WORD), wanted = (word & 0x7fff) + ((word & 1u << 15) != 0 ? 0 : SIZE);

	return le16(DRIVER_WORD + 2) == 2 && from == wanted;
}

static u32 device_place(void) { return used.at + (used.wrap ? 0 : SIZE); }

/* One chain of one descriptor is finished; whether that interrupts. */
static bool finish_one(bool *good)
{
	struct chain chain;
	u16 id = 0;
	u32 from = device_place();

	*good = *good && put(1, &id) && device_take(&chain);
	device_finish(&chain, 0, WRITES);
	return interrupts(from);
}

static void a_patient_driver_is_interrupted_for_several(struct report *r)
{
	u32 bytes = 0;
	u16 id = 0;
	bool good = begin(true, false);

	virtio_ring_be_patient(&ring, mem(), SIZE);
	for (u32 i = 0; i < 50 && good; i++) {
		/* As many as it has patience for, a quarter of the ring, and one more. */
		for (u32 j = 0; j < SIZE / 4; j++)
			good = !finish_one(&good) && good;
		good = finish_one(&good) && good;
		for (u32 j = 0; j < SIZE / 4 + 1; j++)
			good = good && virtio_ring_take(&ring, mem(), &id, &bytes) == VIRTIO_TAKEN;
	}
	report_case(r, span_text("packed: a patient driver is interrupted for several, round after round"), good);
	virtio_ring_be_patient(&ring, mem(), 0);
	report_case(r, span_text("packed: until it is not any more"), finish_one(&good) && good);
}

static enum virtio_taken after(u32 parts, u32 number_more, u32 bytes_more, u16 flags)
{
	struct chain chain;
	u16 id = 0;
	u32 got = 0;

	(void)begin(false, false);
	(void)put(parts, &id);
	(void)device_take(&chain);
	device_says((u16)(id + number_more), room_of(parts) + bytes_more, flags);
	return virtio_ring_take(&ring, mem(), &id, &got);
}

static void a_device_that_lies_ends_the_ring(struct report *r)
{
	struct virtio_request only_read = { .count = 1, .part = { { 0x1000, 100, false } } };
	struct chain chain;
	u16 id = 0, back = 0;
	u32 got = 0;

	report_case(r, span_text("packed: a chain that it never had"), after(2, 1, 0, WRITES) == VIRTIO_BROKEN && ring.broken);
	report_case(r, span_text("packed: is the end"),
		    !put(1, &back) && virtio_ring_take(&ring, mem(), &back, &got) == VIRTIO_BROKEN);
	report_case(r, span_text("packed: a number outside the ring"), after(2, SIZE, 0, WRITES) == VIRTIO_BROKEN);
	report_case(r, span_text("packed: more bytes than there was room for"), after(2, 0, 1, WRITES) == VIRTIO_BROKEN);
	report_case(r, span_text("packed: unless it says that it wrote none"), after(2, 0, 1, 0) == VIRTIO_TAKEN);
	report_case(r, span_text("packed: as many are fine"), after(2, 0, 0, 0) == VIRTIO_TAKEN);
	(void)begin(false, false);
	(void)put(1, &id);
	(void)put(1, &back);
	(void)device_take(&chain);
	device_finish(&chain, 1, WRITES);
	device_finish(&chain, 1, WRITES);
	report_case(r, span_text("packed: one is fine"), virtio_ring_take(&ring, mem(), &id, &got) == VIRTIO_TAKEN);
	report_case(r, span_text("packed: the same again is not"), virtio_ring_take(&ring, mem(), &id, &got) == VIRTIO_BROKEN);
	(void)begin(false, false);
	device_says(0, 0, 0);
	report_case(r, span_text("packed: more than it was given"), virtio_ring_take(&ring, mem(), &id, &got) == VIRTIO_BROKEN);
	(void)begin(false, false);
	(void)virtio_ring_put(&ring, mem(), &only_read, &id);
	(void)device_take(&chain);
	device_says(id, 7, 0);
	report_case(r, span_text("packed: bytes count only where some were written"),
		    virtio_ring_take(&ring, mem(), &id, &got) == VIRTIO_TAKEN && got == 0);
}

/* Everything that it can reach changes all the time. */
static void a_device_that_writes_anything_does_no_harm(struct report *r)
{
	u64 state = 1, taken_in_all = 0;
	bool good = true;

	for (u32 round = 0; round < 40000; round++) {
		u16 id = 0, before = ring.put;
		u32 got = 0;

		if (round % 50 == 0)
			good = good && begin(round % 100 == 0, round % 150 == 0);
		(void)put(round % 3 + 1, &id);
		(void)virtio_ring_wants_notice(&ring, mem(), before);
		for (u32 i = 0; i < 4; i++) {
			state = state * 6364136223846793005ull + 1442695040888963407ull;
			u64 at = 16 * (i % 2 == 0 ? (state >> 33) % SIZE : ring.taken % SIZE) + 14 + (state >> 44) % 2;

			mspan_put_u8(mem(), (state >> 40) % 8 == 0 ? (state >> 33) % (DEVICE_WORD + 4) : at, (u8)((state >> 56) % 2 * 0x80));
		}
		enum virtio_taken taken = virtio_ring_take(&ring, mem(), &id, &got);

		good = good && (taken != VIRTIO_TAKEN || (id < SIZE && got <= 300)) && ring.free_count <= SIZE &&
		       (u16)(ring.put - ring.taken) == SIZE - ring.free_count;
		taken_in_all += taken == VIRTIO_TAKEN ? 1 : 0;
	}
	report_case(r, span_text("packed: anything may be written at any time"), good && taken_in_all > 1000);
}

void packed_cases(struct report *r)
{
	for (u32 i = 0; i < 4; i++)
		an_honest_device_is_served(r, i % 2 == 1, i >= 2);
	several_are_under_way(r);
	tables_take_one_descriptor(r);
	notices_are_asked_for(r);
	interrupts_are_asked_for(r);
	a_patient_driver_is_interrupted_for_several(r);
	a_device_that_lies_ends_the_ring(r);
	a_device_that_writes_anything_does_no_harm(r);
}
