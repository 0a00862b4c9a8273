/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing an operation, and arguments for it, by the contract's grammar.
 */
#ifndef TESTS_FUZZ_GUEST_ARGUMENT_H
#define TESTS_FUZZ_GUEST_ARGUMENT_H

#include "tests/fuzz/guest/program.h"

void random_op(struct op *op);

/* Chooses one of its arguments anew, or a word of its data. */
void random_argument(struct op *op);

#endif
