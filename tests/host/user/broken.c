/* SPDX-License-Identifier: Apache-2.0
 *
 * A broken invariant, for tests of parts that do not link the runtime, which has its own.
 */
#include "lib/base/safe.h"
#include <stdio.h>
#include <stdlib.h>

void invariant_broken(const char *name)
{
	(void)fputs("invariant broken: ", stdout);
	(void)puts(name);
	abort();
}
