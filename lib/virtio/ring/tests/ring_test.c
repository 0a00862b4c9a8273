/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of virtqueues: an honest device, and ones that write anything.
 */
#include "lib/virtio/ring/tests/packed_test.h"

enum : u32 { SIZE = 8 };
enum : u64 { MEMORY_BYTES = 8192, AT = 0x100000 /* as the device finds it */ };

alignas(64) static u8 memory[MEMORY_BYTES];
static struct virtio_ring ring;
static u16 device_seen, device_used; /* of the device, which is simulated */

static struct mspan mem(void) { return MSPAN_OF_ARRAY(memory); }
static u16 le16(u64 at) { return span_le16(SPAN_OF_ARRAY(memory), at); }

static bool begin_with(u32 size, bool by_index, bool indirect)
{
	struct virtio_ring_modes modes = { .by_index = by_index, .indirect = indirect, .address = AT };

	device_seen = device_used = 0;
	return virtio_ring_begin(&ring, mem(), size, &modes);
}

static bool begin(u32 size, bool by_index) { return begin_with(size, by_index, false); }

static bool put(u32 parts, u16 *id)
{
	struct virtio_request request = { .count = parts };

	for (u32 i = 0; i < parts && i < VIRTIO_PARTS_MAX; i++)
		request.part[i] = (struct virtio_part){ 0x1000 * (i + 1), 100, i > 0 || parts == 1 };
	return virtio_ring_put(&ring, mem(), &request, id);
}

/* The chain that the device would take next, and how many descriptors it has. */
static u16 device_take(u32 *parts)
{
	u16 head = le16(virtio_ring_of_driver(SIZE, false) + 4 + 2 * (device_seen % SIZE)), at = head;

	device_seen++;
	for (*parts = 1; (le16(16ull * at + 12) & 1) != 0 && *parts < 10; (*parts)++)
		at = le16(16ull * at + 14);
	return head;
}

static void device_finish(u32 id, u32 bytes)
{
	u64 used = virtio_ring_of_device(SIZE, false);

	mspan_put_le32(mem(), used + 4 + 8 * (device_used % SIZE), id);
	mspan_put_le32(mem(), used + 8 + 8 * (device_used % SIZE), bytes);
	device_used++;
	mspan_put_le16(mem(), used + 2, device_used);
}

static void an_honest_device_is_served(struct report *r)
{
	u16 id = 0, back = 0;
	u32 parts = 0, bytes = 0;
	bool good = begin(SIZE, false);

	for (u32 i = 0; i < 70000 && good; i++) {
		u32 count = i % 3 + 1;

		good = put(count, &id) && device_take(&parts) == id && parts == count;
		device_finish(id, 100 * (count == 1 ? 1 : count - 1));
		good = good && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == id &&
		       bytes == 100 * (count == 1 ? 1 : count - 1) && ring.free_count == SIZE;
	}
	report_case(r, span_text("chains go and come, also when the counts wrap"), good);
	report_case(r, span_text("there is nothing more"), virtio_ring_take(&ring, mem(), &id, &bytes) == VIRTIO_NOTHING);
}

static void several_are_under_way(struct report *r)
{
	u16 id[SIZE] = {}, back = 0;
	u32 bytes = 0, parts = 0;
	bool good = begin(SIZE, false);

	for (u32 i = 0; i < SIZE / 2; i++)
		good = good && put(2, ELEM(id, i));
	report_case(r, span_text("a full ring takes no more"), good && !put(1, &back) && ring.free_count == 0);
	for (u32 i = 0; i < SIZE / 2; i++)
		(void)device_take(&parts);
	for (u32 i = SIZE / 2; i-- > 0;)
		device_finish(*ELEM(id, i), i);
	good = true;
	for (u32 i = SIZE / 2; i-- > 0;)
		good = good && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == *ELEM(id, i) &&
		       bytes == i;
	report_case(r, span_text("a device finishes in its own order"), good && ring.free_count == SIZE);
	report_case(r, span_text("more parts than there may be are refused"), !put(VIRTIO_PARTS_MAX + 1, &back) && !put(0, &back));
}

static void sizes_that_cannot_be_are_refused(struct report *r)
{
	struct virtio_ring_modes plain = {}, indirect = { .indirect = true };

	report_case(r, span_text("sizes are powers of two within bounds"),
		    !begin(0, false) && !begin(3, false) && !begin(128, false) && begin(64, false) &&
			    !virtio_ring_begin(&ring, mspan_first(mem(), virtio_ring_bytes(8, &plain) - 1), 8, &plain) &&
			    !virtio_ring_begin(&ring, mspan_first(mem(), virtio_ring_bytes(8, &indirect) - 1), 8, &indirect));
}

/* The parts of a chain are where its one descriptor says. */
static bool table_is_right(u16 id, u32 parts)
{
	struct virtio_ring_modes modes = { .indirect = true };
	struct span d = span_part(SPAN_OF_ARRAY(memory), 16ull * id, 16);
	u64 table = span_le64(d, 0) - AT;
	bool good = span_le32(d, 8) == 16 * parts && span_le16(d, 12) == 4 && table % 16 == 0 &&
		    table >= virtio_ring_of_device(SIZE, false) + 4 + 8 * SIZE + 2 &&
		    table + 16ull * parts <= virtio_ring_bytes(SIZE, &modes);

	for (u32 i = 0; i < parts && good; i++) {
		struct span part = span_part(SPAN_OF_ARRAY(memory), table + 16ull * i, 16);
		u16 flags = (u16)((i + 1 < parts ? 1 : 0) | (i > 0 ? 2 : 0));

		good = span_le64(part, 0) == 0x1000 * (i + 1) && span_le32(part, 8) == 100 && span_le16(part, 12) == flags &&
		       (i + 1 == parts || span_le16(part, 14) == i + 1);
	}
	return good;
}

static void tables_take_one_descriptor(struct report *r)
{
	u16 id[SIZE] = {}, back = 0;
	u32 bytes = 0, parts = 0;
	bool good = begin_with(SIZE, false, true);

	for (u32 i = 0; i < SIZE; i++)
		good = good && put(i % 3 + 2, ELEM(id, i)) && device_take(&parts) == *ELEM(id, i) && parts == 1;
	for (u32 i = 0; i < SIZE; i++)
		good = good && table_is_right(*ELEM(id, i), i % 3 + 2);
	report_case(r, span_text("with tables a ring takes as many chains as it has descriptors"), good && !put(2, &back));
	for (u32 i = 0; i < SIZE; i++) {
		device_finish(*ELEM(id, i), 100);
		good = good && virtio_ring_take(&ring, mem(), &back, &bytes) == VIRTIO_TAKEN && back == *ELEM(id, i) && bytes == 100;
	}
	good = good && ring.free_count == SIZE;
	report_case(r, span_text("and takes them back"), good && put(1, &back) && le16(16ull * back + 12) == 2);
}

static void notices_are_asked_for(struct report *r)
{
	u16 id = 0, before;
	u64 used = virtio_ring_of_device(SIZE, false), event = used + 4 + 8 * SIZE;

	(void)begin(SIZE, false);
	(void)put(1, &id);
	report_case(r, span_text("by a flag"), virtio_ring_wants_notice(&ring, mem(), 0));
	mspan_put_le16(mem(), used, 1);
	report_case(r, span_text("or not"), !virtio_ring_wants_notice(&ring, mem(), 0));
	(void)begin(SIZE, true);
	before = ring.put;
	(void)put(1, &id);
	report_case(r, span_text("by the count that is waited for"), virtio_ring_wants_notice(&ring, mem(), before));
	before = ring.put;
	(void)put(1, &id);
	report_case(r, span_text("which has passed"), !virtio_ring_wants_notice(&ring, mem(), before));
	mspan_put_le16(mem(), event, 1);
	report_case(r, span_text("and comes again"), virtio_ring_wants_notice(&ring, mem(), before));
}

static void interrupts_are_asked_for(struct report *r)
{
	u64 event = virtio_ring_of_driver(SIZE, false) + 4 + 2 * SIZE;
	u16 id = 0;
	u32 bytes = 0;

	(void)begin(SIZE, true);
	virtio_ring_be_patient(&ring, mem(), 2);
	report_case(r, span_text("later by a patient driver"), le16(event) == 2);
	(void)put(1, &id);
	device_finish(id, 0);
	(void)virtio_ring_take(&ring, mem(), &id, &bytes);
	report_case(r, span_text("from what was taken last on"), le16(event) == 3);
	virtio_ring_be_patient(&ring, mem(), SIZE);
	report_case(r, span_text("within a quarter of the ring"), le16(event) == 1 + SIZE / 4);
	virtio_ring_be_patient(&ring, mem(), 0);
	report_case(r, span_text("or at once"), le16(event) == 1);
}

static enum virtio_taken after(u32 finished_id, u32 bytes)
{
	u16 id = 0;
	u32 got = 0;

	device_finish(finished_id, bytes);
	return virtio_ring_take(&ring, mem(), &id, &got);
}

static void a_device_that_lies_ends_the_ring(struct report *r)
{
	u16 id = 0, back = 0;
	u32 got = 0;

	(void)begin(SIZE, false);
	(void)put(2, &id);
	report_case(r, span_text("a chain that it never had"), after(id + 1u, 0) == VIRTIO_BROKEN && ring.broken);
	report_case(r, span_text("is the end"), !put(1, &back) && virtio_ring_take(&ring, mem(), &back, &got) == VIRTIO_BROKEN);
	(void)begin(SIZE, false);
	(void)put(2, &id);
	report_case(r, span_text("a number outside the ring"), after(SIZE + id, 0) == VIRTIO_BROKEN);
	(void)begin(SIZE, false);
	(void)put(2, &id);
	report_case(r, span_text("more bytes than there was room for"), after(id, 101) == VIRTIO_BROKEN);
	(void)begin(SIZE, false);
	(void)put(2, &id);
	(void)put(2, &back);
	report_case(r, span_text("one is fine"), after(id, 100) == VIRTIO_TAKEN);
	report_case(r, span_text("the same again is not"), after(id, 100) == VIRTIO_BROKEN);
	(void)begin(SIZE, false);
	(void)put(1, &id);
	mspan_put_le16(mem(), virtio_ring_of_device(SIZE, false) + 2, 5);
	report_case(r, span_text("more than it was given"), virtio_ring_take(&ring, mem(), &back, &got) == VIRTIO_BROKEN);
}

/* Everything that it can reach changes all the time. */
static void a_device_that_writes_anything_does_no_harm(struct report *r)
{
	u64 state = 1;
	bool good = true;

	for (u32 round = 0; round < 20000; round++) {
		u16 id = 0;
		u32 got = 0;

		if (round % 50 == 0)
			good = good && begin_with(SIZE, round % 100 == 0, round % 150 == 0);
		(void)put(round % 3 + 1, &id);
		for (u32 i = 0; i < 4; i++) {
			state = state * 6364136223846793005ull + 1442695040888963407ull;
			u64 at = virtio_ring_of_device(SIZE, false) + (state >> 33) % 16;

			mspan_put_u8(mem(), (state >> 40) % 4 == 0 ? (state >> 33) % 256 : at, (u8)((state >> 56) % 12));
		}
		enum virtio_taken taken = virtio_ring_take(&ring, mem(), &id, &got);

		good = good && (taken != VIRTIO_TAKEN || (id < SIZE && got <= 300)) && ring.free_count <= SIZE;
	}
	report_case(r, span_text("anything may be written at any time"), good);
}

int main(void)
{
	struct report report = {};

	an_honest_device_is_served(&report);
	several_are_under_way(&report);
	sizes_that_cannot_be_are_refused(&report);
	tables_take_one_descriptor(&report);
	notices_are_asked_for(&report);
	interrupts_are_asked_for(&report);
	a_device_that_lies_ends_the_ring(&report);
	a_device_that_writes_anything_does_no_harm(&report);
	packed_cases(&report);
	return report_end(&report);
}
