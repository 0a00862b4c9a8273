/* SPDX-License-Identifier: Apache-2.0
 *
 * Making programs and changing them, by the grammar that tools/gen makes of abi/ (abi/fuzz_table.h).
 */
#ifndef TESTS_FUZZ_GUEST_GROW_H
#define TESTS_FUZZ_GUEST_GROW_H

#include "tests/fuzz/guest/program.h"

/* A new one. */
void grow_program(struct program *out);

/* Changes one a little, with parts of another. */
void grow_change(struct program *program, const struct program *other);

#endif
