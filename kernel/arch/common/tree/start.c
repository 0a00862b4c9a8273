/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting other processors. See start.h.
 */
#include "kernel/arch/common/tree/start.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/time.h"

enum : u64 { ANSWER_WAIT_NS = 1000000000, LOOK_NS = 1000000 };
enum : u32 { AWAITED, COMING, LEFT_OUT };

u32 start_cpu_count = 1;
static u32 newest;  /* of whom: the processor that was started last */
static u32 arrived; /* how many have */

u32 hal_cpu_count(void) { return start_cpu_count; }

/* WHY the timer: QEMU with -icount may let one processor alone run until the next timer event, so there is one soon. Interrupts
 * are off, and hal_cpus_start disarms it. */
static bool wait_until(u32 count, u64 until)
{
	u64 look = 0;

	while (atomic_load_acquire(&arrived) < count) {
		u64 now = hal_clock_ns();

		if (now > until)
			return false;
		if (now >= look)
			hal_timer_arm(look = now + LOOK_NS);
		hal_relax();
	}
	return true;
}

/* One that is seen to come is waited for without end; one that is not is told, should it come later. */
static bool wait_for(u32 count)
{
	return wait_until(count, hal_clock_ns() + ANSWER_WAIT_NS) ||
		(atomic_exchange(&newest, LEFT_OUT) == COMING && wait_until(count, U64_MAX));
}

/* WHY it asks before anything else: left out, no other processor knows of it, and none would wait for it or keep it out. */
void start_here(struct cpu *cpu)
{
	if (atomic_exchange(&newest, COMING) == LEFT_OUT)
		hal_halt();
	start_enter(cpu);
	(void)atomic_add(&arrived, 1u);
	core_start_secondary(cpu);
}

/* WHY none after the first that does not answer: it may still come, and use what the next one is given. */
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id))
{
	u32 running = 1;

	while (running < start_cpu_count) {
		struct cpu *cpu = cpu_at(running);

		cpu->arch.id = running;
		atomic_store(&newest, AWAITED);
		if (!start_processor(cpu) || !wait_for(running))
			break;
		running++;
	}
	hal_timer_arm(U64_MAX);
	start_cpu_count = running;
	return running;
}
