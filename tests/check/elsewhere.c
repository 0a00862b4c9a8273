/* SPDX-License-Identifier: Apache-2.0
 *
 * Defines what pointers.c only declares: one struct is STABLE here, the other is not.
 */
#include "lib/base/safe.h"

struct STABLE defined_elsewhere { u32 v; };
struct unknown { u32 v; };

#include "tests/check/elsewhere.h"

u32 elsewhere(const struct defined_elsewhere *d, const struct unknown *u)
{
	return d->v + u->v;
}

u32 same_name(u32 n)
{
	return calls_same_name(n);
}
