/* SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers from a seed.
 * SPEC: xorshift64*, Vigna, An experimental exploration of Marsaglia's xorshift generators.
 */
#ifndef TESTS_FUZZ_GUEST_RANDOM_H
#define TESTS_FUZZ_GUEST_RANDOM_H

#include "lib/base/safe.h"

void random_seed(u64 seed);
u64 draw(void);
static inline u64 draw_below(u64 bound) { return draw() % bound; }
static inline bool one_in(u64 n) { return draw_below(n) == 0; }

#endif
