/* SPDX-License-Identifier: Apache-2.0
 *
 * All floating point registers of the architecture, as bits; in arch/NAME/floats.S. C code here uses none.
 */
#ifndef TESTS_CONFORM_FLOATS_H
#define TESTS_CONFORM_FLOATS_H

#include "lib/base/safe.h"

/* Register n becomes seed + n. */
void floats_fill(u64 seed);

/* The bits in which any register n differs from seed + n * step. */
u64 floats_differ(u64 seed, u64 step);

#endif
