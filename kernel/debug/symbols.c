/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking up kernel addresses. See symbols.h.
 */
#include "kernel/debug/symbols.h"
#include "kernel/raw/frame_access.h"

enum : u32 { SYMBOLS_MAGIC = 0x4d595346u /* "FSYM" in memory order */, HEADER_BYTES = 20, RECORD_BYTES = 12 };

static u64 table_phys, table_bytes, image_base, image_bytes;

void symbols_init(const struct boot_info *info)
{
	table_phys = info->symbols_phys;
	table_bytes = info->symbols_bytes;
	image_base = info->kernel_virt;
	image_bytes = info->kernel_bytes;
}

/* The three parts of the table, or false if it is not one. */
static bool open_table(struct span *symbols, struct span *lines, struct span *strings)
{
	struct span all = boot_bytes((paddr_t){ table_phys }, table_bytes);

	if (table_bytes < HEADER_BYTES || span_le32(all, 0) != SYMBOLS_MAGIC || span_le32(all, 4) != 1)
		return false;
	u64 symbol_bytes = (u64)span_le32(all, 8) * RECORD_BYTES, line_bytes = (u64)span_le32(all, 12) * RECORD_BYTES;

	return span_sub(all, HEADER_BYTES, symbol_bytes, symbols) &&
		span_sub(all, HEADER_BYTES + symbol_bytes, line_bytes, lines) &&
		span_sub(all, HEADER_BYTES + symbol_bytes + line_bytes, span_le32(all, 16), strings);
}

/* The last record of 12 bytes whose first word is at most `offset`. */
static bool find(struct span records, u32 offset, u64 *at)
{
	u64 low = 0, high = span_len(records) / RECORD_BYTES;

	while (low < high) {
		u64 middle = (low + high) / 2;

		if (span_le32(records, middle * RECORD_BYTES) <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	*at = (low - 1) * RECORD_BYTES;
	return true;
}

static struct span string_at(struct span strings, u32 at)
{
	u64 end = at;

	if (at >= span_len(strings))
		return span_part(strings, 0, 0);
	while (end < span_len(strings) && span_u8(strings, end) != 0)
		end++;
	return span_part(strings, at, end - at);
}

struct place symbols_find(u64 address)
{
	struct place place = {};
	struct span symbols, lines, strings;
	u64 at = 0;

	if (address < image_base || address - image_base >= image_bytes || !open_table(&symbols, &lines, &strings))
		return place;
	u32 offset = (u32)(address - image_base);

	if (find(symbols, offset, &at) && offset - span_le32(symbols, at) < max_u64(span_le32(symbols, at + 4), 1)) {
		place.function = string_at(strings, span_le32(symbols, at + 8));
		place.offset = offset - span_le32(symbols, at);
		if (find(lines, offset, &at)) {
			place.file = string_at(strings, span_le32(lines, at + 4));
			place.line = span_le32(lines, at + 8);
		}
	}
	return place;
}
