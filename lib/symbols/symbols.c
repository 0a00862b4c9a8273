/* SPDX-License-Identifier: Apache-2.0
 *
 * Symbol tables. SPEC: the head of tools/image/symbols.py.
 */
#include "lib/symbols/symbols.h"

enum : u32 { FSYM_MAGIC = 0x4d595346u /* "FSYM" */, FSYM_VERSION = 1, HEADER_BYTES = 20, RECORD_BYTES = 12 };

/* Views of the parts of a table: lives in local variables only. */
struct table {
	struct span symbols, lines, strings;
	u32 symbol_count, line_count;
};

static bool table_open(struct span file, struct table *out)
{
	if (span_len(file) < HEADER_BYTES || span_le32(file, 0) != FSYM_MAGIC || span_le32(file, 4) != FSYM_VERSION)
		return false;
	out->symbol_count = span_le32(file, 8);
	out->line_count = span_le32(file, 12);
	u64 symbol_bytes = (u64)out->symbol_count * RECORD_BYTES;
	u64 line_bytes = (u64)out->line_count * RECORD_BYTES;

	return span_sub(file, HEADER_BYTES, symbol_bytes, &out->symbols) &&
	       span_sub(file, HEADER_BYTES + symbol_bytes, line_bytes, &out->lines) &&
	       span_sub(file, HEADER_BYTES + symbol_bytes + line_bytes, span_le32(file, 16), &out->strings);
}

static struct span string_at(const struct table *table, u32 at)
{
	if (at >= span_len(table->strings))
		return span_empty();
	return span_until_zero(span_from(table->strings, at));
}

/* Index of the last record whose offset is at most `offset`, or `count` if there is none. */
static u32 last_at_most(struct span records, u32 count, u64 offset)
{
	u32 low = 0;
	u32 high = count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (span_le32(records, (u64)middle * RECORD_BYTES) <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? count : low - 1;
}

bool symbols_find(struct span file, u64 offset, struct symbol_place *out)
{
	struct table table;

	*out = (struct symbol_place){};
	if (!table_open(file, &table))
		return false;
	u32 symbol = last_at_most(table.symbols, table.symbol_count, offset);

	if (symbol == table.symbol_count)
		return false;
	u64 at = (u64)symbol * RECORD_BYTES;
	u32 size = span_le32(table.symbols, at + 4);

	out->offset = offset - span_le32(table.symbols, at);
	if (size != 0 && out->offset >= size)
		return false;
	out->function = string_at(&table, span_le32(table.symbols, at + 8));
	u32 line = last_at_most(table.lines, table.line_count, offset);

	if (line != table.line_count) {
		out->line = span_le32(table.lines, (u64)line * RECORD_BYTES + 8);
		if (out->line != 0)
			out->file = string_at(&table, span_le32(table.lines, (u64)line * RECORD_BYTES + 4));
	}
	return true;
}

void symbols_describe(struct span file, u64 offset, struct text *to)
{
	struct symbol_place place;

	if (!symbols_find(file, offset, &place)) {
		text_add(to, "image+");
		text_add_hex(to, offset);
		return;
	}
	text_add_quoted(to, place.function);
	text_add(to, "+");
	text_add_hex(to, place.offset);
	if (span_len(place.file) > 0) {
		text_add(to, " (");
		text_add_quoted(to, place.file);
		text_add(to, ":");
		text_add_u64(to, place.line);
		text_add(to, ")");
	}
}
