/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of span.h that are too long to be inline.
 */
#include "lib/base/span.h"
#include "lib/base/text.h"

usize span_find_text(struct span s, struct span what)
{
	if (span_len(what) > span_len(s))
		return span_len(s);
	for (usize at = 0; at <= span_len(s) - span_len(what); at++) {
		if (span_equal(span_part(s, at, span_len(what)), what))
			return at;
	}
	return span_len(s);
}

bool mspan_set_text(struct mspan field, struct span text)
{
	usize room = mspan_len(field) == 0 ? 0 : mspan_len(field) - 1;
	struct span fits = span_first(text, room);

	span_copy(field, fits);
	mspan_fill(mspan_from(field, span_len(fits)), 0);
	return span_len(fits) == span_len(text);
}

/* Value of the digit in the base, or the base itself if it is none. */
static u32 digit_value(u8 c, u32 base)
{
	u32 value = base;

	if (ascii_is_digit(c))
		value = (u32)(c - '0');
	else if (c >= 'a' && c <= 'f')
		value = (u32)(c - 'a') + 10;
	else if (c >= 'A' && c <= 'F')
		value = (u32)(c - 'A') + 10;
	return value < base ? value : base;
}

bool span_parse_u64(struct span s, u64 *out)
{
	u32 base = 10;
	u64 value = 0;

	if (span_len(s) > 2 && span_starts_with(s, span_text("0x"))) {
		base = 16;
		s = span_from(s, 2);
	}
	if (span_len(s) == 0)
		return false;
	for (usize i = 0; i < span_len(s); i++) {
		u32 digit = digit_value(span_u8(s, i), base);

		if (digit == base || ckd_mul(&value, value, (u64)base) || ckd_add(&value, value, (u64)digit))
			return false;
	}
	*out = value;
	return true;
}

struct span span_split(struct span *rest, u8 separator)
{
	usize at = span_find(*rest, 0, separator);
	struct span head = span_first(*rest, at);

	*rest = at < span_len(*rest) ? span_from(*rest, at + 1) : span_from(*rest, at);
	return head;
}

struct span span_trim(struct span s)
{
	while (span_len(s) > 0 && ascii_is_space(span_u8(s, 0)))
		s = span_from(s, 1);
	while (span_len(s) > 0 && ascii_is_space(span_u8(s, span_len(s) - 1)))
		s = span_first(s, span_len(s) - 1);
	return s;
}
