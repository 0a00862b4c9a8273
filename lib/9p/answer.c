/* SPDX-License-Identifier: Apache-2.0
 *
 * What answers say beside their status, for messages to people. Which service was given up: the keeper, which answers in its
 * place, says its name in the words of the answer. Of a file that takes whole sectors, their size.
 */
#include "lib/9p/resolve.h"
#include "lib/limits/limits.h"
#include "lib/rt/message.h"
#include "lib/rt/rt.h"
#include "abi/ninep.h"

enum : u32 { NAME_BYTES = 24 };

static char last_name[NAME_BYTES];
static u64 last_sector, last_offset, last_bytes; /* of a write: expected, found */

void answer_note_write(u64 offset, u64 bytes)
{
	last_offset = offset;
	last_bytes = bytes;
}

enum status answer_note(enum status status, const struct message *m)
{
	if (status == STATUS_NOT_WHOLE)
		last_sector = m->word[NINEP_WRITE_REPLY_COUNT];
	if (status != STATUS_GIVEN_UP)
		return status;
	struct span name = span_until_zero(span_first(SPAN_OF_ARRAY(m->word), NAME_BYTES - 1));

	mspan_fill(MSPAN_OF_ARRAY(last_name), 0);
	for (usize i = 0; i < span_len(name); i++) {
		/* WHY: any server may answer so, with anything for a name. */
		if (span_u8(name, i) <= ' ' || span_u8(name, i) >= 0x7f)
			return status;
	}
	span_copy(MSPAN_OF_ARRAY(last_name), name);
	return status;
}

static void add_write(struct text *line)
{
	text_add(line, ": expected multiples of ");
	text_add_u64(line, last_sector);
	text_add(line, ", found ");
	text_add_u64(line, last_bytes);
	text_add(line, " bytes at ");
	text_add_u64(line, last_offset);
}

void file_add_status(struct text *line, enum status status)
{
	struct span name = span_until_zero(SPAN_OF_ARRAY(last_name));

	limits_add_status(line, (struct limits_of){ rt_group(), rt_self() }, status);
	if (status == STATUS_NOT_WHOLE)
		add_write(line);
	if (status != STATUS_GIVEN_UP || span_len(name) == 0)
		return;
	text_add(line, ": ");
	text_add_span(line, name);
}
