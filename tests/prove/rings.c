/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtqueues, split and packed, with any device: whatever is read of the shared memory may be anything, each time.
 */
#include "lib/virtio/ring/layouts.h"

static u16 model_load16(struct mspan s, u64 at);
static u32 model_load32(struct mspan s, u64 at);
static void model_store16(struct mspan s, u64 at, u16 value);
static void model_put(struct mspan s, u64 at, u64 value, u64 width);
static void model_fill(struct mspan s);
#define mspan_load_le16(s, at) model_load16(s, at)
#define mspan_load_le32(s, at) model_load32(s, at)
#define mspan_store_le16(s, at, value) model_store16(s, at, value)
#define mspan_put_le16(s, at, value) model_put(s, at, value, 2)
#define mspan_put_le32(s, at, value) model_put(s, at, value, 4)
#define mspan_put_le64(s, at, value) model_address(s, at, value)
#define mspan_fill(s, value) model_fill(s)
static void model_address(struct mspan s, u64 at, u64 value);
#include "lib/virtio/ring/ring.c"
/* Names of the one layout that the other has too. */
#define write_descriptor write_split_descriptor
#include "lib/virtio/ring/split.c"
#undef write_descriptor
#define write_descriptor write_packed_descriptor
#include "lib/virtio/ring/packed.c"

enum : u64 { MEMORY_BYTES = 512, DEVICE_FINDS_IT_AT = 1ull << 32 };

static u8 memory[MEMORY_BYTES];
static u64 needed;              /* bytes of it that the ring was given */
static struct virtio_request request;
static bool putting;

/* ---- what is modelled ---- */

static void within(struct mspan s, u64 at, u64 width)
{
	u64 offset = __CPROVER_POINTER_OFFSET(s.raw_p) + at;

	PROVE(__CPROVER_same_object(s.raw_p, memory) && mspan_has(s, at, width) && offset + width <= needed && offset % width == 0,
		"nothing but the ring's own memory is touched, in whole numbers");
}

static u16 model_load16(struct mspan s, u64 at)
{
	within(s, at, 2);
	return ANY(u16);
}

static u32 model_load32(struct mspan s, u64 at)
{
	within(s, at, 4);
	return ANY(u32);
}

static void model_store16(struct mspan s, u64 at, u16 value)
{
	(void)value;
	within(s, at, 2);
}

static void model_put(struct mspan s, u64 at, u64 value, u64 width)
{
	(void)value;
	within(s, at, width);
}

static void model_address(struct mspan s, u64 at, u64 value)
{
	bool asked = value >= DEVICE_FINDS_IT_AT && value < DEVICE_FINDS_IT_AT + needed;

	within(s, at, 8);
	for (u32 i = 0; i < VIRTIO_PARTS_MAX; i++)
		asked = asked || (i < request.count && value == ELEM(request.part, i)->address);
	PROVE(putting && asked, "the device is told of what was asked for and of its table, and of nothing else");
}

static void model_fill(struct mspan s)
{
	PROVE(__CPROVER_same_object(s.raw_p, memory) && __CPROVER_POINTER_OFFSET(s.raw_p) + mspan_len(s) <= needed,
		"nothing but the ring's own memory is zeroed");
}

/* ---- INV-VIRTIO-RING ---- */

static bool seen[VIRTIO_RING_MAX];

/* A list of so many numbers from `at' on that no other has. */
static bool list_sound(const struct virtio_ring *ring, u16 at, u32 length)
{
	for (u32 i = 0; i < VIRTIO_RING_MAX; i++) {
		if (i >= length)
			break;
		if (at >= ring->size || *ELEM(seen, at))
			return false;
		*ELEM(seen, at) = true;
		at = *ELEM(ring->next, at);
	}
	return true;
}

static bool sound(const struct virtio_ring *ring)
{
	u32 busy = 0, parts = 0;

	for (u32 i = 0; i < VIRTIO_RING_MAX; i++)
		*ELEM(seen, i) = false;
	for (u32 i = 0; i < VIRTIO_RING_MAX; i++) {
		const struct virtio_chain *chain = ELEM(ring->chain, i);

		if (i < ring->size && !chain->busy && chain->parts != 0)
			return false;
		if (i >= ring->size || !chain->busy)
			continue;
		busy++;
		parts += chain->parts;
		if (chain->parts == 0 || chain->parts > VIRTIO_PARTS_MAX ||
		    !list_sound(ring, (u16)i, ring->modes.packed ? 1 : chain->parts))
			return false;
	}
	u32 listed = ring->modes.packed ? ring->size - busy : ring->free_count;

	return list_sound(ring, ring->free, listed) && parts + ring->free_count == ring->size &&
	       (u16)(ring->put - ring->taken) == (ring->modes.packed ? parts : busy);
}

static struct virtio_ring_modes any_modes(void)
{
	return (struct virtio_ring_modes){ .packed = MAYBE(), .by_index = MAYBE(), .indirect = MAYBE(),
		.address = DEVICE_FINDS_IT_AT };
}

static struct virtio_ring *any_ring(void)
{
	struct virtio_ring *ring = NEW(struct virtio_ring);

	ring->modes = any_modes();
	ring->broken = MAYBE();
	for (u32 i = 0; i < VIRTIO_RING_MAX; i++)
		ELEM(ring->chain, i)->busy = MAYBE();
	ASSUME(ring->size == 1 || ring->size == 2 || ring->size == VIRTIO_RING_MAX);
	ASSUME(sound(ring));
	needed = virtio_ring_bytes(ring->size, &ring->modes);
	return ring;
}

static struct mspan shared(void) { return mspan_first(MSPAN_OF_ARRAY(memory), needed); }

/* ---- proofs ---- */

void prove_begin(void)
{
	struct virtio_ring *ring = NEW(struct virtio_ring);
	struct virtio_ring_modes modes = any_modes();
	u32 size = ANY(u32);

	needed = ANY(u64);
	ASSUME(needed <= MEMORY_BYTES);
	bool good = virtio_ring_begin(ring, shared(), size, &modes);

	PROVE(!good || (sound(ring) && ring->free_count == size && !ring->broken && (size & (size - 1)) == 0),
		"a ring begins empty, or not at all");
	PROVE(!good || virtio_ring_bytes(size, &modes) <= needed, "with the memory that it needs");
}

void prove_put(void)
{
	struct virtio_ring *ring = any_ring();
	u16 id = 0, before = ring->put, free_before = ring->free_count;
	u32 room = 0;

	for (u32 i = 0; i < VIRTIO_PARTS_MAX; i++)
		*ELEM(request.part, i) = (struct virtio_part){ ANY(u64), ANY(u8), MAYBE() };
	request.count = ANY(u32);
	bool was_busy[VIRTIO_RING_MAX];

	for (u32 i = 0; i < VIRTIO_RING_MAX; i++)
		*ELEM(was_busy, i) = ELEM(ring->chain, i)->busy;
	putting = true;
	bool good = virtio_ring_put(ring, shared(), &request, &id);

	PROVE(sound(ring), "INV-VIRTIO-RING is kept");
	PROVE(good || (ring->put == before && ring->free_count == free_before), "what is refused changes nothing");
	if (!good)
		return;
	PROVE(!ring->broken && request.count != 0 && request.count <= VIRTIO_PARTS_MAX, "no chain that cannot be is given");
	PROVE(id < ring->size && !*ELEM(was_busy, id) && ELEM(ring->chain, id)->busy, "its number is one that was free");
	for (u32 i = 0; i < VIRTIO_PARTS_MAX; i++)
		room += i < request.count && ELEM(request.part, i)->for_device_to_write ? ELEM(request.part, i)->bytes : 0;
	PROVE(ELEM(ring->chain, id)->room == room, "what the device may write of it is known");
	(void)virtio_ring_wants_notice(ring, shared(), before);
}

void prove_take(void)
{
	struct virtio_ring *ring = any_ring();
	struct virtio_ring old = *ring;
	u16 id = 0;
	u32 bytes = 0;
	enum virtio_taken taken = virtio_ring_take(ring, shared(), &id, &bytes);

	PROVE(sound(ring), "INV-VIRTIO-RING is kept");
	PROVE(!old.broken || taken == VIRTIO_BROKEN, "a broken ring stays so");
	PROVE(ring->broken == (taken == VIRTIO_BROKEN), "a device that says what cannot be ends the ring, and nothing else does");
	PROVE(taken == VIRTIO_TAKEN || (ring->taken == old.taken && ring->free_count == old.free_count),
		"nothing is taken back but chains");
	if (taken != VIRTIO_TAKEN)
		return;
	PROVE(id < old.size && ELEM(old.chain, id)->busy && bytes <= ELEM(old.chain, id)->room,
		"what is taken back was under way, and holds no more than there was room for");
	PROVE(!ELEM(ring->chain, id)->busy, "and is taken back once");
	for (u32 i = 0; i < VIRTIO_RING_MAX; i++)
		PROVE(i >= old.size || i == id || ELEM(ring->chain, i)->busy == ELEM(old.chain, i)->busy, "no other is");
	virtio_ring_be_patient(ring, shared(), ANY(u32));
	PROVE(ring->patience <= ring->size / 4 && sound(ring), "the device is never told to wait for more than there may be");
}
