/* SPDX-License-Identifier: Apache-2.0
 *
 * The text builder of text.h.
 */
#include "lib/base/text.h"

enum : u32 { DIGITS_MAX = 20 };

void text_add_span(struct text *t, struct span s)
{
	usize room = mspan_len(t->to) - t->used;
	struct span fits = span_first(s, room);

	span_copy(mspan_from(t->to, t->used), fits);
	t->used += span_len(fits);
	if (span_len(fits) < span_len(s))
		t->cut = true;
}

void text_add_u8(struct text *t, u8 byte)
{
	if (t->used == mspan_len(t->to)) {
		t->cut = true;
		return;
	}
	mspan_put_u8(t->to, t->used++, byte);
}

void text_add_cstr(struct text *t, const char *s)
{
	text_add_span(t, span_of_cstr(s));
}

void text_add_repeated(struct text *t, u8 byte, u32 count)
{
	for (u32 i = 0; i < count; i++)
		text_add_u8(t, byte);
}

/* Right-aligned in `width`, filled with `fill`. */
static void add_number(struct text *t, u64 value, u32 base, u32 width, u8 fill)
{
	u8 digits[DIGITS_MAX];
	u32 at = DIGITS_MAX;

	do {
		u32 digit = (u32)(value % base);

		at--;
		digits[at] = (u8)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value /= base;
	} while (value != 0);
	if (width > DIGITS_MAX - at)
		text_add_repeated(t, fill, width - (DIGITS_MAX - at));
	text_add_span(t, span_from(SPAN_OF_ARRAY(digits), at));
}

void text_add_u64(struct text *t, u64 value)
{
	add_number(t, value, 10, 0, ' ');
}

void text_add_i64(struct text *t, i64 value)
{
	if (value < 0)
		text_add_u8(t, '-');
	text_add_u64(t, value < 0 ? 0 - (u64)value : (u64)value);
}

void text_add_hex(struct text *t, u64 value)
{
	text_add(t, "0x");
	add_number(t, value, 16, 0, '0');
}

void text_add_hex_digits(struct text *t, u64 value, u32 digits)
{
	if (digits < 16)
		value &= (1ull << (4 * digits)) - 1;
	add_number(t, value, 16, digits, '0');
}

void text_add_u64_right(struct text *t, u64 value, u32 width)
{
	add_number(t, value, 10, width, ' ');
}

void text_add_zeros(struct text *t, u64 value, u32 width)
{
	add_number(t, value, 10, width, '0');
}

void text_add_padded(struct text *t, struct span s, u32 width)
{
	text_add_span(t, s);
	if (span_len(s) < width)
		text_add_repeated(t, ' ', width - (u32)span_len(s));
}

enum : u32 { KEY_COLUMNS = 13 };

void text_add_field(struct text *t, struct span key, struct span value)
{
	text_add_padded(t, key, KEY_COLUMNS);
	text_add_span(t, value);
	text_add(t, "\n");
}

void text_add_field_u64(struct text *t, struct span key, u64 value)
{
	text_add_padded(t, key, KEY_COLUMNS);
	text_add_u64(t, value);
	text_add(t, "\n");
}

struct span text_field(struct span description, struct span key)
{
	while (span_len(description) > 0) {
		struct span line = span_split(&description, '\n');

		if (span_equal(span_split(&line, ' '), key))
			return span_trim(line);
	}
	return span_empty();
}

bool text_field_u64(struct span description, struct span key, u64 *value)
{
	return span_parse_u64(text_field(description, key), value);
}

void text_add_seconds(struct text *t, u64 ns)
{
	u64 ms = ns / 1000000;

	text_add_u64(t, ms / 1000);
	text_add_u8(t, '.');
	add_number(t, ms % 1000, 10, 3, '0');
}

void text_add_size(struct text *t, u64 bytes)
{
	if (bytes < 1024) {
		text_add_u64(t, bytes);
		text_add(t, " B");
	} else if (bytes < 1024 * 1024) {
		text_add_u64(t, bytes / 1024);
		text_add(t, " KiB");
	} else {
		u64 tenths = bytes / 1024 * 10 / 1024;

		text_add_u64(t, tenths / 10);
		text_add_u8(t, '.');
		text_add_u64(t, tenths % 10);
		text_add(t, " MiB");
	}
}

void text_add_quoted(struct text *t, struct span s)
{
	for (usize i = 0; i < span_len(s); i++) {
		u8 c = span_u8(s, i);

		if (ascii_is_print(c) && c != '\\') {
			text_add_u8(t, c);
		} else {
			text_add(t, "\\x");
			text_add_hex_digits(t, c, 2);
		}
	}
}
