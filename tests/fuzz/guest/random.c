/* SPDX-License-Identifier: Apache-2.0
 *
 * See random.h.
 */
#include "tests/fuzz/guest/random.h"

static u64 state = 1;

u64 draw(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dull) >> 8;
}

void random_seed(u64 seed)
{
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	for (u32 i = 0; i < 8; i++)
		(void)draw();
}
