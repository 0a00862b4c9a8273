/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that the tables' byte code names statically. See described.h. What looks like a device is one only
 * if everything about it fits; bytes that happen to look like one do no harm but to be listed.
 */
#include "lib/devices/described.h"

enum : u8 {
	OP_ZERO = 0x00, OP_ONE = 0x01, OP_NAME = 0x08, OP_BYTE = 0x0a, OP_WORD = 0x0b, OP_DWORD = 0x0c, OP_STRING = 0x0d,
	OP_BUFFER = 0x11, OP_EXTENDED = 0x5b, OP_DEVICE = 0x82,
};
enum : u64 { BODY_MAX = 4096, HEADER_BYTES = 36, NAME_BYTES = 4 };
enum : u32 { STATUS_PRESENT = 1 };

/* A length that counts itself. SPEC: 20.2.4 "Package Length Encoding". Leaves *at behind it, and the end. */
static bool package(struct span aml, u64 *at, u64 *end)
{
	u64 start = *at;

	if (!span_has(aml, start, 1))
		return false;
	u8 lead = span_u8(aml, start);
	u32 more = lead >> 6;

	if (!span_has(aml, start, 1 + more))
		return false;
	u64 bytes = more == 0 ? lead & 0x3fu : (lead & 0xfu) | span_le(aml, start + 1, more) << 4;

	*at = start + 1 + more;
	*end = start + bytes;
	return bytes >= 1 + more && *end <= span_len(aml);
}

static bool is_name(struct span name)
{
	for (u32 i = 0; i < NAME_BYTES; i++) {
		u8 c = span_u8(name, i);
		bool letter = (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return true;
}

/* What stands behind `Name (NAME, ...)' in the body; empty if nothing does. */
static struct span value_of(struct span body, struct span name)
{
	u64 at = span_find_text(body, name);

	if (at == 0 || at == span_len(body) || span_u8(body, at - 1) != OP_NAME)
		return span_empty();
	return span_from(body, at + NAME_BYTES);
}

static bool number_at(struct span value, u32 *out)
{
	u8 op = span_len(value) != 0 ? span_u8(value, 0) : 0xff;
	u32 width = op == OP_BYTE ? 1 : op == OP_WORD ? 2 : op == OP_DWORD ? 4 : 0;

	if (op == OP_ZERO || op == OP_ONE) {
		*out = op;
		return true;
	}
	if (width == 0 || !span_has(value, 1, width))
		return false;
	*out = (u32)span_le(value, 1, width);
	return true;
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
}

static bool read_id(struct span body, struct acpi_device *out)
{
	struct span value = value_of(body, span_text("_HID"));
	u32 number = 0;

	if (span_len(value) != 0 && span_u8(value, 0) == OP_STRING) {
		struct span text = span_until_zero(span_from(value, 1));

		for (usize i = 0; i < span_len(text); i++)
			if (span_u8(text, i) <= ' ' || span_u8(text, i) > '~')
				return false;
		return span_len(text) != 0 && span_len(text) < sizeof(out->id) && mspan_set_text(MSPAN_OF_ARRAY(out->id), text);
	}
	if (!number_at(value, &number) || number == 0)
		return false;
	put_id(number, &out->id);
	return true;
}

/* ---- resources. SPEC: 6.4.2 "Small Resource Data Type", 6.4.3 "Large Resource Data Type" ---- */

static void add(struct acpi_device *out, enum acpi_resource_kind kind, u64 base, u64 count)
{
	if (count != 0 && out->resource_count < ACPI_RESOURCES_MAX)
		*ELEM(out->resource, out->resource_count++) = (struct acpi_resource){ kind, base, count };
}

static void add_lines(struct acpi_device *out, u32 mask)
{
	for (u32 line = 0; line < 16; line++)
		if ((mask >> line & 1) != 0)
			add(out, ACPI_RESOURCE_LINE, line, 1);
}

static void read_small(struct acpi_device *out, u32 type, struct span item)
{
	enum : u32 { LINES = 4, PORTS = 8, FIXED_PORTS = 9 };

	if (type == LINES && span_len(item) >= 2)
		add_lines(out, span_le16(item, 0));
	else if (type == PORTS && span_len(item) >= 7)
		add(out, ACPI_RESOURCE_PORTS, span_le16(item, 1), span_u8(item, 6));
	else if (type == FIXED_PORTS && span_len(item) >= 3)
		add(out, ACPI_RESOURCE_PORTS, span_le16(item, 0) & 0x3ff, span_u8(item, 2));
}

static void read_large(struct acpi_device *out, u32 type, struct span item)
{
	enum : u32 { FIXED_MEMORY = 6, LINES = 9 };

	if (type == FIXED_MEMORY && span_len(item) >= 9)
		add(out, ACPI_RESOURCE_MEMORY, span_le32(item, 1), span_le32(item, 5));
	else if (type == LINES && span_len(item) >= 6 && span_u8(item, 1) != 0)
		add(out, ACPI_RESOURCE_LINE, span_le32(item, 2), 1);
}

static void read_resources(struct span list, struct acpi_device *out)
{
	enum : u8 { LARGE = 0x80, END = 0x79 };
	u64 at = 0;

	while (span_has(list, at, 1) && span_u8(list, at) != END) {
		u8 tag = span_u8(list, at);
		u64 head = (tag & LARGE) != 0 ? 3 : 1;
		struct span item;

		if (!span_has(list, at, head))
			return;
		if (!span_sub(list, at + head, (tag & LARGE) != 0 ? span_le16(list, at + 1) : tag & 7u, &item))
			return;
		if ((tag & LARGE) != 0)
			read_large(out, tag & 0x7fu, item);
		else
			read_small(out, tag >> 3 & 0xfu, item);
		at += head + span_len(item);
	}
}

/* A buffer: its length as a number, then the bytes. */
static void read_current(struct span body, struct acpi_device *out)
{
	struct span value = value_of(body, span_text("_CRS"));
	u64 at = 1, end = 0;
	u32 bytes = 0;

	if (span_len(value) < 2 || span_u8(value, 0) != OP_BUFFER || !package(value, &at, &end) || at >= end)
		return;
	struct span buffer = span_part(value, at, end - at);
	u8 op = span_u8(buffer, 0);
	u64 head = op == OP_BYTE ? 2 : op == OP_WORD ? 3 : op == OP_DWORD ? 5 : 1;

	if (number_at(buffer, &bytes))
		read_resources(span_first(span_from(buffer, head), bytes), out);
}

/* ---- devices ---- */

/* Without a status it is there. A status that has to be computed is not known. */
static bool is_present(struct span body)
{
	u32 status = STATUS_PRESENT;

	if (span_find_text(body, span_text("_STA")) == span_len(body))
		return true;
	return number_at(value_of(body, span_text("_STA")), &status) && (status & STATUS_PRESENT) != 0;
}

static bool read_device(struct span aml, u64 at, struct acpi_device *out)
{
	const u8 nested[] = { OP_EXTENDED, OP_DEVICE };
	u64 end = 0;
	u32 uid = 0;

	*out = (struct acpi_device){};
	if (!package(aml, &at, &end) || end < at + NAME_BYTES || end - at > BODY_MAX || !is_name(span_part(aml, at, NAME_BYTES)))
		return false;
	mspan_set_text(MSPAN_OF_ARRAY(out->name), span_part(aml, at, NAME_BYTES));
	struct span body = span_part(aml, at + NAME_BYTES, end - at - NAME_BYTES);

	if (span_find_text(body, SPAN_OF_ARRAY(nested)) != span_len(body) || !is_present(body) || !read_id(body, out))
		return false;
	out->has_uid = number_at(value_of(body, span_text("_UID")), &uid);
	out->uid = uid;
	read_current(body, out);
	return true;
}

bool acpi_next_described(struct span aml, u64 *at, struct acpi_device *out)
{
	*at = max_u64(*at, HEADER_BYTES);
	while (span_has(aml, *at, 2)) {
		u64 here = *at;

		*at = span_find(aml, here + 1, OP_EXTENDED);
		if (span_u8(aml, here) == OP_EXTENDED && span_u8(aml, here + 1) == OP_DEVICE && read_device(aml, here + 2, out))
			return true;
	}
	return false;
}
