/* SPDX-License-Identifier: Apache-2.0
 *
 * Records in words, by the table of events.
 */
#include "lib/trace/live/rings.h"
#include "abi/names.h"

static struct span chars(const struct event_record *record, u32 from)
{
	return span_until_zero(span_from(SPAN_OF_ARRAY(record->field), from * sizeof(u64)));
}

static void add_field(struct text *line, const struct event_record *record, struct event_piece piece)
{
	u64 value = *ELEM(record->field, piece.field);
	const char *name = event_style_name(piece.style, value);

	if (name != nullptr)
		text_add_cstr(line, name);
	else if (piece.style == EVENT_STYLE_CHARS)
		text_add_span(line, chars(record, piece.field));
	else if (piece.style == EVENT_STYLE_HEX)
		text_add_hex(line, value);
	else
		text_add_u64(line, value);
}

void record_describe(const struct event_record *record, struct text *line)
{
	for (u32 i = 0; i < event_piece_count(record->id); i++) {
		struct event_piece piece = event_piece(record->id, i);

		if (piece.style == EVENT_STYLE_TEXT)
			text_add_cstr(line, piece.text);
		else
			add_field(line, record, piece);
	}
}
