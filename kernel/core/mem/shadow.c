/* SPDX-License-Identifier: Apache-2.0
 *
 * Shadow bytes. See shadow.h. Not instrumented itself.
 */
#include "kernel/core/mem/shadow.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/zones.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/slab.h"

enum : u32 { DELAY = 64 };

struct covered {
	u64 first, end;  /* physical addresses [first, end) */
	u64 shadow;      /* physical address of the shadow's first byte */
};

/* What became free last, in a ring. Frames: each processor has its own. */
struct STABLE frame_delay {
	u64 count;
	paddr_t frame[DELAY];
};

/* Under the pool's lock. */
struct STABLE item_delay {
	u64 count;
	struct pooled *item[DELAY];
};

static struct covered covered[ZONES_MAX];
static u32 covered_count;
static u32 watching;
static struct frame_delay frame_delays[CPUS_MAX];
static struct item_delay item_delays[POOLS];

static const struct covered *covered_of(u64 at)
{
	for (u32 i = 0; i < covered_count; i++)
		if (at >= covered[i].first && at < covered[i].end)
			return ELEM(covered, i);
	return nullptr;
}

static u64 shadow_of(const struct covered *zone, u64 at) { return zone->shadow + (at - zone->first) / SHADOW_GRAIN; }

static struct mspan shadow_bytes(u64 shadow, u64 bytes)
{
	return frame_bytes((paddr_t){ page_floor(shadow) }, shadow & PAGE_MASK, bytes);
}

static u8 mark_at(u64 at)
{
	const struct covered *zone = covered_of(at);

	return zone == nullptr ? SHADOW_OPEN : mspan_u8(shadow_bytes(shadow_of(zone, at), 1), 0);
}

/* Within one frame. WHY atomic stores: the compiler would make a loop of others a call of memset, whose own
 * accesses are looked at; that is too slow for the shadow of all memory. */
static void fill(u64 shadow, u64 bytes, u8 value)
{
	u64 word = 0x0101010101010101ull * value, first = (shadow & PAGE_MASK) / sizeof(u64);
	struct frame_words *words = frame_words((paddr_t){ page_floor(shadow) });

	if ((shadow | bytes) % sizeof(u64) != 0)
		mspan_fill(shadow_bytes(shadow, bytes), value);
	else
		for (u64 i = 0; i < bytes / sizeof(u64); i++)
			atomic_store(ELEM(words->word, first + i), word);
}

/* Whole grains. */
static void mark(u64 at, u64 bytes, u8 value)
{
	const struct covered *zone = covered_of(at);

	if (zone == nullptr)
		return;
	u64 shadow = shadow_of(zone, at), left = bytes / SHADOW_GRAIN;

	while (left > 0) {
		u64 part = min_u64(left, PAGE_BYTES - (shadow & PAGE_MASK));

		fill(shadow, part, value);
		shadow += part;
		left -= part;
	}
}

void shadow_cover(u64 first, u64 end, u64 shadow)
{
	*ELEM(covered, covered_count) = (struct covered){ .first = first << PAGE_SHIFT, .end = end << PAGE_SHIFT,
		.shadow = shadow << PAGE_SHIFT };
	covered_count++;
	mark(first << PAGE_SHIFT, (end - first) << PAGE_SHIFT, SHADOW_OPEN);
}

void shadow_watch(bool on) { atomic_store(&watching, on ? 1u : 0u); }

void shadow_frames_free(paddr_t frame, u32 order)
{
	/* Not the block's first words: they may hold links of a list. */
	INVARIANT(mark_at(frame.v + PAGE_BYTES - SHADOW_GRAIN) != SHADOW_FRAME, "kasan: a frame was freed twice");
	mark(frame.v, PAGE_BYTES << order, SHADOW_FRAME);
}

void shadow_frames_taken(paddr_t frame, u32 order) { mark(frame.v, PAGE_BYTES << order, SHADOW_OPEN); }

void shadow_links(paddr_t frame, bool open)
{
	mark(frame.v, 2 * sizeof(u64), open ? SHADOW_OPEN : SHADOW_FRAME);
}

static void close_item(u64 at, u32 pool, u32 item_bytes)
{
	mark(at + sizeof(struct pooled), item_bytes - SHADOW_EDGE_BYTES - sizeof(struct pooled), (u8)(SHADOW_ITEM | pool));
}

void shadow_slab(paddr_t slab, u32 order, u32 pool, u32 item_bytes)
{
	u64 bytes = PAGE_BYTES << order;

	mark(slab.v, bytes, (u8)(SHADOW_EDGE | pool));
	for (u64 at = 0; at + item_bytes <= bytes; at += item_bytes) {
		mark(slab.v + at, sizeof(struct pooled), SHADOW_OPEN);
		close_item(slab.v + at, pool, item_bytes);
	}
}

void shadow_item_free(const struct pooled *item, u32 item_bytes)
{
	u64 at = slab_item_place(item).v;

	INVARIANT((mark_at(at + sizeof(struct pooled)) & ~SHADOW_POOL_BITS) != SHADOW_ITEM, "kasan: a pool item was freed twice");
	close_item(at, item->pool, item_bytes);
}

void shadow_item_taken(const struct pooled *item, u32 item_bytes)
{
	mark(slab_item_place(item).v, item_bytes - SHADOW_EDGE_BYTES, SHADOW_OPEN);
}

bool shadow_delay_frame(paddr_t *frame)
{
	struct frame_delay *delay = ELEM(frame_delays, hal_this_cpu()->id);
	paddr_t *place = ELEM(delay->frame, delay->count % DELAY);
	paddr_t before = *place;

	*place = *frame;
	*frame = before;
	delay->count++;
	return delay->count > DELAY;
}

struct pooled *shadow_delay_item(struct pooled *item)
{
	struct item_delay *delay = ELEM(item_delays, item->pool);
	struct pooled **place = ELEM(delay->item, delay->count % DELAY);
	struct pooled *before = *place;

	*place = item;
	delay->count++;
	return before;
}

u64 shadow_delayed_frames(void)
{
	u64 frames = 0;

	for (u32 i = 0; i < cpu_count(); i++)
		frames += min_u64(frame_delays[i].count, DELAY);
	return frames;
}

/* How far the closed byte is from where its kind of closed memory begins. */
static u64 into(u64 at, u8 value)
{
	if (value == SHADOW_FRAME)
		return at & PAGE_MASK;
	u64 start = at / SHADOW_GRAIN * SHADOW_GRAIN;

	while (mark_at(start - SHADOW_GRAIN) == value)
		start -= SHADOW_GRAIN;
	return at - start + ((value & ~SHADOW_POOL_BITS) == SHADOW_ITEM ? sizeof(struct pooled) : 0);
}

bool shadow_refuses(u64 address, u64 bytes, struct shadow_closed *closed)
{
	if (atomic_load(&watching) == 0)
		return false;
	u64 first = address - hal_direct((paddr_t){ 0 }).v;

	/* Outside the direct map this wraps, or lies beyond all RAM. */
	for (u64 at = first; at < first + bytes; at = (at / SHADOW_GRAIN + 1) * SHADOW_GRAIN) {
		u8 value = mark_at(at);

		if (value == SHADOW_OPEN)
			continue;
		*closed = (struct shadow_closed){ .at = { at }, .mark = value, .into = into(at, value) };
		return true;
	}
	return false;
}
