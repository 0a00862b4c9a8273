/* SPDX-License-Identifier: Apache-2.0
 *
 * A loop whose number of instructions is known.
 */
#ifndef TESTS_BENCH_PROGRAM_RAW_LOOP_H
#define TESTS_BENCH_PROGRAM_RAW_LOOP_H

#include "lib/base/safe.h"

/* Runs 2 * turns instructions, and a handful around them. */
void scale_loop(u64 turns);

#endif
