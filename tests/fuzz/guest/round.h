/* SPDX-License-Identifier: Apache-2.0
 *
 * Running a program once: in a group of its own, which is destroyed afterwards; then nothing may be left of it.
 */
#ifndef TESTS_FUZZ_GUEST_ROUND_H
#define TESTS_FUZZ_GUEST_ROUND_H

#include "tests/fuzz/guest/program.h"
#include "abi/errors.h"

/* All rounds together. */
struct totals {
	u64 rounds, calls, cut_short, not_begun;
	u64 made[OPERATIONS];
	u64 ended[OPERATIONS][STATUSES];
};

[[nodiscard]] enum status round_open(u64 key);

/* False if something was left: what is in `left` (zero-terminated). */
[[nodiscard]] bool round_run(const struct program *program, struct totals *totals);

/* What was left of the last round, as the end of a sentence. */
struct text;
void round_add_left(struct text *text);

#endif
