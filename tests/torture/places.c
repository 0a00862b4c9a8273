/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of a service's text that are executed while it is used. See torture.h.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/9p/file.h"

enum : u32 { FILE_BYTES = 32768, PATH_BYTES = 64 };

static bool is_digit(u8 c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

static u32 digit(u8 c) { return c <= '9' ? c - '0' : c - 'a' + 10u; }

static void parse(struct span text, struct places *out)
{
	u32 at = 0;
	bool in_number = false;

	for (usize i = 0; i < span_len(text) && out->count < PLACES_MAX; i++) {
		u8 c = span_u8(text, i);

		if (is_digit(c)) {
			at = (in_number ? at << 4 : 0) | digit(c);
		} else if (c >= 'A' && c <= 'Z') {
			*ELEM(out->place, out->count++) = (struct place){ .at = at, .bytes = c - 'A' + 1u };
			at += c - 'A' + 1u;
		}
		in_number = is_digit(c);
	}
}

void places_load(struct span service, struct places *out)
{
	static u8 bytes[FILE_BYTES];
	usize got = 0;
	TEXT_BUFFER(path, PATH_BYTES);

	text_add(&path, TORTURE_PLACES);
	text_add_span(&path, service);
	enum status status = file_load(text_span(&path), MSPAN_OF_ARRAY(bytes), &got);

	out->count = 0;
	if (status == STATUS_OK)
		parse(span_first(SPAN_OF_ARRAY(bytes), got), out);
	else if (status != STATUS_NOT_FOUND)
		lost(text_span(&path), status);
}

bool places_have(const struct places *places, u64 at, bool begins)
{
	for (u32 i = 0; i < places->count; i++) {
		const struct place *place = ELEM(places->place, i);

		if (begins ? at == place->at : at - place->at < place->bytes)
			return true;
	}
	return false;
}
