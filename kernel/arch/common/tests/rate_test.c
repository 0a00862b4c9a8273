/* SPDX-License-Identifier: Apache-2.0
 *
 * An alarm is never early and hardly late, however long the counter has run.
 */
#include "kernel/arch/common/rate.h"
#include "lib/elf/tests/report.h"

enum : u64 { SECOND = 1000000000, DAY = 86400 * SECOND };

static const u64 frequencies[] = { 1000000, 3000000, 10000000, 19200000, 24000000, 62500000, 1000000000, 4000000000 };
static const u64 waits[] = { 1, 99, 100, 101, 12345, 1000000, 10000000, 3 * SECOND, 3600 * SECOND };
static const u64 uptimes[] = { 0, 1, SECOND, 3600 * SECOND, DAY, 1000 * DAY };

static u64 now_after(u64 hz, u64 uptime_ns) { return (u64)((unsigned __int128)uptime_ns * hz / SECOND); }

/* How late an alarm is, as the clock shows it; U64_MAX: it is early. */
static u64 lateness(const struct rate *rate, u64 now, u64 at_ns)
{
	u64 then_ns = rate_ns(rate, rate_alarm(rate, now, at_ns));

	return then_ns >= at_ns ? then_ns - at_ns : U64_MAX;
}

static void alarms_are_in_time(struct report *report)
{
	bool early = false, late = false;

	for (u32 f = 0; f < ARRAY_LEN(frequencies); f++)
		for (u32 u = 0; u < ARRAY_LEN(uptimes); u++)
			for (u32 w = 0; w < ARRAY_LEN(waits); w++) {
				u64 hz = *ELEM(frequencies, f), wait = *ELEM(waits, w);
				struct rate rate = rate_of(hz);
				u64 now = now_after(hz, *ELEM(uptimes, u));
				u64 found = lateness(&rate, now, rate_ns(&rate, now) + wait);

				early = early || found == U64_MAX;
				/* Two ticks, and what rounding the rate makes of the wait. */
				late = late || found > 2 * SECOND / hz + 2 + wait / 1000000;
			}
	report_case(report, span_text("no alarm is early"), !early);
	report_case(report, span_text("no alarm is late by more than two ticks and a millionth of the wait"), !late);
}

int main(void)
{
	struct report report = {};
	struct rate rate = rate_of(10000000), fast = rate_of(RATE_HZ_MAX);

	alarms_are_in_time(&report);
	report_case(&report, span_text("what is past is due now"), rate_alarm(&rate, 1000, 5) == 1000);
	report_case(&report, span_text("a time far off does not wrap"), rate_alarm(&rate, 1000, U64_MAX - 1) > 1ull << 50);
	report_case(&report, span_text("nor with the fastest counter"), rate_alarm(&fast, 1ull << 40, U64_MAX - 1) > 1ull << 60);
	return report_end(&report);
}
