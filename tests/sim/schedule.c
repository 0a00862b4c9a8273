/* SPDX-License-Identifier: Apache-2.0
 *
 * Which processor goes on, and how far.
 *
 * Each that takes part has a rank, and the one with the highest goes on until it has left the kernel. A small
 * number of times in a burst it is stopped on the way and gets the lowest rank. SPEC: Burckhardt et al., A
 * Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010: most bugs need few switches,
 * at the right places. How far to the next switch is drawn so that all orders of magnitude are as likely,
 * because windows are often a few accesses wide.
 */
#include "kernel/core/cpu/cpu.h"
#include "tests/sim/sim.h"

enum : u32 { ENTRIES_MAX = 3, SWITCHES_MAX = 10, DISTANCE_BITS = 12, NOBODY = U32_MAX };
enum : u32 { WAITS_MAX = 10000, PEEK_EVERY = 8 };

struct turn {
	bool takes_part;
	u32 entries;      /* still to be made */
	u64 rank;
};

static struct burst {
	bool under_way;
	u32 switches;     /* still to be made */
	u32 waits;        /* in a row */
	u64 lowest;       /* below all ranks given */
	struct turn turn[FAKE_CPUS_MAX];
} burst;

static void join(u32 cpu, u32 entries)
{
	*ELEM(burst.turn, cpu) = (struct turn){ .takes_part = true, .entries = entries, .rank = 1000000 + sim_random(1000000) };
}

static bool has_turn(u32 cpu)
{
	const struct turn *turn = ELEM(burst.turn, cpu);

	return turn->takes_part && (fake_is_inside(cpu) || turn->entries > 0);
}

static u32 next_cpu(void)
{
	u32 best = NOBODY;

	for (u32 cpu = 0; cpu < sim.cpus; cpu++)
		if (has_turn(cpu) && (best == NOBODY || burst.turn[cpu].rank > burst.turn[best].rank))
			best = cpu;
	return best;
}

static void demote(u32 cpu)
{
	ELEM(burst.turn, cpu)->rank = burst.lowest;
	burst.lowest--;
}

/* Switch points until it has to stand still; 0: it need not. */
static u64 distance(void)
{
	if (burst.switches == 0)
		return 0;
	return 1 + sim_random(1ull << sim_random(DISTANCE_BITS));
}

static void go(u32 cpu)
{
	fake_tell(sim_telling());
	fake_go(cpu, distance());
	if (!fake_is_inside(cpu)) {
		sim_tell(cpu, span_text("has left the kernel"), span_text(""));
		burst.waits = 0;
		return;
	}
	demote(cpu);
	sim.points++;
	if (fake_is_waiting(cpu)) {
		sim_tell(cpu, span_text("waits"), span_text(""));
		burst.waits++;
		INVARIANT(burst.waits < WAITS_MAX, "INV-DEADLOCK: processors in the kernel wait for each other");
		return;
	}
	sim_tell(cpu, span_text("stands still there"), span_text(""));
	burst.waits = 0;
	burst.switches--;
	if (burst.switches % PEEK_EVERY == 0)
		sim_check_unlocked();
}

static void run_burst(void)
{
	u32 cpu;

	burst.under_way = true;
	burst.switches = (u32)sim_random(SWITCHES_MAX);
	if (sim_one_in(8))
		burst.switches *= 20;
	burst.waits = 0;
	burst.lowest = 1000000;
	while ((cpu = next_cpu()) != NOBODY) {
		if (!fake_is_inside(cpu)) {
			ELEM(burst.turn, cpu)->entries--;
			sim_act(cpu);
		}
		if (fake_is_inside(cpu))
			go(cpu);
	}
	burst.under_way = false;
}

static void invite_others(void)
{
	for (u32 cpu = 0; cpu < sim.cpus; cpu++)
		if (!burst.turn[cpu].takes_part && (sim.cpus <= 4 || sim_one_in(2)))
			join(cpu, 1 + (u32)sim_random(ENTRIES_MAX));
}

static void nobody_takes_part(void)
{
	for (u32 cpu = 0; cpu < FAKE_CPUS_MAX; cpu++)
		burst.turn[cpu] = (struct turn){};
	sim.burst++;
}

void sim_burst(void)
{
	nobody_takes_part();
	invite_others();
	run_burst();
}

void sim_run(u32 cpu)
{
	if (burst.under_way)
		return; /* it has been made to enter by run_burst, which lets it go on */
	nobody_takes_part();
	join(cpu, 0);
	if (sim.mingle && cpu_at(cpu)->current == world_init()->thread)
		invite_others();
	run_burst();
}
