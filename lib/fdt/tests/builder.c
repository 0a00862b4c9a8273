/* SPDX-License-Identifier: Apache-2.0
 *
 * Device trees under construction. See builder.h. SPEC: Devicetree Specification 0.4, chapter 5.
 */
#include "lib/fdt/tests/builder.h"

static struct mspan all(struct tree_builder *b) { return MSPAN_OF_ARRAY(b->bytes); }

void tree_put32(struct mspan tree, usize at, u32 value)
{
	mspan_put_le32(tree, at, __builtin_bswap32(value));
}

static void put(struct tree_builder *b, u32 value)
{
	tree_put32(all(b), b->used, value);
	b->used += 4;
}

static void put_bytes(struct tree_builder *b, struct span bytes)
{
	span_copy(mspan_from(all(b), b->used), bytes);
	b->used += (span_len(bytes) + 3) & ~(usize)3;
}

static u32 add_string(struct tree_builder *b, struct span name)
{
	u32 at = (u32)(b->strings - TREE_STRINGS_AT);

	span_copy(mspan_from(all(b), b->strings), name);
	b->strings += span_len(name) + 1;
	return at;
}

void tree_begin(struct tree_builder *b)
{
	mspan_fill(all(b), 0);
	b->used = TREE_STRUCTURE_AT;
	b->strings = TREE_STRINGS_AT;
}

void tree_node(struct tree_builder *b, struct span name)
{
	put(b, 1);
	span_copy(mspan_from(all(b), b->used), name);
	b->used += (span_len(name) + 1 + 3) & ~(usize)3;
}

void tree_end_node(struct tree_builder *b) { put(b, 2); }

void tree_property(struct tree_builder *b, struct span name, struct span value)
{
	put(b, 3);
	put(b, (u32)span_len(value));
	put(b, add_string(b, name));
	put_bytes(b, value);
}

void tree_text(struct tree_builder *b, struct span name, struct span text)
{
	put(b, 3);
	put(b, (u32)span_len(text) + 1);
	put(b, add_string(b, name));
	span_copy(mspan_from(all(b), b->used), text);
	b->used += (span_len(text) + 1 + 3) & ~(usize)3;
}

void tree_cells(struct tree_builder *b, struct span name, u32 count, u32 first, u32 second, u32 third, u32 fourth)
{
	u32 cells[] = { first, second, third, fourth };

	put(b, 3);
	put(b, count * 4);
	put(b, add_string(b, name));
	for (u32 i = 0; i < count; i++)
		put(b, *ELEM(cells, i));
}

struct mspan tree_finish(struct tree_builder *b)
{
	u32 header[] = { 0xd00dfeed, (u32)TREE_BYTES, (u32)TREE_STRUCTURE_AT, (u32)TREE_STRINGS_AT, 40, 17, 16, 0,
			 (u32)(b->strings - TREE_STRINGS_AT), 0 };

	put(b, 9);
	header[9] = (u32)(b->used - TREE_STRUCTURE_AT);
	for (u32 i = 0; i < ARRAY_LEN(header); i++)
		tree_put32(all(b), i * 4ul, header[i]);
	return all(b);
}
