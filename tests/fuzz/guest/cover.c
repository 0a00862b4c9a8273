/* SPDX-License-Identifier: Apache-2.0
 *
 * See cover.h. A counter is one byte and is counted up without care for other processors: it tells that an edge
 * was run when it differs from what it was. One that comes round to the same is missed once.
 */
#include "tests/fuzz/guest/cover.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/rt/memory.h"
#include "tests/fuzz/guest/line.h"

enum : u32 { CHUNK = 64, DIGITS_AT_ONCE = 64 };

static pages_t counters;
static u32 edges;
static u8 before[EDGES_MAX]; /* the counters when they were last looked at */
static u8 at_boot[EDGES_MAX], since[EDGES_MAX];
static u32 reached;

bool cover_open(handle_t coverage)
{
	struct cap_info info = {};

	if (coverage.v == 0)
		return true;
	if (sys_cap_inspect(coverage, &info) != STATUS_OK || info.count << PAGE_SHIFT > EDGES_MAX ||
	    rt_pages_map(coverage, 0, info.count << PAGE_SHIFT, MAP_READ, &counters) != STATUS_OK)
		return false;
	edges = (u32)(info.count << PAGE_SHIFT);
	span_copy(MSPAN_OF_ARRAY(before), rt_pages_span(counters));
	for (u32 i = 0; i < edges; i++)
		at_boot[i] = before[i] != 0;
	return true;
}

u32 cover_edges(void) { return edges; }
u32 cover_reached(void) { return reached; }

static u32 look_at_chunk(struct span now, u32 first)
{
	u32 fresh = 0;

	for (u32 i = 0; i < CHUNK; i++) {
		u8 value = span_u8(now, i);
		u8 *seen = ELEM(since, first + i);

		if (value == *ELEM(before, first + i))
			continue;
		*ELEM(before, first + i) = value;
		fresh += *seen == 0;
		*seen = 1;
	}
	return fresh;
}

u32 cover_new(void)
{
	u32 fresh = 0;

	if (edges == 0)
		return 0;
	struct span all = rt_pages_span(counters);

	for (u32 first = 0; first < edges; first += CHUNK) {
		struct span now = span_part(all, first, CHUNK);

		if (!span_equal(now, span_part(SPAN_OF_ARRAY(before), first, CHUNK)))
			fresh += look_at_chunk(now, first);
	}
	reached += fresh;
	return fresh;
}

static u64 digit(struct span bits, u32 first)
{
	u64 value = 0;

	for (u32 i = 0; i < 4; i++)
		value |= (u64)(span_u8(bits, first + i) & 1) << i;
	return value;
}

static void send_bits(struct span bits)
{
	for (u32 first = 0; first < edges; first += 4 * DIGITS_AT_ONCE) {
		TEXT_BUFFER(text, DIGITS_AT_ONCE);

		for (u32 i = 0; i < DIGITS_AT_ONCE; i++)
			text_add_hex_digits(&text, digit(bits, first + 4 * i), 1);
		line_send(&text);
	}
	line_send_span(span_text("\n"));
}

void cover_send(void)
{
	line_send_span(span_text("since "));
	send_bits(SPAN_OF_ARRAY(since));
	line_send_span(span_text("boot "));
	send_bits(SPAN_OF_ARRAY(at_boot));
}
