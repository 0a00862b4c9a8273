/* SPDX-License-Identifier: Apache-2.0
 *
 * Clock and timer; implements kernel/hal/time.h. See clock.h.
 */
#include "kernel/arch/common/tree/clock.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/time.h"

enum : u64 { GUESS_HZ = 62500000 };

u64 clock_entry_ticks;
struct rate clock_rate;
static u64 boot_ns;

/* Who should tell the frequency may have forgotten. */
void clock_start(const struct boot_info *info, u64 hz)
{
	clock_rate = rate_of(hz < RATE_HZ_MIN || hz > RATE_HZ_MAX ? GUESS_HZ : hz);
	if (info->entry_ticks != 0 && info->entry_ticks < clock_entry_ticks)
		boot_ns = rate_ns(&clock_rate, clock_entry_ticks - info->entry_ticks);
}

u64 hal_clock_ns(void) { return clock_ns(); }
u64 hal_boot_ns(void) { return boot_ns; }

void hal_timer_arm(u64 at_ns)
{
	hal_this_cpu()->arch.timer_at = at_ns;
	if (at_ns == U64_MAX)
		counter_no_alarm();
	else
		counter_alarm(clock_entry_ticks + rate_alarm(&clock_rate, counter_ticks() - clock_entry_ticks, at_ns));
}

bool clock_timer_fired(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u64 at_ns = cpu->timer_at;

	counter_no_alarm();
	if (at_ns == U64_MAX)
		return false;
	/* It was armed for less than there is now. */
	if (hal_clock_ns() < at_ns) {
		hal_timer_arm(at_ns);
		return false;
	}
	cpu->timer_at = U64_MAX;
	return true;
}
