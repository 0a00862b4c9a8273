/* SPDX-License-Identifier: Apache-2.0
 *
 * What the model says against what the core's state is.
 */
#ifndef TESTS_MODEL_COMPARE_H
#define TESTS_MODEL_COMPARE_H

#include "tests/host/kernel/world.h"
#include "tests/model/model.h"

/* The threads, by the model's numbers. */
extern struct user machine_user[THREADS];

/* Takes the capabilities that there are at first into the model. */
void compare_begin(void);

/* False: something differs. */
bool compare_order(void);
bool compare_all(void);

#endif
