/* SPDX-License-Identifier: Apache-2.0
 *
 * The next version.
 */
#include "tests/guest/trial/version.h"

struct span trial_version(void) { return span_text("next"); }
