/* SPDX-License-Identifier: Apache-2.0
 *
 * A minimal test harness of the host: CHECK counts, a test is a function of its own.
 */
#ifndef TESTS_HOST_LIB_CHECK_H
#define TESTS_HOST_LIB_CHECK_H

#include "lib/base/span.h"

struct test {
	const char *name;
	void (*run)(void);
};

void check_that(bool good, const char *what, const char *file, int line);
#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Runs `count` tests, prints failures and the line `N passed, N failed`; 0 if all passed. */
int check_run(const struct test *tests, usize count);

#endif
