/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting and reporting for the host tests of lib/elf and boot/common: a failed case prints its
 * name; the last line is `N passed, N failed'.
 */
#ifndef LIB_ELF_TESTS_REPORT_H
#define LIB_ELF_TESTS_REPORT_H

#include "lib/base/text.h"

struct report {
	u32 passed, failed;
};

/* Counts one case; `name` says the behaviour that was to be seen. */
void report_case(struct report *report, struct span name, bool ok);

/* Prints the totals; the result is the program's exit status. */
int report_end(const struct report *report);

#endif
