/* SPDX-License-Identifier: Apache-2.0
 *
 * Several clients of one driver, served in turn where there is not room for all they ask. A round asks each once, in a circle
 * that begins behind the last one that was given something: so none waits for ever.
 */
#ifndef LIB_RING_TURNS_H
#define LIB_RING_TURNS_H

#include "lib/base/span.h"

/* Gives a party as much as there is room for. `some`: it was given anything. False: it has more. */
typedef bool turns_serve(u32 party, bool *some);

/* Of `count` parties, at most 32, those whose bits are set. `turn` is the one that begins, and is moved. Those that have more. */
static inline u32 turns_round(u32 *turn, u32 count, u32 parties, turns_serve *serve)
{
	u32 begin = *turn, more = 0;

	for (u32 i = 0; i < count; i++) {
		u32 party = begin + i < count ? begin + i : begin + i - count;
		bool some = false;

		if ((parties >> party & 1) == 0)
			continue;
		if (!serve(party, &some))
			more |= 1u << party;
		if (some)
			*turn = party + 1 < count ? party + 1 : 0;
	}
	return more;
}

#endif
