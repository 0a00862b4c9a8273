/* SPDX-License-Identifier: Apache-2.0
 *
 * All floating point and vector registers that a thread has, with all their bits, as words of 64 bits; in
 * arch/NAME/floats.S. C code here uses none.
 */
#ifndef TESTS_CONFORM_FLOATS_H
#define TESTS_CONFORM_FLOATS_H

#include "lib/base/safe.h"

/* Word n of the registers becomes seed + n. */
void floats_fill(u64 seed);

/* The bits in which any word n differs from seed + n * step. */
u64 floats_differ(u64 seed, u64 step);

/* The control registers become what the low 16 bits of the seed say, as far as they can: floats_control from now on. Seeds
 * that differ in the low five bits differ in every control register. */
[[nodiscard]] u64 floats_control_fill(u64 seed);

/* All control registers; and what a new thread has in them. */
u64 floats_control(void);
u64 floats_control_new(void);

#endif
