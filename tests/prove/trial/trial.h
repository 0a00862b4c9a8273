/* SPDX-License-Identifier: Apache-2.0
 *
 * The vocabulary of proofs for a trial: the harness is compiled for this machine and run with random values, small ones
 * more often than others. ASSUME begins anew, PROVE ends in failure. See tools/prove/trial.py.
 */
#ifndef TESTS_PROVE_TRIAL_TRIAL_H
#define TESTS_PROVE_TRIAL_TRIAL_H

void trial_assert(_Bool holds, const char *text, const char *file, int line);
void trial_assume(_Bool holds);
void trial_fill(void *at, unsigned long bytes);
void *trial_malloc(unsigned long bytes);

#define __CPROVER_assert(holds, text) trial_assert((holds), (text), __FILE__, __LINE__)
#define __CPROVER_assume(holds) trial_assume(holds)
#include "tests/prove/include/prove.h"

#undef NEW
#define NEW(type) ((type *)trial_malloc(sizeof(type)))
#define malloc trial_malloc
#undef ANY
#define ANY(type) ({ type trial_any; trial_fill(&trial_any, sizeof(trial_any)); trial_any; })

#endif
