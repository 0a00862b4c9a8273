/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms, names and values of the tables' byte code. See aml.h.
 */
#include "lib/devices/aml.h"

static bool take(struct span *rest, u64 bytes)
{
	if (!span_has(*rest, 0, bytes))
		return false;
	*rest = span_from(*rest, bytes);
	return true;
}

static bool take_op(struct span *rest, u8 *op)
{
	if (span_len(*rest) == 0)
		return false;
	*op = span_u8(*rest, 0);
	return take(rest, 1);
}

/* SPEC: 20.2.4 "Package Length Encoding" */
bool aml_take_package(struct span *rest, struct span *inside)
{
	u8 lead = 0;
	struct span whole = *rest;

	if (!take_op(rest, &lead))
		return false;
	u32 more = lead >> 6;

	if (!span_has(*rest, 0, more))
		return false;
	u64 bytes = more == 0 ? lead & 0x3fu : (lead & 0xfu) | span_le(*rest, 0, more) << 4;

	if (bytes < 1 + more || !span_has(whole, 0, bytes))
		return false;
	*inside = span_part(whole, 1 + more, bytes - 1 - more);
	*rest = span_from(whole, bytes);
	return true;
}

bool aml_take_number(struct span *rest, u32 *out)
{
	u8 op = span_len(*rest) != 0 ? span_u8(*rest, 0) : 0xff;
	u32 width = op == AML_BYTE ? 1 : op == AML_WORD ? 2 : op == AML_DWORD ? 4 : 0;

	if (op == AML_ZERO || op == AML_ONE) {
		*out = op;
		return take(rest, 1);
	}
	if (width == 0 || !span_has(*rest, 1, width))
		return false;
	*out = (u32)span_le(*rest, 1, width);
	return take(rest, 1 + width);
}

static bool is_segment(struct span name)
{
	for (u32 i = 0; i < AML_SEGMENT_BYTES; i++) {
		u8 c = span_u8(name, i);
		bool letter = (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return true;
}

/* SPEC: 20.2.2 "Name Objects Encoding" */
bool aml_take_name(struct span *rest, struct span *last)
{
	enum : u8 { NONE = 0x00, TWO = 0x2e, MANY = 0x2f };
	u64 count = 1;

	*last = span_empty();
	while (span_len(*rest) != 0 && (span_u8(*rest, 0) == '\\' || span_u8(*rest, 0) == '^'))
		*rest = span_from(*rest, 1);
	u8 lead = span_len(*rest) != 0 ? span_u8(*rest, 0) : 0xff;

	if (lead == NONE)
		return take(rest, 1);
	if (lead == MANY && !span_has(*rest, 0, 2))
		return false;
	if (lead == TWO || lead == MANY) {
		count = lead == TWO ? 2 : span_u8(*rest, 1);
		*rest = span_from(*rest, lead == TWO ? 1 : 2);
	}
	if (count == 0 || !span_has(*rest, 0, count * AML_SEGMENT_BYTES))
		return false;
	*last = span_part(*rest, (count - 1) * AML_SEGMENT_BYTES, AML_SEGMENT_BYTES);
	*rest = span_from(*rest, count * AML_SEGMENT_BYTES);
	return is_segment(*last);
}

/* ---- terms ---- */

/* SPEC: 20.2.3 "Data Objects Encoding"; false for what would have to be computed. */
static bool take_data(struct span *rest)
{
	enum : u8 { ONES = 0xff };
	struct span inside;
	u8 op = 0;

	if (!take_op(rest, &op))
		return false;
	switch (op) {
	case AML_ZERO: case AML_ONE: case ONES: return true;
	case AML_BYTE: return take(rest, 1);
	case AML_WORD: return take(rest, 2);
	case AML_DWORD: return take(rest, 4);
	case AML_QWORD: return take(rest, 8);
	case AML_STRING: return take(rest, span_len(span_until_zero(*rest)) + 1);
	case AML_BUFFER: case AML_PACKAGE: case AML_VARIABLE_PACKAGE: return aml_take_package(rest, &inside);
	default: return false;
	}
}

static bool take_extended(struct span *rest)
{
	enum : u8 { MUTEX = 0x01, EVENT = 0x02, REGION = 0x80, FIELDS = 0x81, LAST_WITH_LENGTH = 0x87 };
	struct span inside;
	u8 op = 0;

	if (!take_op(rest, &op))
		return false;
	if (op >= FIELDS && op <= LAST_WITH_LENGTH)
		return aml_take_package(rest, &inside);
	if ((op != MUTEX && op != EVENT && op != REGION) || !aml_take_name(rest, &inside))
		return false;
	if (op != EVENT && !take(rest, 1))
		return false;
	return op != REGION || (take_data(rest) && take_data(rest));
}

/* SPEC: 20.2.5 "Term Objects Encoding" */
static bool take_term(struct span *rest)
{
	enum : u8 { ALIAS = 0x06, SCOPE = 0x10, METHOD = 0x14, EXTERNAL = 0x15, IF = 0xa0, ELSE = 0xa1, WHILE = 0xa2 };
	struct span inside;
	u8 op = 0;

	if (!take_op(rest, &op))
		return false;
	switch (op) {
	case AML_NAME: return aml_take_name(rest, &inside) && take_data(rest);
	case ALIAS: return aml_take_name(rest, &inside) && aml_take_name(rest, &inside);
	case EXTERNAL: return aml_take_name(rest, &inside) && take(rest, 2);
	case SCOPE: case METHOD: case IF: case ELSE: case WHILE: return aml_take_package(rest, &inside);
	case AML_EXTENDED: return take_extended(rest);
	default: return false;
	}
}

struct span aml_value(struct span terms, struct span name)
{
	enum : u64 { HEAD = 1 + AML_SEGMENT_BYTES };

	while (span_len(terms) != 0) {
		struct span term = terms;

		if (!take_term(&terms))
			return span_empty();
		u64 bytes = span_len(term) - span_len(terms);

		if (bytes > HEAD && span_u8(term, 0) == AML_NAME && span_equal(span_part(term, 1, AML_SEGMENT_BYTES), name))
			return span_part(term, HEAD, bytes - HEAD);
	}
	return span_empty();
}

u32 aml_value_number(struct span terms, struct span name, u32 otherwise)
{
	struct span value = aml_value(terms, name);
	u32 number = 0;

	return aml_take_number(&value, &number) ? number : otherwise;
}

struct span aml_buffer(struct span value)
{
	struct span inside;
	u32 bytes = 0;

	if (span_len(value) == 0 || span_u8(value, 0) != AML_BUFFER)
		return span_empty();
	value = span_from(value, 1);
	if (!aml_take_package(&value, &inside) || !aml_take_number(&inside, &bytes))
		return span_empty();
	return span_first(inside, bytes);
}

/* ---- resources. SPEC: 6.4.2 "Small Resource Data Type", 6.4.3 "Large Resource Data Type" ---- */

bool aml_next_resource(struct span *list, struct aml_resource *out)
{
	enum : u8 { LARGE = 0x80, END = 0x79 };

	if (span_len(*list) == 0 || span_u8(*list, 0) == END)
		return false;
	u8 tag = span_u8(*list, 0);
	bool large = (tag & LARGE) != 0;
	u64 head = large ? 3 : 1;

	if (!span_has(*list, 0, head))
		return false;
	*out = (struct aml_resource){ .large = large, .type = large ? tag & 0x7fu : tag >> 3 & 0xfu };
	if (!span_sub(*list, head, large ? span_le16(*list, 1) : tag & 7u, &out->bytes))
		return false;
	*list = span_from(*list, head + span_len(out->bytes));
	return true;
}

/* ---- devices ---- */

static bool read_device(struct span rest, u64 most_bytes, struct aml_device *out)
{
	struct span inside;

	if (!aml_take_package(&rest, &inside) || span_len(inside) < AML_SEGMENT_BYTES || span_len(inside) > most_bytes)
		return false;
	*out = (struct aml_device){ span_first(inside, AML_SEGMENT_BYTES), span_from(inside, AML_SEGMENT_BYTES) };
	return is_segment(out->name);
}

bool aml_next_device(struct span aml, u64 *at, u64 most_bytes, struct aml_device *out)
{
	while (span_has(aml, *at, 2)) {
		u64 here = *at;

		*at = span_find(aml, here + 1, AML_EXTENDED);
		if (span_u8(aml, here) == AML_EXTENDED && span_u8(aml, here + 1) == AML_DEVICE &&
		    read_device(span_from(aml, here + 2), most_bytes, out))
			return true;
	}
	return false;
}

/* SPEC: 19.3.4 "ASL Macros", EISAID: three letters of five bits, and four digits. */
static void put_id(u32 number, char (*id)[9])
{
	struct mspan to = MSPAN_OF_ARRAY(*id);
	u32 letters = (number & 0xff) << 8 | (number >> 8 & 0xff), digits = (number >> 16 & 0xff) << 8 | number >> 24;

	for (u32 i = 0; i < 3; i++)
		mspan_put_u8(to, i, (u8)('@' + (letters >> (10 - 5 * i) & 0x1f)));
	for (u32 i = 0; i < 4; i++) {
		u32 digit = digits >> (12 - 4 * i) & 0xf;

		mspan_put_u8(to, 3 + i, (u8)(digit < 10 ? '0' + digit : 'A' + digit - 10));
	}
	mspan_put_u8(to, 7, 0);
}

bool aml_id(struct span body, char (*id)[9])
{
	struct span value = aml_value(body, span_text("_HID"));
	u32 number = 0;

	if (span_len(value) != 0 && span_u8(value, 0) == AML_STRING) {
		struct span text = span_until_zero(span_from(value, 1));

		for (usize i = 0; i < span_len(text); i++)
			if (span_u8(text, i) <= ' ' || span_u8(text, i) > '~')
				return false;
		return span_len(text) != 0 && span_len(text) < sizeof(*id) && mspan_set_text(MSPAN_OF_ARRAY(*id), text);
	}
	if (!aml_take_number(&value, &number) || number == 0)
		return false;
	put_id(number, id);
	return true;
}
