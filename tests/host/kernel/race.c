/* SPDX-License-Identifier: Apache-2.0
 *
 * Holding one entry while others go on. See race.h.
 */
#include "tests/host/kernel/race.h"

enum : u32 { NOBODY = U32_MAX };
/* More waiting in a row than this is a circle; an entry with fewer points than that was not the one meant. */
enum : u64 { WAITS_MAX = 100000, POINTS_MIN = 20 };

static u32 held = NOBODY; /* NOBODY: none is to be */
static u32 kept = NOBODY;
static bool armed;       /* its next entry is the one */
static bool stood;       /* it had as many points */
static u64 points;       /* as many as these at a time */
static u64 point;        /* the loop's, from 1 */

/* ---- going on ---- */

static void held_goes_on(u64 by)
{
	if (held != NOBODY && fake_is_inside(held))
		fake_go(held, by);
}

static void run_to_the_end(u32 cpu)
{
	for (u64 waits = 0; fake_is_inside(cpu); waits++) {
		fake_go(cpu, 0);
		if (!fake_is_inside(cpu))
			return;
		INVARIANT(waits < WAITS_MAX, "INV-DEADLOCK: processors in the kernel wait for each other");
		held_goes_on(1);
	}
}

static void run(u32 cpu)
{
	if (!armed || cpu != held) {
		run_to_the_end(cpu);
		return;
	}
	armed = false;
	fake_go(cpu, points);
	stood = fake_is_inside(cpu);
}

void race_hold_every(u32 cpu, u64 by)
{
	held = cpu;
	armed = true;
	points = by;
	fake_run_with(run);
}

bool race_step(void)
{
	held_goes_on(points);
	return fake_is_inside(held);
}

void race_hold(u32 cpu) { race_hold_every(cpu, point); }

void race_keep(void)
{
	kept = held;
	held = NOBODY;
}

void race_finish_kept(void)
{
	run_to_the_end(kept);
	kept = NOBODY;
}

void race_go_on(void)
{
	u32 cpu = held;

	INVARIANT(!armed, "TEST: the entry that was to be held was not made");
	held = NOBODY;
	if (fake_is_inside(cpu))
		fake_go(cpu, 0);
	INVARIANT(!fake_is_inside(cpu), "INV-FAKE-SPIN: a lock was left taken");
	fake_run_with(nullptr);
	fake_settle();
}

/* ---- all points ---- */

void race_begin(void)
{
	point = 0;
	stood = true;
}

bool race_next(void)
{
	if (point > 0)
		world_end();
	bool more = stood && !report_failing();

	if (!more && point <= POINTS_MIN && !report_failing())
		FAIL("the entry has switch points");
	if (point > 0)
		world_begin();
	point++;
	return more;
}
