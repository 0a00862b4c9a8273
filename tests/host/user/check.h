/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectations of the tests in this folder.
 */
#ifndef TESTS_HOST_USER_CHECK_H
#define TESTS_HOST_USER_CHECK_H

#include "lib/base/span.h"

typedef void test_function(void);

struct test {
	char name[56];
	test_function *run;
};

/* Prints what was expected and found unless the two are equal. */
void check_text(struct span what, struct span expected, struct span found);
void check_number(struct span what, u64 expected, u64 found);

#define CHECK_TEXT(literal, expression) check_text(span_text(#expression), span_text(literal), (expression))
#define CHECK_NUMBER(number, expression) check_number(span_text(#expression), (number), (expression))
#define CHECK(expression) check_number(span_text(#expression), 1, (expression) ? 1 : 0)

void check_run(const struct test *test);
#define RUN_TESTS(tests) \
	do { \
		for (usize run_index = 0; run_index < ARRAY_LEN(tests); run_index++) \
			check_run(ELEM(tests, run_index)); \
	} while (0)

/* Prints `N passed, N failed`; the exit status. */
int check_finish(void);

#endif
