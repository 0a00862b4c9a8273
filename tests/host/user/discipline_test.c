/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's line discipline.
 */
#include "tests/host/user/check.h"
#include "userspace/services/console/discipline.h"

static struct discipline d;
static u8 echoed[65536];
static usize echoed_used;
static u32 interrupts;

static void begin(void)
{
	d = (struct discipline){};
	echoed_used = 0;
	interrupts = 0;
}

static void type(struct span keys)
{
	for (usize i = 0; i < span_len(keys); i++) {
		TEXT_BUFFER(echo, DISCIPLINE_ECHO_MAX);

		interrupts += discipline_input(&d, span_u8(keys, i), &echo);
		CHECK(!echo.cut);
		span_copy(mspan_from(MSPAN_OF_ARRAY(echoed), echoed_used), text_span(&echo));
		echoed_used += echo.used;
	}
}

#define TYPE(literal) type(span_text(literal))

static struct span echo(void)
{
	return span_first(SPAN_OF_ARRAY(echoed), echoed_used);
}

/* What one read of at most `most` bytes gets. */
static u8 read_bytes[4096];
static bool read_end;

static struct span read(u64 most)
{
	u64 count = discipline_peek(&d, mspan_first(MSPAN_OF_ARRAY(read_bytes), most), &read_end);

	discipline_drop(&d, count, read_end);
	return span_first(SPAN_OF_ARRAY(read_bytes), count);
}

static void line_is_ready_when_complete(void)
{
	begin();
	TYPE("hello");
	CHECK(!discipline_has(&d));
	TYPE("\r");
	CHECK_TEXT("hello\r\n", echo());
	CHECK_TEXT("hello\n", read(100));
	CHECK(!discipline_has(&d));
}

static void return_and_newline_are_one(void)
{
	begin();
	TYPE("a\r\nb\n\n");
	CHECK_TEXT("a\n", read(100));
	CHECK_TEXT("b\n", read(100));
	CHECK_TEXT("\n", read(100));
	CHECK(!discipline_has(&d));
}

static void backspace_erases(void)
{
	begin();
	TYPE("ab\x7f\x08\x08" "cd\n");
	CHECK_TEXT("ab\b \b\b \bcd\r\n", echo());
	CHECK_TEXT("cd\n", read(100));
}

static void backspace_erases_whole_characters(void)
{
	begin();
	TYPE("x\xc3\xa9\xe2\x82\xac\x7f\x7f\n");
	CHECK_TEXT("x\n", read(100));
	CHECK_TEXT("x\xc3\xa9\xe2\x82\xac\b \b\b \b\r\n", echo());
}

static void kill_erases_the_line(void)
{
	begin();
	TYPE("abc\x15xy\n");
	CHECK_TEXT("abc\b\b\b\x1b[Kxy\r\n", echo());
	CHECK_TEXT("xy\n", read(100));
}

static void interrupt_forgets_the_line(void)
{
	begin();
	TYPE("abc\x03xy\n");
	CHECK_NUMBER(1, interrupts);
	CHECK_TEXT("abc^C\r\nxy\r\n", echo());
	CHECK_TEXT("xy\n", read(100));
}

static void end_of_input(void)
{
	begin();
	TYPE("\x04");
	CHECK(discipline_has(&d));
	CHECK_TEXT("", read(100));
	CHECK(read_end);
	CHECK(!discipline_has(&d));
	TYPE("abc\x04");
	CHECK_TEXT("abc", read(100));
	CHECK(!read_end);
	TYPE("\x04\x04");
	CHECK_TEXT("", read(100));
	CHECK_TEXT("", read(100));
	CHECK(!discipline_has(&d));
}

static void short_reads_get_the_line_in_pieces(void)
{
	begin();
	TYPE("abcdef\nxy\n");
	CHECK_TEXT("abc", read(3));
	CHECK_TEXT("def\n", read(100));
	CHECK_TEXT("x", read(1));
	CHECK_TEXT("y\n", read(100));
}

static void nothing_is_taken_by_looking(void)
{
	bool end;
	u8 to[16];

	begin();
	TYPE("abc\n");
	CHECK_NUMBER(4, discipline_peek(&d, MSPAN_OF_ARRAY(to), &end));
	CHECK_NUMBER(4, discipline_peek(&d, MSPAN_OF_ARRAY(to), &end));
	CHECK_TEXT("abc\n", read(100));
}

static void bytes_come_raw(void)
{
	begin();
	discipline_set_raw(&d, true);
	TYPE("a\x03\x04\r\x7f");
	CHECK_TEXT("", echo());
	CHECK_NUMBER(0, interrupts);
	CHECK_TEXT("a\x03\x04\r\x7f", read(100));
}

static void typed_ahead_goes_to_raw(void)
{
	begin();
	TYPE("ls\nps");
	discipline_set_raw(&d, true);
	CHECK_TEXT("ls\nps", read(100));
}

static void long_line_rings_the_bell(void)
{
	begin();
	for (u32 i = 0; i < DISCIPLINE_LINE_BYTES - 1; i++)
		TYPE("x");
	echoed_used = 0;
	TYPE("y");
	CHECK_TEXT("\a", echo());
	TYPE("\n");
	CHECK_NUMBER(DISCIPLINE_LINE_BYTES, span_len(read(4096)));
}

static void full_input_loses_no_line(void)
{
	u32 lines = 0;

	begin();
	for (u32 i = 0; i < 1000; i++)
		TYPE("0123456\n");
	while (discipline_has(&d)) {
		struct span line = read(4096);

		lines++;
		if (lines <= 256)
			CHECK_TEXT("0123456\n", line);
	}
	CHECK_NUMBER(DISCIPLINE_READY_BYTES / 8, lines);
	/* What did not fit is still being edited. */
	TYPE("\x15ok\n");
	CHECK_TEXT("ok\n", read(100));
}

/* As it happens when keys are pressed while a command ends and the shell takes the terminal again. */
static void control_characters_are_kept_for_who_reads_keys(void)
{
	begin();
	TYPE("a\x1b[A\n");
	CHECK_TEXT("a\x1b[A\n", read(100));
}

static void a_control_character_is_shown_with_a_caret_and_erased_as_two(void)
{
	begin();
	TYPE("\x1b");
	CHECK_TEXT("^[", echo());
	TYPE("\x7f");
	CHECK_TEXT("^[\b \b\b \b", echo());
}

static const struct test tests[] = {
	{ "a line is ready when it is complete", line_is_ready_when_complete },
	{ "return and newline are one", return_and_newline_are_one },
	{ "backspace erases", backspace_erases },
	{ "backspace erases whole characters", backspace_erases_whole_characters },
	{ "^U erases the line", kill_erases_the_line },
	{ "^C forgets the line", interrupt_forgets_the_line },
	{ "^D ends the input", end_of_input },
	{ "short reads get the line in pieces", short_reads_get_the_line_in_pieces },
	{ "nothing is taken by looking", nothing_is_taken_by_looking },
	{ "raw bytes come as they are", bytes_come_raw },
	{ "what was typed ahead goes to raw readers", typed_ahead_goes_to_raw },
	{ "a line that is too long rings the bell", long_line_rings_the_bell },
	{ "full input loses no line that was echoed", full_input_loses_no_line },
	{ "control characters are kept for who reads keys", control_characters_are_kept_for_who_reads_keys },
	{ "control characters take two columns",
	  a_control_character_is_shown_with_a_caret_and_erased_as_two },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
