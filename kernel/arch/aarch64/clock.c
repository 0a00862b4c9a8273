/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: clock and timer; implements kernel/hal/time.h. All processors count alike.
 * SPEC: Arm ARM (DDI 0487), D12 "The Generic Timer in AArch64 state".
 *
 * Conversions are multiplications by numbers with 32 fraction bits, never divisions.
 */
#include "kernel/arch/aarch64/clock.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/time.h"

enum : u64 { GUESS_HZ = 62500000, HZ_MIN = 1000000, TIMER_ON = 1, NS_MAX = 1ull << 62 };

u64 aarch64_entry_ticks;
static u64 ns_per_tick, ticks_per_ns;  /* 32 fraction bits */
static u64 boot_ns;

static FORCE_INLINE u64 scale(u64 value, u64 factor)
{
	return (u64)((unsigned __int128)value * factor >> 32);
}

/* WHY the barrier: the counter may be read ahead of what stands before (SPEC: Arm ARM, D12.1.2). */
static FORCE_INLINE u64 ticks(void)
{
	aarch64_isb();
	return SYSTEM_READ(cntvct_el0);
}

/* Firmware tells the frequency; a processor whose firmware forgot it says 0. */
void clock_start(const struct boot_info *info)
{
	u64 hz = SYSTEM_READ(cntfrq_el0) & U32_MAX;

	if (hz < HZ_MIN)
		hz = GUESS_HZ;
	ns_per_tick = (1000000000ull << 32) / hz;
	ticks_per_ns = (hz << 32) / 1000000000ull;
	if (info->entry_ticks != 0 && info->entry_ticks < aarch64_entry_ticks)
		boot_ns = scale(aarch64_entry_ticks - info->entry_ticks, ns_per_tick);
}

u64 hal_clock_ns(void) { return scale(ticks() - aarch64_entry_ticks, ns_per_tick); }
u64 hal_boot_ns(void) { return boot_ns; }

/* One tick late rather than early: then the time is reached when the interrupt comes. */
void hal_timer_arm(u64 at_ns)
{
	hal_this_cpu()->arch.timer_at = at_ns;
	if (at_ns == U64_MAX) {
		SYSTEM_WRITE(cntv_ctl_el0, 0);
		return;
	}
	SYSTEM_WRITE(cntv_cval_el0, aarch64_entry_ticks + scale(min_u64(at_ns, NS_MAX), ticks_per_ns) + 1);
	SYSTEM_WRITE(cntv_ctl_el0, TIMER_ON);
}

bool clock_timer_fired(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u64 at_ns = cpu->timer_at;

	SYSTEM_WRITE(cntv_ctl_el0, 0);
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
