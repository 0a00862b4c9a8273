/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the host test of boot/common.
 */
#ifndef BOOT_COMMON_TESTS_TESTS_H
#define BOOT_COMMON_TESTS_TESTS_H

#include "lib/elf/tests/report.h"

void bundle_tests(struct report *report);
void take_tests(struct report *report);
void map_tests(struct report *report);
void nodes_tests(struct report *report);
void space_tests(struct report *report);
void tree_tests(struct report *report);

/* The next number of a sequence that is the same in every run. */
static inline u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

#endif
