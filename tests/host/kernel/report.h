/* SPDX-License-Identifier: Apache-2.0
 *
 * Running tests, counting them, saying what went wrong. A test is a function named by the behaviour it
 * shows; it fails if one of its expectations does.
 */
#ifndef TESTS_HOST_KERNEL_REPORT_H
#define TESTS_HOST_KERNEL_REPORT_H

#include "lib/base/text.h"

/* Runs one test in a world of its own (world.h), which must be as empty afterwards as before. */
#define RUN(test) report_run(#test, test)
void report_run(const char *name, void (*test)(void));

/* Names what the expectations from now on belong to. */
void report_begin(const char *name);

/* Prints the totals; the result is the program's exit status. */
int report_end(void);
/* True if an expectation of the present test has failed. */
bool report_failing(void);

/* Reached only if what the text says is not so. */
#define FAIL(text) report_expect(false, text, __FILE_NAME__, __LINE__)
#define EXPECT(condition) report_expect((condition), #condition, __FILE_NAME__, __LINE__)
#define EXPECT_EQ(found, expected) report_equal((found), (expected), #found, __FILE_NAME__, __LINE__)
/* For a status: both are printed by name. */
#define EXPECT_STATUS(found, expected) report_status((found), (expected), #found, __FILE_NAME__, __LINE__)

void report_expect(bool ok, const char *what, const char *file, u32 line);
void report_equal(u64 found, u64 expected, const char *what, const char *file, u32 line);
void report_status(u64 found, u64 expected, const char *what, const char *file, u32 line);

/* The next number of a sequence that is the same in every run. */
static inline u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

#endif
