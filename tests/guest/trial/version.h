/* SPDX-License-Identifier: Apache-2.0
 *
 * Which version of the program it is: the only difference between the two.
 */
#ifndef TESTS_GUEST_TRIAL_VERSION_H
#define TESTS_GUEST_TRIAL_VERSION_H

#include "lib/base/span.h"

struct span trial_version(void);

#endif
