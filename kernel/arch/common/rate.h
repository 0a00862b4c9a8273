/* SPDX-License-Identifier: Apache-2.0
 *
 * Nanoseconds and ticks of a counter: multiplications by numbers with 32 fraction bits, never divisions. The
 * numbers are rounded, so an error grows with what is converted: times to come are reckoned from now.
 */
#ifndef KERNEL_ARCH_COMMON_RATE_H
#define KERNEL_ARCH_COMMON_RATE_H

#include "lib/base/safe.h"

struct rate { u64 ns_per_tick, ticks_per_ns; };

enum : u64 { RATE_HZ_MIN = 1000000, RATE_HZ_MAX = U32_MAX, RATE_WAIT_MAX_NS = 1ull << 60 };

/* hz from RATE_HZ_MIN to RATE_HZ_MAX. */
static inline struct rate rate_of(u64 hz)
{
	return (struct rate){ (1000000000ull << 32) / hz, (hz << 32) / 1000000000ull + 1 };
}

static FORCE_INLINE u64 rate_scale(u64 value, u64 factor)
{
	return (u64)((unsigned __int128)value * factor >> 32);
}

static FORCE_INLINE u64 rate_ns(const struct rate *rate, u64 ticks) { return rate_scale(ticks, rate->ns_per_tick); }

/* The ticks at which the time is reached, not before; `now' if it is in the past. */
static FORCE_INLINE u64 rate_alarm(const struct rate *rate, u64 now, u64 at_ns)
{
	u64 now_ns = rate_ns(rate, now);

	if (at_ns <= now_ns)
		return now;
	return now + rate_scale(min_u64(at_ns - now_ns, RATE_WAIT_MAX_NS), rate->ticks_per_ns) + 1;
}

#endif
