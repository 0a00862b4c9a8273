/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting and printing. Uses write(2) only, so that no text needs a terminator.
 */
#include "tests/host/user/check.h"
#include "lib/base/text.h"
#include <stdlib.h>
#include <unistd.h>

static u64 passed, failed;
static bool failing;

static void put(const struct text *line)
{
UNSAFE_BEGIN("SAFETY: write(2) reads the bytes of the view, whose length it is given");
	if (write(1, text_span(line).raw_p, span_len(text_span(line))) < 0)
		abort();
UNSAFE_END();
}

static void begin_failure(struct text *line, struct span what)
{
	failing = true;
	text_add(line, "  ");
	text_add_span(line, what);
	text_add(line, ": expected ");
}

void check_text(struct span what, struct span expected, struct span found)
{
	TEXT_BUFFER(line, 4096);

	if (span_equal(expected, found))
		return;
	begin_failure(&line, what);
	text_add_quoted(&line, expected);
	text_add(&line, ", found ");
	text_add_quoted(&line, found);
	text_add(&line, "\n");
	put(&line);
}

void check_number(struct span what, u64 expected, u64 found)
{
	TEXT_BUFFER(line, 1024);

	if (expected == found)
		return;
	begin_failure(&line, what);
	text_add_u64(&line, expected);
	text_add(&line, ", found ");
	text_add_u64(&line, found);
	text_add(&line, "\n");
	put(&line);
}

void check_run(const struct test *test)
{
	TEXT_BUFFER(line, 128);

	failing = false;
	test->run();
	failed += failing;
	passed += !failing;
	text_add_span(&line, failing ? span_text("FAIL ") : span_text("ok "));
	text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(test->name)));
	text_add(&line, "\n");
	put(&line);
}

int check_finish(void)
{
	TEXT_BUFFER(line, 64);

	text_add_u64(&line, passed);
	text_add(&line, " passed, ");
	text_add_u64(&line, failed);
	text_add(&line, " failed\n");
	put(&line);
	return failed == 0 ? 0 : 1;
}
