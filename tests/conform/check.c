/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting and printing.
 */
#include "tests/conform/check.h"
#include "lib/9p/print.h"
#include "abi/names.h"

struct state {
	u32 passed, failed;
	bool failing;      /* the present test has failed */
	char name[80];
};

static struct state state;

void check_begin(struct span name)
{
	mspan_set_text(MSPAN_OF_ARRAY(state.name), name);
	state.failing = false;
}

void check_end(void)
{
	if (state.failing) {
		state.failed++;
		return;
	}
	state.passed++;
	print("ok ");
	print_span(span_until_zero(SPAN_OF_ARRAY(state.name)));
	print("\n");
}

static void begin_failure(struct text *line, struct span expression)
{
	state.failing = true;
	text_add(line, "FAIL ");
	text_add_span(line, span_until_zero(SPAN_OF_ARRAY(state.name)));
	text_add(line, ": ");
	text_add_span(line, span_first(expression, 160));
	text_add(line, ": expected ");
}

void check_status(struct span expression, u64 expected, u64 found)
{
	TEXT_BUFFER(line, 400);

	if (expected == found)
		return;
	begin_failure(&line, expression);
	text_add_cstr(&line, status_name((u32)expected));
	text_add(&line, ", found ");
	if (found <= U32_MAX)
		text_add_cstr(&line, status_name((u32)found));
	else
		text_add_hex(&line, found);
	text_add(&line, "\n");
	print_text(&line);
}

void check_number(struct span expression, u64 expected, u64 found)
{
	TEXT_BUFFER(line, 400);

	if (expected == found)
		return;
	begin_failure(&line, expression);
	text_add_hex(&line, expected);
	text_add(&line, ", found ");
	text_add_hex(&line, found);
	text_add(&line, "\n");
	print_text(&line);
}

void check_true(struct span expression, bool found)
{
	TEXT_BUFFER(line, 400);

	if (found)
		return;
	begin_failure(&line, expression);
	text_add(&line, "true, found false\n");
	print_text(&line);
}

void check_text(struct span expected, struct span found)
{
	TEXT_BUFFER(line, 400);

	if (span_equal(expected, found))
		return;
	begin_failure(&line, span_text("text"));
	text_add_quoted(&line, expected);
	text_add(&line, ", found ");
	text_add_quoted(&line, found);
	text_add(&line, "\n");
	print_text(&line);
}

void check_run(const struct test *test, struct span filter)
{
	struct span name = span_until_zero(SPAN_OF_ARRAY(test->name));

	if (span_len(filter) > 0 && span_find_text(name, filter) == span_len(name))
		return;
	check_begin(name);
	test->run();
	check_end();
}

u64 check_finish(void)
{
	TEXT_BUFFER(line, 64);

	text_add_u64(&line, state.passed);
	text_add(&line, " passed, ");
	text_add_u64(&line, state.failed);
	text_add(&line, " failed\n");
	print_text(&line);
	print_flush();
	return state.failed == 0 ? 0 : 1;
}
