/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: clock and timer; implements kernel/hal/time.h.
 *
 * Conversions are multiplications by numbers with 32 fraction bits, never divisions.
 */
#include "kernel/arch/x86/common/clock.h"
#include "hal_arch/switch.h"
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/arch/x86/common/reference.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/time.h"

enum : u64 {
	WINDOW_NS = 100000,        /* the least time measured */
	WINDOW_MAX_NS = 10000000,  /* the most, if reading the reference takes long */
	PRECISION = 4096,          /* window over uncertainty that is good enough */
	TIMER_WINDOW_NS = 20000,   /* for the timer alone */
	TIMER_MAX_NS = 1ull << 38, /* longest time set in one go */
	WINDOW_POLLS = 20000000,   /* gives up on a reference that stopped */
	GUESS_HZ = 1000000000,     /* with no reference at all */
};

enum : u32 { FIRST_TRIES = 16 /* the first readings are slow */, TRIES = 4 };

u64 x86_entry_tsc;
u64 x86_ns_per_tick;
static u64 ticks_per_ns;
static u64 timer_per_ns;   /* timer ticks */
static u64 boot_ns;

static FORCE_INLINE u64 scale(u64 value, u64 factor)
{
	return (u64)((unsigned __int128)value * factor >> 32);
}

u64 hal_clock_ns(void)
{
	return hal_clock_here(&hal_this_cpu()->arch);
}

u64 hal_boot_ns(void) { return boot_ns; }

void clock_wait_ns(u64 ns)
{
	u64 until = x86_read_tsc() + scale(ns, ticks_per_ns);

	while (x86_read_tsc() < until)
		hal_relax();
}

/* ---- calibration ---- */

/* One look at all three counters. */
struct look { u64 tsc, width, reference; u32 timer; };

/* Reading a device may be held up, by a hypervisor most of all: the narrowest of several counts. */
static struct look look(const struct reference *reference, u32 tries)
{
	struct look best = { .width = U64_MAX };

	for (u32 i = 0; i < tries; i++) {
		u64 before = x86_read_tsc();
		u32 timer = apic_timer_left();
		u64 value = reference->read();
		u64 after = x86_read_tsc();

		if (after - before < best.width)
			best = (struct look){ .tsc = before + (after - before) / 2, .width = after - before,
					      .reference = value, .timer = timer };
	}
	return best;
}

/* Longest window: 10 ms are 10^13 fs, and no product here passes 64 bits. */
static u64 elapsed_ns(const struct reference *reference, const struct look *from, const struct look *to)
{
	return ((to->reference - from->reference) & reference->mask) * reference->period_fs / 1000000;
}

static bool good_enough(const struct reference *reference, const struct look *from, const struct look *to)
{
	u64 ns = elapsed_ns(reference, from, to);
	u64 tick_ns = reference->period_fs / 1000000 + 1;

	if (ns >= WINDOW_MAX_NS)
		return true;
	return ns >= WINDOW_NS && (to->tsc - from->tsc) / PRECISION >= from->width + to->width &&
	       ns / PRECISION >= tick_ns / 2;
}

/* WHY: counters run at whole numbers of 10 MHz more often than not, and the measurement is no
 * better than PRECISION: if such a number is that near, it is the better guess. In kHz. */
static u64 round_khz(u64 khz)
{
	u64 whole = (khz + 5000) / 10000 * 10000;
	u64 off = whole > khz ? whole - khz : khz - whole;

	return off * PRECISION <= khz ? whole : khz;
}

static void set_tsc_hz(u64 hz)
{
	x86_ns_per_tick = (1000000000ull << 32) / hz;
	ticks_per_ns = (hz / 1000 << 32) / 1000000;
}

static bool measure(const struct reference *reference)
{
	struct look from = look(reference, FIRST_TRIES), to = from;

	for (u64 i = 0; !good_enough(reference, &from, &to); i++) {
		if (i == WINDOW_POLLS)
			return false;
		hal_relax();
		to = look(reference, TRIES);
	}
	u64 ns = elapsed_ns(reference, &from, &to);
	u64 ticks = to.tsc - from.tsc;

	u64 khz = round_khz(ticks * 1000000 / max_u64(ns, 1));
	u64 timer_khz = round_khz((u64)(from.timer - to.timer) * 1000000 / max_u64(ns, 1));

	if (khz < 1000 || ticks >> 40 != 0)
		return false;
	set_tsc_hz(khz * 1000);
	timer_per_ns = (timer_khz << 32) / 1000000;
	return true;
}

/* The counter's frequency is known, the timer's is not. */
static void measure_timer(void)
{
	u64 from = x86_read_tsc();
	u32 timer = apic_timer_left();

	clock_wait_ns(TIMER_WINDOW_NS);
	u32 passed = timer - apic_timer_left();
	u64 ns = scale(x86_read_tsc() - from, x86_ns_per_tick);

	timer_per_ns = ((u64)passed << 32) / max_u64(ns, 1);
}

void clock_calibrate(const struct boot_info *info)
{
	apic_timer_count(U32_MAX);
	if (x86_features.tsc_hz >= 1000000) {
		set_tsc_hz(x86_features.tsc_hz);
		measure_timer();
	} else {
		struct reference reference = reference_find(&x86_platform.acpi);

		if (reference.read == nullptr || !measure(&reference)) {
			set_tsc_hz(GUESS_HZ);
			measure_timer();
		}
	}
	apic_timer_count(0);
	if (info->entry_ticks != 0 && info->entry_ticks < x86_entry_tsc)
		boot_ns = scale(x86_entry_tsc - info->entry_ticks, x86_ns_per_tick);
}

/* ---- timer ---- */

static void start_timer(u64 at_ns)
{
	u64 now = hal_clock_ns();
	u64 ns = at_ns > now ? min_u64(at_ns - now, TIMER_MAX_NS) : 0;

	if (x86_features.tsc_deadline)
		apic_timer_at_tsc(x86_read_tsc() + scale(ns, ticks_per_ns) + 1);
	else
		apic_timer_count((u32)min_u64(scale(ns, timer_per_ns) + 1, U32_MAX));
}

void hal_timer_arm(u64 at_ns)
{
	hal_this_cpu()->arch.timer_at = at_ns;
	if (at_ns != U64_MAX)
		start_timer(at_ns);
	else if (x86_features.tsc_deadline)
		apic_timer_at_tsc(0);
	else
		apic_timer_count(0);
}

bool clock_timer_fired(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (cpu->timer_at == U64_MAX)
		return false;
	if (hal_clock_ns() < cpu->timer_at) {
		start_timer(cpu->timer_at);
		return false;
	}
	cpu->timer_at = U64_MAX;
	return true;
}
