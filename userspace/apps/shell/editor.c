/* SPDX-License-Identifier: Apache-2.0
 *
 * The line, the cursor, and what the terminal shows of them.
 */
#include "userspace/apps/shell/editor.h"

enum key : u32 {
	CTRL_A = 1, CTRL_B = 2, CTRL_C = 3, CTRL_D = 4, CTRL_E = 5, CTRL_F = 6, BELL = 7, CTRL_H = 8, TAB = 9, NEWLINE = 10,
	CTRL_K = 11, CTRL_L = 12, RETURN = 13, CTRL_N = 14, CTRL_P = 16, CTRL_U = 21, CTRL_W = 23, CTRL_Y = 25,
	ESCAPE = 27, DELETE = 127,
};
enum escape_state : u32 { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_SS3 };

struct span editor_text(const struct editor *e)
{
	return span_first(SPAN_OF_ARRAY(e->line.text), e->line.used);
}

struct span editor_before_cursor(const struct editor *e)
{
	return span_first(SPAN_OF_ARRAY(e->line.text), e->cursor);
}

static bool continues_character(u8 byte)
{
	return (byte & 0xc0) == 0x80;
}

static u32 columns_of(struct span s)
{
	u32 columns = 0;

	for (usize i = 0; i < span_len(s); i++)
		columns += !continues_character(span_u8(s, i));
	return columns;
}

/* ---- drawing ---- */

/* Where the next and the previous character begin. */
static u32 after(const struct editor *e, u32 at)
{
	struct span line = editor_text(e);

	if (at < e->line.used)
		at++;
	while (at < e->line.used && continues_character(span_u8(line, at)))
		at++;
	return at;
}

static u32 before(const struct editor *e, u32 at)
{
	struct span line = editor_text(e);

	if (at > 0)
		at--;
	while (at > 0 && continues_character(span_u8(line, at)))
		at--;
	return at;
}

static u32 room(const struct editor *e)
{
	u32 prompt = columns_of(span_first(SPAN_OF_ARRAY(e->prompt), e->prompt_used));

	return prompt + 16 < EDITOR_COLUMNS ? EDITOR_COLUMNS - 1 - prompt : 16;
}

/* First byte shown: the line scrolls sideways so that the cursor is on the screen. */
static u32 shown_from(const struct editor *e)
{
	u32 from = 0;

	if (columns_of(editor_text(e)) <= room(e))
		return 0;
	while (columns_of(span_from(editor_before_cursor(e), from)) >= room(e))
		from = after(e, from);
	return from;
}

void editor_redraw(const struct editor *e, struct text *out)
{
	u32 from = shown_from(e);
	u32 end = from;
	u32 column;

	for (u32 shown = 0; shown < room(e) && end < e->line.used; shown++)
		end = after(e, end);
	text_add(out, "\r");
	text_add_span(out, span_first(SPAN_OF_ARRAY(e->prompt), e->prompt_used));
	text_add_span(out, span_part(editor_text(e), from, end - from));
	text_add(out, "\x1b[K");
	if (e->cursor == end)
		return;
	column = columns_of(span_first(SPAN_OF_ARRAY(e->prompt), e->prompt_used)) +
		columns_of(span_from(editor_before_cursor(e), from));
	text_add(out, "\r");
	if (column > 0) {
		text_add(out, "\x1b[");
		text_add_u64(out, column);
		text_add(out, "C");
	}
}

void editor_begin(struct editor *e, struct span prompt, struct text *out)
{
	struct span kept = span_first(prompt, EDITOR_PROMPT_BYTES);

	span_copy(MSPAN_OF_ARRAY(e->prompt), kept);
	e->prompt_used = (u32)span_len(kept);
	e->line.used = e->cursor = e->back = 0;
	e->escape = ESCAPE_NONE;
	editor_redraw(e, out);
}

/* ---- changing the line ---- */

void editor_insert(struct editor *e, struct span text, struct text *out)
{
	struct mspan line = MSPAN_OF_ARRAY(e->line.text);
	u32 bytes = (u32)span_len(text);
	bool at_end = e->cursor == e->line.used;

	if (bytes > EDITOR_LINE_BYTES - e->line.used) {
		text_add_u8(out, BELL);
		return;
	}
	span_copy(mspan_from(line, e->cursor + bytes), span_from(editor_text(e), e->cursor));
	span_copy(mspan_from(line, e->cursor), text);
	e->line.used += bytes;
	e->cursor += bytes;
	/* WHY: while one types at the end the terminal needs nothing but the text. */
	if (at_end && columns_of(editor_text(e)) < room(e))
		text_add_span(out, text);
	else
		editor_redraw(e, out);
}

static void erase(struct editor *e, u32 from, u32 to, bool keep, struct text *out)
{
	struct mspan line = MSPAN_OF_ARRAY(e->line.text);

	if (from == to)
		return;
	if (keep) {
		struct span erased = span_part(editor_text(e), from, to - from);

		span_copy(MSPAN_OF_ARRAY(e->erased.text), erased);
		e->erased.used = (u32)span_len(erased);
	}
	span_copy(mspan_from(line, from), span_from(editor_text(e), to));
	e->line.used -= to - from;
	e->cursor = from;
	editor_redraw(e, out);
}

static void move(struct editor *e, u32 to, struct text *out)
{
	if (to == e->cursor)
		return;
	e->cursor = to;
	editor_redraw(e, out);
}

static u32 word_before(const struct editor *e)
{
	u32 at = e->cursor;

	while (at > 0 && span_u8(editor_text(e), at - 1) == ' ')
		at--;
	while (at > 0 && span_u8(editor_text(e), at - 1) != ' ')
		at--;
	return at;
}

/* ---- history ---- */

static struct editor_line *history_at(struct editor *e, u32 back)
{
	return ELEM(e->history, (e->history_end + EDITOR_HISTORY - back) % EDITOR_HISTORY);
}

void editor_remember(struct editor *e, struct span line)
{
	struct editor_line *newest = history_at(e, 1);

	if (span_len(span_trim(line)) == 0 || span_len(line) > EDITOR_LINE_BYTES)
		return;
	if (e->history_count > 0 && span_equal(span_first(SPAN_OF_ARRAY(newest->text), newest->used), line))
		return;
	struct editor_line *slot = ELEM(e->history, e->history_end);

	span_copy(MSPAN_OF_ARRAY(slot->text), line);
	slot->used = (u32)span_len(line);
	e->history_end = (e->history_end + 1) % EDITOR_HISTORY;
	if (e->history_count < EDITOR_HISTORY)
		e->history_count++;
}

static void show_history(struct editor *e, u32 back, struct text *out)
{
	if (back > e->history_count) {
		text_add_u8(out, BELL);
		return;
	}
	if (e->back == 0)
		e->written = e->line;
	e->back = back;
	e->line = back == 0 ? e->written : *history_at(e, back);
	e->cursor = e->line.used;
	editor_redraw(e, out);
}

static void older(struct editor *e, struct text *out)
{
	show_history(e, e->back + 1, out);
}

static void newer(struct editor *e, struct text *out)
{
	if (e->back == 0)
		text_add_u8(out, BELL);
	else
		show_history(e, e->back - 1, out);
}

/* ---- keys ---- */

/* The last byte of a CSI or SS3 sequence. */
static void special_key(struct editor *e, u8 key, struct text *out)
{
	switch (key) {
	case 'A': older(e, out); break;
	case 'B': newer(e, out); break;
	case 'C': move(e, after(e, e->cursor), out); break;
	case 'D': move(e, before(e, e->cursor), out); break;
	case 'H': move(e, 0, out); break;
	case 'F': move(e, e->line.used, out); break;
	case '~':
		if (e->parameter == 1 || e->parameter == 7)
			move(e, 0, out);
		else if (e->parameter == 4 || e->parameter == 8)
			move(e, e->line.used, out);
		else if (e->parameter == 3)
			erase(e, e->cursor, after(e, e->cursor), false, out);
		break;
	default: break;
	}
}

/* True while the byte belongs to an escape sequence. */
static bool in_escape(struct editor *e, u8 byte, struct text *out)
{
	switch ((enum escape_state)e->escape) {
	case ESCAPE_NONE:
		if (byte != ESCAPE)
			return false;
		e->escape = ESCAPE_BEGUN;
		return true;
	case ESCAPE_BEGUN:
		e->parameter = 0;
		e->escape = byte == '[' ? ESCAPE_CSI : byte == 'O' ? ESCAPE_SS3 : ESCAPE_NONE;
		return true;
	case ESCAPE_CSI:
		if (ascii_is_digit(byte)) {
			e->parameter = (e->parameter * 10 + (byte - '0')) % 1000;
			return true;
		}
		if (byte >= 0x40 && byte <= 0x7e) {
			e->escape = ESCAPE_NONE;
			special_key(e, byte, out);
		}
		return true;
	case ESCAPE_SS3:
	default:
		e->escape = ESCAPE_NONE;
		special_key(e, byte, out);
		return true;
	}
}

static enum editor_event end_line(struct editor *e, struct text *out)
{
	e->cursor = e->line.used;
	text_add(out, "\r\n");
	return EDITOR_LINE;
}

static enum editor_event end_of_input(struct editor *e, struct text *out)
{
	if (e->line.used == 0)
		return EDITOR_END;
	erase(e, e->cursor, after(e, e->cursor), false, out);
	return EDITOR_NONE;
}

static enum editor_event plain_key(struct editor *e, u8 byte, struct text *out)
{
	u8 one[1] = { byte };

	switch (byte) {
	case CTRL_A: move(e, 0, out); break;
	case CTRL_B: move(e, before(e, e->cursor), out); break;
	case CTRL_C: text_add(out, "^C\r\n"); return EDITOR_INTERRUPT;
	case CTRL_D: return end_of_input(e, out);
	case CTRL_E: move(e, e->line.used, out); break;
	case CTRL_F: move(e, after(e, e->cursor), out); break;
	case CTRL_H:
	case DELETE: erase(e, before(e, e->cursor), e->cursor, false, out); break;
	case TAB: return EDITOR_COMPLETE;
	case RETURN:
	case NEWLINE: return end_line(e, out);
	case CTRL_K: erase(e, e->cursor, e->line.used, true, out); break;
	case CTRL_L:
		text_add(out, "\x1b[H\x1b[2J");
		editor_redraw(e, out);
		break;
	case CTRL_N: newer(e, out); break;
	case CTRL_P: older(e, out); break;
	case CTRL_U: erase(e, 0, e->cursor, true, out); break;
	case CTRL_W: erase(e, word_before(e), e->cursor, true, out); break;
	case CTRL_Y: editor_insert(e, span_first(SPAN_OF_ARRAY(e->erased.text), e->erased.used), out); break;
	default:
		if (byte >= 0x20)
			editor_insert(e, SPAN_OF_ARRAY(one), out);
		break;
	}
	return EDITOR_NONE;
}

enum editor_event editor_input(struct editor *e, u8 byte, struct text *out)
{
	bool second = e->after_return && byte == NEWLINE;

	e->after_return = byte == RETURN;
	if (second || in_escape(e, byte, out))
		return EDITOR_NONE;
	return plain_key(e, byte, out);
}
