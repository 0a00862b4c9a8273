/* SPDX-License-Identifier: Apache-2.0
 *
 * The first version.
 */
#include "tests/guest/trial/version.h"

struct span trial_version(void) { return span_text("first"); }
