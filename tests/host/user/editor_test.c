/* SPDX-License-Identifier: Apache-2.0
 *
 * The shell's line editor, seen as a person sees it: a small terminal shows what it sends.
 */
#include "tests/host/user/check.h"
#include "userspace/apps/shell/editor.h"

enum : u32 { COLUMNS = 80 };

static struct editor e;
static enum editor_event last;

/* One row of a terminal, of ASCII only. */
struct screen {
	u8 cell[COLUMNS + 1];
	u32 column;
	u32 bells;
	bool wrapped;     /* something was written beyond the row */
};

static struct screen screen;

static void screen_clear_to_end(void)
{
	for (u32 i = screen.column; i < COLUMNS; i++)
		*ELEM(screen.cell, i) = ' ';
}

static void screen_put(u8 byte)
{
	if (screen.column >= COLUMNS) {
		screen.wrapped = true;
		return;
	}
	*ELEM(screen.cell, screen.column) = byte;
	screen.column++;
}

/* Shows a CSI sequence that begins at `at` + 2; where it ends. */
static usize screen_sequence(struct span out, usize at)
{
	u64 number = 0;

	for (at += 2; ascii_is_digit(span_u8(out, at)); at++)
		number = number * 10 + span_u8(out, at) - '0';
	switch (span_u8(out, at)) {
	case 'K': screen_clear_to_end(); break;
	case 'C': screen.column += (u32)number; break;
	case 'H': screen.column = 0; break;
	case 'J':
		screen.column = 0;
		screen_clear_to_end();
		break;
	default: CHECK(false); break;
	}
	return at;
}

static void show(const struct text *t)
{
	struct span out = text_span(t);

	CHECK(!t->cut);
	for (usize i = 0; i < span_len(out); i++) {
		u8 byte = span_u8(out, i);

		if (byte == '\r')
			screen.column = 0;
		else if (byte == 27)
			i = screen_sequence(out, i);
		else if (byte == 7)
			screen.bells++;
		else if (byte == '\n')
			screen_clear_to_end();
		else
			screen_put(byte);
	}
}

static void prompt(void)
{
	TEXT_BUFFER(out, EDITOR_OUT_BYTES);

	screen = (struct screen){};
	screen_clear_to_end();
	editor_begin(&e, span_text("> "), &out);
	show(&out);
}

static void begin(void)
{
	e = (struct editor){};
	prompt();
}

static void type(struct span keys)
{
	for (usize i = 0; i < span_len(keys); i++) {
		TEXT_BUFFER(out, EDITOR_OUT_BYTES);

		last = editor_input(&e, span_u8(keys, i), &out);
		show(&out);
	}
}

#define TYPE(literal) type(span_text(literal))

static struct span row(void)
{
	usize end = COLUMNS;

	while (end > 0 && *ELEM(screen.cell, end - 1) == ' ')
		end--;
	return span_first(SPAN_OF_ARRAY(screen.cell), end);
}

static void typing_shows(void)
{
	begin();
	TYPE("ls /tmp");
	CHECK_TEXT("> ls /tmp", row());
	CHECK_NUMBER(9, screen.column);
	TYPE("\r");
	CHECK_NUMBER(EDITOR_LINE, last);
	CHECK_TEXT("ls /tmp", editor_text(&e));
}

static void arrows_move_and_insert(void)
{
	begin();
	TYPE("ac\x1b[Db");
	CHECK_TEXT("> abc", row());
	CHECK_NUMBER(4, screen.column);
	TYPE("\x1b[C\x1b[C\x1b[Cd\x1b[H0\x1b[F9\x1bOH<\x1b[4~>");
	CHECK_TEXT("> <0abcd9>", row());
}

static void control_keys(void)
{
	begin();
	TYPE("one two three\x01" "A\x05" "Z\x02\x02\x06!");
	CHECK_TEXT("> Aone two three!Z", row());
	CHECK_TEXT("Aone two three!Z", editor_text(&e));
	TYPE("\x0b");
	CHECK_TEXT("Aone two three!", editor_text(&e));
	TYPE("\x17");
	CHECK_TEXT("Aone two ", editor_text(&e));
	TYPE("\x17\x19\x19");
	CHECK_TEXT("Aone two two ", editor_text(&e));
	TYPE("\x15");
	CHECK_TEXT("", editor_text(&e));
	CHECK_TEXT(">", row());
}

static void erasing(void)
{
	begin();
	TYPE("abcd\x7f\x08");
	CHECK_TEXT("> ab", row());
	TYPE("\x01\x1b[3~");
	CHECK_TEXT("> b", row());
	TYPE("\x04");
	CHECK_TEXT(">", row());
	TYPE("\x7f\x7f");
	CHECK_TEXT(">", row());
}

static void end_and_interrupt(void)
{
	begin();
	TYPE("\x04");
	CHECK_NUMBER(EDITOR_END, last);
	begin();
	TYPE("abc\x03");
	CHECK_NUMBER(EDITOR_INTERRUPT, last);
	begin();
	TYPE("abc\t");
	CHECK_NUMBER(EDITOR_COMPLETE, last);
}

static void history_recalls(void)
{
	begin();
	editor_remember(&e, span_text("first"));
	editor_remember(&e, span_text("second"));
	editor_remember(&e, span_text("second"));
	editor_remember(&e, span_text("   "));
	prompt();
	TYPE("third\x1b[A");
	CHECK_TEXT("> second", row());
	TYPE("\x1b[A");
	CHECK_TEXT("> first", row());
	TYPE("\x1b[A");
	CHECK_NUMBER(1, screen.bells);
	CHECK_TEXT("> first", row());
	TYPE("\x1b[B\x1b[B");
	CHECK_TEXT("> third", row());
	TYPE("\x0e");
	CHECK_NUMBER(2, screen.bells);
	TYPE("\x10\r");
	CHECK_TEXT("second", editor_text(&e));
}

static void history_forgets_the_oldest(void)
{
	begin();
	for (u64 i = 0; i < EDITOR_HISTORY + 5; i++) {
		TEXT_BUFFER(line, 16);

		text_add_u64(&line, i);
		editor_remember(&e, text_span(&line));
	}
	for (u32 i = 0; i < EDITOR_HISTORY; i++)
		TYPE("\x10");
	CHECK_TEXT("5", editor_text(&e));
	TYPE("\x10");
	CHECK_TEXT("5", editor_text(&e));
	CHECK_NUMBER(1, screen.bells);
}

static void long_lines_scroll_sideways(void)
{
	begin();
	for (u32 i = 0; i < 20; i++)
		TYPE("0123456789");
	CHECK(!screen.wrapped);
	CHECK(screen.column < COLUMNS);
	TYPE("END");
	CHECK(span_ends_with(row(), span_text("789END")));
	TYPE("\x01");
	CHECK_NUMBER(2, screen.column);
	CHECK(span_starts_with(row(), span_text("> 01234567890123")));
	TYPE("\x05");
	CHECK(span_ends_with(row(), span_text("789END")));
	CHECK(!screen.wrapped);
	CHECK_NUMBER(203, span_len(editor_text(&e)));
}

static void full_line_rings(void)
{
	begin();
	for (u32 i = 0; i < EDITOR_LINE_BYTES; i++)
		TYPE("x");
	CHECK_NUMBER(0, screen.bells);
	TYPE("y");
	CHECK_NUMBER(1, screen.bells);
	CHECK_NUMBER(EDITOR_LINE_BYTES, span_len(editor_text(&e)));
}

static void characters_stay_whole(void)
{
	begin();
	TYPE("a\xc3\xa9" "b\x1b[D\x1b[D");
	CHECK_TEXT("a", editor_before_cursor(&e));
	TYPE("\x1b[C\x7f");
	CHECK_TEXT("ab", editor_text(&e));
}

static void return_and_newline_are_one(void)
{
	begin();
	TYPE("a\r");
	CHECK_NUMBER(EDITOR_LINE, last);
	prompt();
	TYPE("\n");
	CHECK_NUMBER(EDITOR_NONE, last);
	TYPE("b\n");
	CHECK_NUMBER(EDITOR_LINE, last);
	CHECK_TEXT("b", editor_text(&e));
}

static void completion_inserts_at_the_cursor(void)
{
	TEXT_BUFFER(out, EDITOR_OUT_BYTES);

	begin();
	TYPE("l /tmp\x1b[H\x1b[C");
	editor_insert(&e, span_text("s"), &out);
	show(&out);
	CHECK_TEXT("> ls /tmp", row());
	CHECK_NUMBER(4, screen.column);
}

/* Random keys: the row always shows the part of the line around the cursor, at the right place. */
static void any_keys(void)
{
	static const u8 keys[] = { 'a', 'b', ' ', 1, 2, 4, 5, 6, 8, 11, 14, 16, 21, 23, 25, 27, '[', 'A', 'B', 'C', 'D', '3',
		'~', 'x' };
	u64 random = 88172645463325252ull;

	begin();
	for (u32 i = 0; i < 200000; i++) {
		u8 key[1];

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		*ELEM(key, 0) = *ELEM(keys, random % ARRAY_LEN(keys));
		type(SPAN_OF_ARRAY(key));
		if (last == EDITOR_END)
			prompt();
		if (i % 97 == 0)
			editor_remember(&e, editor_text(&e));
		CHECK(e.cursor <= e.line.used && e.line.used <= EDITOR_LINE_BYTES);
		CHECK(!screen.wrapped && screen.column < COLUMNS);
		if (e.line.used < 70) {
			CHECK_NUMBER(2 + e.cursor, screen.column);
			CHECK(span_equal(span_part(SPAN_OF_ARRAY(screen.cell), 2, e.line.used), editor_text(&e)));
		}
	}
}

static const struct test tests[] = {
	{ "typing shows", typing_shows },
	{ "arrows move and insert", arrows_move_and_insert },
	{ "control keys", control_keys },
	{ "erasing", erasing },
	{ "end, interrupt and completion are told", end_and_interrupt },
	{ "history recalls", history_recalls },
	{ "history forgets the oldest", history_forgets_the_oldest },
	{ "long lines scroll sideways", long_lines_scroll_sideways },
	{ "a full line rings the bell", full_line_rings },
	{ "characters stay whole", characters_stay_whole },
	{ "return and newline are one", return_and_newline_are_one },
	{ "completion inserts at the cursor", completion_inserts_at_the_cursor },
	{ "any keys", any_keys },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
