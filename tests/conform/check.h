/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectations. A test is a function; what it expects and does not find is printed with the
 * expression, and the test has then failed.
 */
#ifndef TESTS_CONFORM_CHECK_H
#define TESTS_CONFORM_CHECK_H

#include "lib/base/text.h"
#include "abi/errors.h"

typedef void test_function(void);

struct test {
	char name[64];
	test_function *run;
};

void check_status(struct span expression, u64 expected, u64 found);
void check_number(struct span expression, u64 expected, u64 found);
void check_true(struct span expression, bool found);
void check_text(struct span expected, struct span found);

#define EXPECT(status, expression) check_status(span_text(#expression), (status), (expression))
#define EXPECT_OK(expression) EXPECT(STATUS_OK, expression)
#define EXPECT_NUMBER(number, expression) check_number(span_text(#expression), (number), (expression))
#define EXPECT_TRUE(expression) check_true(span_text(#expression), (expression))

/* For tests that are made from tables: the name tells what is tested now. */
void check_begin(struct span name);
void check_end(void);

/* Runs the tests whose name contains the filter. */
#define RUN_TESTS(tests, filter) \
	do { \
		for (u32 run_index = 0; run_index < ARRAY_LEN(tests); run_index++) \
			check_run(ELEM(tests, run_index), (filter)); \
	} while (0)
void check_run(const struct test *test, struct span filter);

/* Prints the totals; the exit status. */
u64 check_finish(void);

#endif
