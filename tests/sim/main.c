/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the simulator: SEED=n STEPS=n for one run, otherwise several seeds for a bounded time. Each run is
 * a process of its own, because the kernel under test has static state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/core/sched/activity.h"
#include "lib/base/text.h"
#include "tests/host/kernel/report.h"
#include "tests/sim/sim.h"

enum : u64 { STEPS_DEFAULT = 20000, SECONDS_MAX = 18, SEEDS_MAX = 40 };
enum : u32 { CHECK_EVERY = 32, DIRECT_EVERY = 300 };

struct sim sim;

u64 sim_random(u64 below) { return next_random(&sim.random) % below; }

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)putchar(span_u8(text, i));
	(void)fflush(stdout);
}

static u64 from_environment(const char *name, u64 otherwise)
{
	u64 value = 0;

	return span_parse_u64(span_of_cstr(getenv(name)), &value) ? value : otherwise;
}

/* ---- one run ---- */

static void pass_time(void)
{
	u64 ns = sim_one_in(50) ? sim_random(2 * SLICE_NS) : sim_random(5000);

	fake_set_now(fake_now() + ns);
}

static void step(void)
{
	u32 cpu = (u32)sim_random(sim.cpus);

	pass_time();
	fake_interrupt_every((u32)sim_random(20));
	if (fake_ipi_pending(cpu) && sim_one_in(2))
		fake_ipi(cpu);
	else if (fake_timer_due(cpu) && sim_one_in(2))
		fake_timer(cpu);
	else if (sim_one_in(60))
		fake_irq(cpu, (u32)sim_random(FAKE_IRQ_LINES));
	else if (!fake_is_idle(cpu))
		sim_user_step(cpu);
}

static int run(u64 seed, u64 steps)
{
	sim = (struct sim){ .random = seed * 0x9e3779b97f4a7c15ull + 1 };
	sim.cpus = 1 + (u32)sim_random(FAKE_CPUS_MAX);
	world_boot(sim.cpus);
	report_begin("simulator");
	sim_check_begin();
	sim_direct_begin();
	for (sim.step = 0; sim.step < steps; sim.step++) {
		if (sim.step % DIRECT_EVERY == 0)
			sim_direct();
		step();
		if (sim.step % CHECK_EVERY == 0)
			sim_check();
	}
	fake_interrupt_every(0);
	sim_direct_end();
	sim_check();
	return report_failing() ? 1 : 0;
}

/* ---- many runs ---- */

static void say(struct span what, u64 seed, u64 steps)
{
	TEXT_BUFFER(text, 160);

	text_add_span(&text, what);
	text_add(&text, " SEED=");
	text_add_u64(&text, seed);
	text_add(&text, " STEPS=");
	text_add_u64(&text, steps);
	text_add(&text, "\n");
	print(text_span(&text));
}

static bool run_apart(u64 seed, u64 steps)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(run(seed, steps));
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
	u64 seed = from_environment("SEED", 0), steps = from_environment("STEPS", STEPS_DEFAULT), passed = 0, failed = 0;
	time_t begin = time(nullptr);

	for (u64 at = seed != 0 ? seed : 1; at < (seed != 0 ? seed + 1 : SEEDS_MAX); at++) {
		if (run_apart(at, steps)) {
			passed++;
		} else {
			failed++;
			say(span_text("FAILED; to repeat:"), at, steps);
		}
		if (time(nullptr) - begin >= (time_t)SECONDS_MAX)
			break;
	}
	TEXT_BUFFER(text, 80);

	text_add_u64(&text, passed);
	text_add(&text, " passed, ");
	text_add_u64(&text, failed);
	text_add(&text, " failed\n");
	print(text_span(&text));
	return failed == 0 ? 0 : 1;
}
