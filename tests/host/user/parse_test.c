/* SPDX-License-Identifier: Apache-2.0
 *
 * The shell's language.
 */
#include "tests/host/user/check.h"
#include "userspace/apps/shell/parse.h"

static struct pipeline p;
static const struct parse_values values = { .status = 7, .background = 42, .self = 9 };

static enum parse_problem check(struct span line)
{
	return parse_check(line, &p);
}

/* The pipelines of a line as one text: words in [], | between commands, the join after each. */
static u8 shown_bytes[4096];

static void show_redirections(struct text *out, const struct command *c)
{
	if (c->has_input) {
		text_add(out, "<");
		text_add_span(out, word_span(&p, c->input));
	}
	if (c->has_output) {
		text_add_span(out, c->append ? span_text(">>") : span_text(">"));
		text_add_span(out, word_span(&p, c->output));
	}
}

static void show_pipeline(struct text *out)
{
	static const u8 joins[] = { '.', ';', 'a', 'o', '&' };

	for (u32 i = 0; i < p.commands; i++) {
		const struct command *c = ELEM(p.command, i);

		if (i > 0)
			text_add(out, "|");
		for (u32 w = 0; w < c->words; w++) {
			text_add(out, "[");
			text_add_span(out, command_word(&p, c, w));
			text_add(out, "]");
		}
		show_redirections(out, c);
	}
	text_add_u8(out, *ELEM(joins, p.join));
}

static struct span shown(struct span line)
{
	struct text out = text_on(MSPAN_OF_ARRAY(shown_bytes));

	while (span_len(line) > 0) {
		enum parse_problem problem = parse_pipeline(&line, &values, &p);

		if (problem != PARSE_OK) {
			text_add(&out, "!");
			text_add_u64(&out, problem);
			break;
		}
		show_pipeline(&out);
	}
	return text_span(&out);
}

#define SHOWN(literal) shown(span_text(literal))
#define PROBLEM(literal) check(span_text(literal))

static void words_are_split(void)
{
	CHECK_TEXT("[ls][-l][/tmp].", SHOWN("  ls -l\t/tmp "));
	CHECK_TEXT(".", SHOWN("   "));
	CHECK_TEXT("", SHOWN(""));
}

static void quotes_keep_text_together(void)
{
	CHECK_TEXT("[echo][a b][c;d|e].", SHOWN("echo 'a b' \"c;d|e\""));
	CHECK_TEXT("[echo][ab$?c].", SHOWN("echo a'b$?c'"));
	CHECK_TEXT("[echo][].", SHOWN("echo ''"));
	CHECK_TEXT("[echo][a\"b\\c$].", SHOWN("echo \"a\\\"b\\\\c\\$\""));
	CHECK_TEXT("[echo][a b][;].", SHOWN("echo a\\ b \\;"));
	CHECK_TEXT("[a'b].", SHOWN("\"a'b\""));
}

static void values_are_put_in(void)
{
	CHECK_TEXT("[echo][7][42][9][$x][$].", SHOWN("echo $? $! $$ $x $"));
	CHECK_TEXT("[echo][is 7!].", SHOWN("echo \"is $?!\""));
}

static void joins_are_told(void)
{
	CHECK_TEXT("[a];[b]a[c]o[d]&[e].", SHOWN("a; b && c||d & e"));
	CHECK_TEXT("[a];[b];;", SHOWN("a\nb\n\n"));
	CHECK_TEXT("[a]&", SHOWN("a&"));
}

static void pipelines_and_redirections(void)
{
	CHECK_TEXT("[a][1]|[b]|[c]>f.", SHOWN("a 1 | b|c > f"));
	CHECK_TEXT("[a]<in>>out.", SHOWN("a <in >>out"));
	CHECK_TEXT("[a][b]<x y>z.", SHOWN("a <'x y' b >z"));
}

static void comments_end_the_line(void)
{
	CHECK_TEXT("[echo][a];[b#c].", SHOWN("echo a # not this ; nor this\nb#c"));
	CHECK_TEXT(".", SHOWN("# all of it"));
}

static void mistakes_are_named(void)
{
	CHECK_NUMBER(PARSE_OK, PROBLEM("a; b && c | d > e &"));
	CHECK_NUMBER(PARSE_OK, PROBLEM("a;"));
	CHECK_NUMBER(PARSE_OPEN_QUOTE, PROBLEM("echo 'a"));
	CHECK_NUMBER(PARSE_OPEN_QUOTE, PROBLEM("a; echo \"b"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("| a"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("a |"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("a | | b"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("a &&"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("a || "));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("&& a"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("; a"));
	CHECK_NUMBER(PARSE_NO_COMMAND, PROBLEM("> f"));
	CHECK_NUMBER(PARSE_NO_FILE, PROBLEM("a >"));
	CHECK_NUMBER(PARSE_NO_FILE, PROBLEM("a > | b"));
	CHECK_NUMBER(PARSE_TWO_FILES, PROBLEM("a > b > c"));
	CHECK_NUMBER(PARSE_TWO_FILES, PROBLEM("a < b < c"));
}

static void sizes_are_bounded(void)
{
	u8 bytes[8192];
	struct text line = text_on(MSPAN_OF_ARRAY(bytes));

	for (u32 i = 0; i < PARSE_WORDS_MAX; i++)
		text_add(&line, "w ");
	CHECK_NUMBER(PARSE_OK, check(text_span(&line)));
	text_add(&line, "w");
	CHECK_NUMBER(PARSE_TOO_MANY_WORDS, check(text_span(&line)));
	text_clear(&line);
	text_add(&line, "a");
	for (u32 i = 1; i < PARSE_COMMANDS_MAX; i++)
		text_add(&line, "|a");
	CHECK_NUMBER(PARSE_OK, check(text_span(&line)));
	text_add(&line, "|a");
	CHECK_NUMBER(PARSE_TOO_MANY_COMMANDS, check(text_span(&line)));
	text_clear(&line);
	text_add_repeated(&line, 'x', PARSE_TEXT_BYTES);
	CHECK_NUMBER(PARSE_OK, check(text_span(&line)));
	text_add(&line, "x");
	CHECK_NUMBER(PARSE_TOO_LONG, check(text_span(&line)));
}

/* Every short line over the interesting characters ends with an answer, and never outside its buffers. */
static void any_line_ends(void)
{
	static const u8 alphabet[] = { 'a', ' ', '\'', '"', '\\', '$', '?', '|', '&', ';', '<', '>', '#', '\n' };
	u64 combinations = 1;
	u64 accepted = 0;

	for (u32 i = 0; i < 5; i++)
		combinations *= ARRAY_LEN(alphabet);
	for (u64 n = 0; n < combinations; n++) {
		u8 line[5];
		u64 rest = n;

		for (u32 i = 0; i < 5; i++) {
			*ELEM(line, i) = *ELEM(alphabet, rest % ARRAY_LEN(alphabet));
			rest /= ARRAY_LEN(alphabet);
		}
		accepted += check(SPAN_OF_ARRAY(line)) == PARSE_OK;
	}
	CHECK(accepted > 1000 && accepted < combinations);
}

static const struct test tests[] = {
	{ "words are split", words_are_split },
	{ "quotes keep text together", quotes_keep_text_together },
	{ "values are put in", values_are_put_in },
	{ "joins are told", joins_are_told },
	{ "pipelines and redirections", pipelines_and_redirections },
	{ "comments end with the line", comments_end_the_line },
	{ "mistakes are named", mistakes_are_named },
	{ "sizes are bounded", sizes_are_bounded },
	{ "any line ends", any_line_ends },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
