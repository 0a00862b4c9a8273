/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps the kernel busy for long: system calls on much of something, and the end of big things.
 */
#ifndef TESTS_CONFORM_LONG_CALLS_H
#define TESTS_CONFORM_LONG_CALLS_H

#include "lib/base/safe.h"

enum : u32 { LONG_CALLS = 13 };

/* Makes what they work on. Complains and is false if there is too little of something. */
bool long_calls_begin(void);

/* What number `index` does, and its name. May be run any number of times, by one thread. */
void long_call(u32 index);
const char *long_call_name(u32 index);

#endif
