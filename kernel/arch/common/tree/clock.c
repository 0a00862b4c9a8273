/* SPDX-License-Identifier: Apache-2.0
 *
 * Clock and timer; implements kernel/hal/time.h. See clock.h.
 *
 * Conversions are multiplications by numbers with 32 fraction bits, never divisions.
 */
#include "kernel/arch/common/tree/clock.h"
#include "hal_arch/counter.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/time.h"

enum : u64 { GUESS_HZ = 62500000, HZ_MIN = 1000000, NS_MAX = 1ull << 62 };

u64 clock_entry_ticks;
static u64 ns_per_tick, ticks_per_ns;  /* 32 fraction bits */
static u64 boot_ns;

static FORCE_INLINE u64 scale(u64 value, u64 factor)
{
	return (u64)((unsigned __int128)value * factor >> 32);
}

/* Who should tell the frequency may have forgotten. */
void clock_start(const struct boot_info *info, u64 hz)
{
	if (hz < HZ_MIN || hz > U32_MAX)
		hz = GUESS_HZ;
	ns_per_tick = (1000000000ull << 32) / hz;
	ticks_per_ns = (hz << 32) / 1000000000ull;
	if (info->entry_ticks != 0 && info->entry_ticks < clock_entry_ticks)
		boot_ns = scale(clock_entry_ticks - info->entry_ticks, ns_per_tick);
}

u64 hal_clock_ns(void) { return scale(counter_ticks() - clock_entry_ticks, ns_per_tick); }
u64 hal_boot_ns(void) { return boot_ns; }

/* One tick late rather than early: then the time is reached when the interrupt comes. */
void hal_timer_arm(u64 at_ns)
{
	hal_this_cpu()->arch.timer_at = at_ns;
	if (at_ns == U64_MAX)
		counter_no_alarm();
	else
		counter_alarm(clock_entry_ticks + scale(min_u64(at_ns, NS_MAX), ticks_per_ns) + 1);
}

bool clock_timer_fired(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u64 at_ns = cpu->timer_at;

	counter_no_alarm();
	if (at_ns == U64_MAX)
		return false;
	/* Rounding of the two factors may make it early after years. */
	if (hal_clock_ns() < at_ns) {
		hal_timer_arm(at_ns);
		return false;
	}
	cpu->timer_at = U64_MAX;
	return true;
}
