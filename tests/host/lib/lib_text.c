/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of lib/base: spans, text, checksums, numbers.
 */
#include "lib/base/crc32c.h"
#include "lib/base/text.h"
#include "tests/host/lib/check.h"

#define BUILT(t, literal) span_equal(text_span(&(t)), span_text(literal))

static void numbers_are_written_in_every_base(void)
{
	TEXT_BUFFER(t, 128);

	text_add_u64(&t, 0);
	text_add(&t, " ");
	text_add_u64(&t, U64_MAX);
	text_add(&t, " ");
	text_add_hex(&t, 0xdeadbeef);
	text_add(&t, " ");
	text_add_hex_digits(&t, 0x1234, 2);
	text_add(&t, " ");
	text_add_i64(&t, (i64)(1ull << 63));
	CHECK(BUILT(t, "0 18446744073709551615 0xdeadbeef 34 -9223372036854775808"));
}

static void fields_are_aligned(void)
{
	TEXT_BUFFER(t, 64);

	text_add_u64_right(&t, 42, 5);
	text_add_zeros(&t, 7, 3);
	text_add_padded(&t, span_text("ab"), 4);
	text_add(&t, "|");
	text_add_padded(&t, span_text("long"), 2);
	CHECK(BUILT(t, "   42007ab  |long"));
}

static void sizes_and_times_read_well(void)
{
	TEXT_BUFFER(t, 64);

	text_add_size(&t, 512);
	text_add(&t, " ");
	text_add_size(&t, 12 * 1024);
	text_add(&t, " ");
	text_add_size(&t, 3565158);
	text_add(&t, " ");
	text_add_seconds(&t, 12345678901ull);
	CHECK(BUILT(t, "512 B 12 KiB 3.3 MiB 12.345"));
}

static void what_does_not_fit_is_cut_and_told(void)
{
	TEXT_BUFFER(t, 4);

	text_add(&t, "abc");
	CHECK(!t.cut);
	text_add(&t, "de");
	CHECK(t.cut && BUILT(t, "abcd"));
	text_clear(&t);
	text_add_u64(&t, 123456);
	CHECK(t.cut && BUILT(t, "1234"));
}

static void outside_bytes_are_quoted(void)
{
	TEXT_BUFFER(t, 64);

	text_add_quoted(&t, span_text("a\n\\b\x7f"));
	CHECK(BUILT(t, "a\\x0a\\x5cb\\x7f"));
}

static void numbers_are_parsed_strictly(void)
{
	u64 value = 7;

	CHECK(span_parse_u64(span_text("18446744073709551615"), &value) && value == U64_MAX);
	CHECK(!span_parse_u64(span_text("18446744073709551616"), &value));
	CHECK(span_parse_u64(span_text("0xFf"), &value) && value == 255);
	CHECK(!span_parse_u64(span_text(""), &value));
	CHECK(!span_parse_u64(span_text("0x"), &value));
	CHECK(!span_parse_u64(span_text("12a"), &value));
	CHECK(!span_parse_u64(span_text("-1"), &value));
}

static void spans_split_and_trim(void)
{
	struct span rest = span_text("one two  three");

	CHECK(span_equal(span_split(&rest, ' '), span_text("one")));
	CHECK(span_equal(span_split(&rest, ' '), span_text("two")));
	CHECK(span_len(span_split(&rest, ' ')) == 0);
	CHECK(span_equal(span_split(&rest, ' '), span_text("three")));
	CHECK(span_len(rest) == 0 && span_len(span_split(&rest, ' ')) == 0);
	CHECK(span_equal(span_trim(span_text(" \t a b \n")), span_text("a b")));
	CHECK(span_len(span_trim(span_text("  \n"))) == 0);
	CHECK(span_find_text(span_text("abcabd"), span_text("abd")) == 3);
	CHECK(span_find_text(span_text("ab"), span_text("abd")) == 2);
}

static void parts_outside_are_refused(void)
{
	struct span out;

	CHECK(span_sub(span_text("abc"), 3, 0, &out) && span_len(out) == 0);
	CHECK(!span_sub(span_text("abc"), 4, 0, &out));
	CHECK(!span_sub(span_text("abc"), 1, 3, &out));
	CHECK(!span_sub(span_text("abc"), U64_MAX, 2, &out));
	CHECK(!span_sub(span_text("abc"), 2, U64_MAX, &out));
}

static void fixed_fields_keep_their_zero(void)
{
	char field[4];

	CHECK(mspan_set_text(MSPAN_OF_ARRAY(field), span_text("abc")));
	CHECK(field[3] == 0 && span_equal(span_until_zero(SPAN_OF_ARRAY(field)), span_text("abc")));
	CHECK(!mspan_set_text(MSPAN_OF_ARRAY(field), span_text("abcd")));
	CHECK(field[3] == 0);
}

static void little_endian_goes_both_ways(void)
{
	u8 bytes[9];

	mspan_put_le64(MSPAN_OF_ARRAY(bytes), 1, 0x0102030405060708ull);
	CHECK(bytes[1] == 8 && bytes[8] == 1);
	CHECK(span_le64(SPAN_OF_ARRAY(bytes), 1) == 0x0102030405060708ull);
	CHECK(span_le16(SPAN_OF_ARRAY(bytes), 1) == 0x0708 && span_le32(SPAN_OF_ARRAY(bytes), 5) == 0x01020304);
}

/* SPEC: RFC 3720 appendix B.4, the examples. */
static void checksums_match_the_standard(void)
{
	u8 bytes[32];

	mspan_fill(MSPAN_OF_ARRAY(bytes), 0);
	CHECK(crc32c(0, SPAN_OF_ARRAY(bytes)) == 0x8a9136aa);
	mspan_fill(MSPAN_OF_ARRAY(bytes), 0xff);
	CHECK(crc32c(0, SPAN_OF_ARRAY(bytes)) == 0x62a8ab43);
	for (u8 i = 0; i < 32; i++)
		bytes[i] = i;
	CHECK(crc32c(0, SPAN_OF_ARRAY(bytes)) == 0x46dd794e);
	for (usize cut = 0; cut <= 32; cut++)
		CHECK(crc32c(crc32c(0, span_first(SPAN_OF_ARRAY(bytes), cut)), span_from(SPAN_OF_ARRAY(bytes), cut)) == 0x46dd794e);
}

static void fields_are_found_by_their_whole_key(void)
{
	TEXT_BUFFER(t, 128);
	u64 value = 0;

	text_add_field(&t, span_text("state-of"), span_text("elsewhere"));
	text_add_field(&t, span_text("a-key-longer-than-its-column"), span_text("two words"));
	text_add_field(&t, span_text("state"), span_text("running"));
	text_add_field_u64(&t, span_text("starts"), 12);
	text_add_field_u64(&t, span_text("starts"), 13);
	CHECK(span_equal(text_field(text_span(&t), span_text("state")), span_text("running")));
	CHECK(text_field_u64(text_span(&t), span_text("starts"), &value) && value == 12);
	CHECK(span_len(text_field(text_span(&t), span_text("stat"))) == 0);
	CHECK(span_len(text_field(text_span(&t), span_text("running"))) == 0);
	CHECK(!text_field_u64(text_span(&t), span_text("state"), &value));
	CHECK(!text_field_u64(text_span(&t), span_text("absent"), &value));
	CHECK(span_len(text_field(span_empty(), span_text("state"))) == 0);
}

int main(void)
{
	static const struct test tests[] = {
		{ "numbers_are_written_in_every_base", numbers_are_written_in_every_base },
		{ "fields_are_aligned", fields_are_aligned },
		{ "sizes_and_times_read_well", sizes_and_times_read_well },
		{ "what_does_not_fit_is_cut_and_told", what_does_not_fit_is_cut_and_told },
		{ "outside_bytes_are_quoted", outside_bytes_are_quoted },
		{ "numbers_are_parsed_strictly", numbers_are_parsed_strictly },
		{ "spans_split_and_trim", spans_split_and_trim },
		{ "parts_outside_are_refused", parts_outside_are_refused },
		{ "fixed_fields_keep_their_zero", fixed_fields_keep_their_zero },
		{ "little_endian_goes_both_ways", little_endian_goes_both_ways },
		{ "fields_are_found_by_their_whole_key", fields_are_found_by_their_whole_key },
		{ "checksums_match_the_standard", checksums_match_the_standard },
	};

	return check_run(tests, sizeof(tests) / sizeof(tests[0]));
}
