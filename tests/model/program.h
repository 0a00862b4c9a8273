/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs: short sequences of operations, made from a seed or written down. What an operation does depends on
 * who runs when it comes to it and on what that one holds, so that any part of a program is a program too.
 */
#ifndef TESTS_MODEL_PROGRAM_H
#define TESTS_MODEL_PROGRAM_H

#include "lib/base/text.h"
#include "lib/base/safe.h"

enum : u32 { PROGRAM_MAX = 160 };

/* Which call, then numbers that choose among capabilities and values. */
struct operation {
	u8 call, a, b, c, d;
};

struct program {
	u32 count;
	struct operation at[PROGRAM_MAX];
};

void program_random(struct program *program, u64 seed);

/* Runs it in both, step by step. False: they differ. `steps` is increased by what was compared. */
bool program_run(const struct program *program, u64 *steps);

/* Says what the operation at this place did when it ran last. */
void program_describe(const struct program *program, u32 place, struct text *text);

#endif
