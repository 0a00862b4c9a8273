/* SPDX-License-Identifier: Apache-2.0
 *
 * Editing a line. In the ready ring the byte END marks the end of input.
 */
#include "userspace/services/console/discipline.h"

enum : u8 { INTERRUPT = 3, END = 4, BELL = 7, BACKSPACE = 8, KILL_LINE = 21, DELETE = 127 };

static bool make_ready(struct discipline *d, u8 byte)
{
	if (d->count == DISCIPLINE_READY_BYTES)
		return false;
	d->ready[(d->first + d->count) % DISCIPLINE_READY_BYTES] = byte;
	d->count++;
	return true;
}

/* Moves the edited line to the ready ring. False, and nothing moved, if it does not fit. */
static bool finish_line(struct discipline *d)
{
	if (d->line_used > DISCIPLINE_READY_BYTES - d->count)
		return false;
	for (u32 i = 0; i < d->line_used; i++)
		make_ready(d, d->line[bounded(i, DISCIPLINE_LINE_BYTES)]);
	d->line_used = 0;
	return true;
}

void discipline_set_raw(struct discipline *d, bool raw)
{
	if (raw && !d->raw && !finish_line(d))
		d->line_used = 0;
	d->raw = raw;
}

/* Control characters but the tab are shown as ^ and a letter, so that they do not act on the screen. They
 * are kept: what is typed ahead of a program that reads keys, an arrow say, still means that. */
static bool shown_with_caret(u8 byte)
{
	return byte < 0x20 && byte != '\t';
}

/* Removes the last character: all bytes of it (UTF-8: a first byte and bytes 10xxxxxx). Tells the columns
 * that it took. */
static u32 forget_character(struct discipline *d)
{
	do {
		d->line_used--;
	} while (d->line_used > 0 && (d->line[bounded(d->line_used, DISCIPLINE_LINE_BYTES)] & 0xc0) == 0x80);
	return shown_with_caret(d->line[bounded(d->line_used, DISCIPLINE_LINE_BYTES)]) ? 2 : 1;
}

static void erase_character(struct discipline *d, struct text *echo)
{
	if (d->line_used == 0)
		return;
	for (u32 columns = forget_character(d); columns > 0; columns--)
		text_add(echo, "\b \b");
}

/* Back to where the line began, then the rest of the screen's line is cleared (SPEC: ECMA-48 8.3.41 EL). */
static void erase_line(struct discipline *d, struct text *echo)
{
	if (d->line_used == 0)
		return;
	while (d->line_used > 0)
		for (u32 columns = forget_character(d); columns > 0; columns--)
			text_add(echo, "\b");
	text_add(echo, "\x1b[K");
}

static void add_character(struct discipline *d, u8 byte, struct text *echo)
{
	/* WHY one byte less: room for the end of the line. */
	if (d->line_used >= DISCIPLINE_LINE_BYTES - 1) {
		text_add_u8(echo, BELL);
		return;
	}
	d->line[bounded(d->line_used, DISCIPLINE_LINE_BYTES)] = byte;
	d->line_used++;
	if (shown_with_caret(byte)) {
		text_add_u8(echo, '^');
		byte += 0x40;
	}
	text_add_u8(echo, byte);
}

static void end_line(struct discipline *d, struct text *echo)
{
	d->line[bounded(d->line_used, DISCIPLINE_LINE_BYTES)] = '\n';
	d->line_used++;
	if (finish_line(d)) {
		text_add(echo, "\r\n");
	} else {
		d->line_used--;
		text_add_u8(echo, BELL);
	}
}

static void end_input(struct discipline *d, struct text *echo)
{
	bool fits = d->line_used > 0 ? finish_line(d) : make_ready(d, END);

	if (!fits)
		text_add_u8(echo, BELL);
}

static void interrupt(struct discipline *d, struct text *echo)
{
	d->line_used = 0;
	text_add(echo, "^C\r\n");
}

static bool edit(struct discipline *d, u8 byte, struct text *echo)
{
	bool second = d->after_return && byte == '\n';

	d->after_return = byte == '\r';
	switch (byte) {
	case '\r': end_line(d, echo); break;
	case '\n':
		if (!second)
			end_line(d, echo);
		break;
	case BACKSPACE:
	case DELETE: erase_character(d, echo); break;
	case KILL_LINE: erase_line(d, echo); break;
	case END: end_input(d, echo); break;
	case INTERRUPT: interrupt(d, echo); return true;
	default:
		add_character(d, byte, echo);
		break;
	}
	return false;
}

bool discipline_input(struct discipline *d, u8 byte, struct text *echo)
{
	if (!d->raw)
		return edit(d, byte, echo);
	if (!make_ready(d, byte))
		text_add_u8(echo, BELL);
	return false;
}

u64 discipline_peek(const struct discipline *d, struct mspan to, bool *end_of_input)
{
	u64 taken = 0;

	*end_of_input = false;
	while (taken < d->count && taken < mspan_len(to)) {
		u8 byte = d->ready[(d->first + taken) % DISCIPLINE_READY_BYTES];

		if (byte == END && !d->raw) {
			*end_of_input = taken == 0;
			break;
		}
		mspan_put_u8(to, taken, byte);
		taken++;
		if (byte == '\n' && !d->raw)
			break;
	}
	return taken;
}

void discipline_drop(struct discipline *d, u64 bytes, bool end_of_input)
{
	u32 gone = (u32)min_u64(bytes + end_of_input, d->count);

	d->first = (d->first + gone) % DISCIPLINE_READY_BYTES;
	d->count -= gone;
}
