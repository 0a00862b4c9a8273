/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames from bytes.
 */
#include "userspace/services/agent/protocol.h"

static enum protocol_event end_text(struct protocol *p)
{
	bool bad = p->too_long;

	p->in_text = p->too_long = false;
	return bad ? PROTOCOL_BAD : PROTOCOL_RUN;
}

static enum protocol_event end_head(struct protocol *p)
{
	struct span head = span_trim(span_first(SPAN_OF_ARRAY(p->head), p->head_used));
	u64 bytes = 0;

	p->head_used = 0;
	if (span_len(head) == 0)
		return PROTOCOL_NONE;
	if (span_equal(head, span_text("off")))
		return PROTOCOL_OFF;
	/* WHY the bound: a number that is nonsense must not make the agent deaf for ever. */
	if (!span_starts_with(head, span_text("run ")) || !span_parse_u64(span_from(head, 4), &bytes) || bytes > 1u << 20)
		return PROTOCOL_BAD;
	p->text_used = 0;
	p->wanted = bytes;
	p->in_text = true;
	p->too_long = bytes > PROTOCOL_TEXT_MAX;
	return bytes == 0 ? end_text(p) : PROTOCOL_NONE;
}

static enum protocol_event head_byte(struct protocol *p, u8 byte)
{
	if (byte == '\n')
		return end_head(p);
	if (p->head_used == PROTOCOL_HEAD_MAX) {
		p->head_used = 0;
		return PROTOCOL_BAD;
	}
	*ELEM(p->head, p->head_used) = byte;
	p->head_used++;
	return PROTOCOL_NONE;
}

enum protocol_event protocol_input(struct protocol *p, u8 byte)
{
	if (!p->in_text)
		return head_byte(p, byte);
	if (!p->too_long) {
		*ELEM(p->text, p->text_used) = byte;
		p->text_used++;
	}
	p->wanted--;
	return p->wanted == 0 ? end_text(p) : PROTOCOL_NONE;
}
