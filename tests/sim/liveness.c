/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is forgotten: whatever waits for a processor's attention while it is outside the kernel has an
 * interrupt or a timer on its way. This is what a lost wake-up breaks.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/sched/activity.h"
#include "tests/sim/sim.h"

static bool timer_is_set(u32 cpu) { return fake_timer_at(cpu) != U64_MAX; }

static bool something_better(const struct cpu *cpu)
{
	return cpu->queue.highest != NO_PRIORITY && cpu->queue.highest > cpu->current->activity->priority &&
		(cpu->attention & ATTEND_INHERIT) == 0; /* it goes on with that first */
}

static void check_running(const struct cpu *cpu)
{
	bool told = fake_ipi_pending(cpu->id);

	INVARIANT(told || thread_told(cpu->current) == 0, "INV-FLAGS: a thread that is to stop runs, and nobody tells its processor");
	INVARIANT(told || !something_better(cpu), "INV-PRIORITY: a better thread waits, and nobody tells its processor");
	INVARIANT(told || cpu->queue.count == 0 || timer_is_set(cpu->id), "INV-SLICE: a thread waits and no slice ends");
}

static void check_idle(const struct cpu *cpu)
{
	bool told = fake_ipi_pending(cpu->id);

	INVARIANT(cpu->idle != 0, "INV-IDLE: it idles and does not say so");
	INVARIANT(told || cpu->queue.count == 0, "INV-WAKE: a thread is ready where nobody looks");
	INVARIANT(told || (cpu->attention & ATTEND_WORK) == 0 || timer_is_set(cpu->id), "INV-WORK: dead objects are left lying");
}

static void check_alarms(const struct cpu *cpu)
{
	const struct tree_node *first = tree_first(&cpu->timers.alarms);

	INVARIANT(first == nullptr || fake_timer_at(cpu->id) <= first->key, "INV-TIMER: no timer is set for an alarm");
}

void sim_check_liveness(void)
{
	for (u32 id = 0; id < cpu_count(); id++) {
		const struct cpu *cpu = cpu_at(id);

		if (fake_is_idle(id))
			check_idle(cpu);
		else
			check_running(cpu);
		check_alarms(cpu);
	}
}
