/* SPDX-License-Identifier: Apache-2.0
 *
 * Placeholder of a part.
 */
#include "tests/host/kernel/tests.h"

void namespace_tests(void) { }
