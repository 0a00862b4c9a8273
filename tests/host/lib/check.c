/* SPDX-License-Identifier: Apache-2.0
 *
 * The test harness.
 */
#include "tests/host/lib/check.h"
#include <stdio.h>
#include <stdlib.h>

static usize failed_checks;

void check_that(bool good, const char *what, const char *file, int line)
{
	if (good)
		return;
	failed_checks++;
	printf("%s:%d: expected %s\n", file, line, what);
}

void invariant_broken(const char *name)
{
	printf("invariant broken: %s\n", name);
	abort();
}

int check_run(const struct test *tests, usize count)
{
	usize failed = 0;

	for (usize i = 0; i < count; i++) {
		failed_checks = 0;
		tests[i].run();
		if (failed_checks != 0) {
			printf("FAIL %s\n", tests[i].name);
			failed++;
		}
	}
	printf("%zu passed, %zu failed\n", count - failed, failed);
	return failed == 0 ? 0 : 1;
}
