/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that once failed, or that show something worth showing.
 */
#ifndef TESTS_MODEL_KNOWN_H
#define TESTS_MODEL_KNOWN_H

#include "tests/model/program.h"

u32 known_count(void);
struct program known_program(u32 number);

#endif
