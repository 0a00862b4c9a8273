/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the simulator: SEED=n BURSTS=n for one run, otherwise several seeds for a bounded time; SECONDS=n for
 * how long; TELL=n tells everything from that burst on. Each run is a process of its own, because the kernel
 * under test has static state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/core/trace/trace.h"
#include "lib/base/text.h"
#include "tests/host/kernel/report.h"
#include "tests/sim/note.h"
#include "tests/sim/sim.h"

enum : u64 { BURSTS_DEFAULT = 4000, SECONDS_DEFAULT = 25 };
enum : u32 { DIRECT_EVERY = 200 };

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

static u32 any_number_of_cpus(void) { return sim_one_in(4) ? 1 + (u32)sim_random(FAKE_CPUS_MAX) : 2 + (u32)sim_random(3); }

static void begin(u64 seed, u64 tell_from)
{
	sim = (struct sim){ .random = seed * 0x9e3779b97f4a7c15ull + 1, .tell_from = tell_from };
	sim.cpus = any_number_of_cpus();
	world_boot(sim.cpus);
	/* With events of messages recorded, they go another way. */
	trace_classes = sim_one_in(2) ? trace_classes : EVENT_CLASSES_ALL;
	report_begin("simulator");
	sim_story_begin();
	sim_check_begin();
	sim_direct_begin();
	fake_run_with(sim_run);
}

static int run(u64 seed, u64 bursts, u64 tell_from)
{
	begin(seed, tell_from);
	for (u64 round = 0; round < bursts; round++) {
		bool asleep = world_init()->thread->state == THREAD_STATE_WAITING && sim_next_event() != U64_MAX;

		if (!asleep || sim_one_in(DIRECT_EVERY))
			sim_direct();
		sim_burst();
		sim_check();
	}
	fake_interrupt_every(0);
	sim_direct_end();
	sim_check();
	struct sim_note note = { .bursts = sim.burst, .switches = sim.points };

	sim_sites(&note);
	sim_note_write(&note);
	return report_failing() ? 1 : 0;
}

/* ---- many runs ---- */

static bool run_apart(u64 seed, u64 bursts, u64 tell_from)
{
	int status = 0;

	sim_note_new();
	pid_t child = fork();

	if (child == 0)
		_exit(run(seed, bursts, tell_from));
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void say(struct span what, u64 number, struct span end)
{
	TEXT_BUFFER(text, 160);

	text_add_span(&text, what);
	text_add_u64(&text, number);
	text_add_span(&text, end);
	print(text_span(&text));
}

/* The same again, told from the burst in which it died. */
static void tell(u64 seed, u64 bursts)
{
	u64 burst = sim_note_read().burst;

	if (burst != 0) {
		say(span_text("what happened in burst "), burst, span_text(":\n"));
		(void)run_apart(seed, bursts, burst);
	}
	say(span_text("FAILED; to repeat: SEED="), seed, span_text(""));
	say(span_text(" BURSTS="), bursts, span_text(""));
	say(span_text(" TELL="), burst, span_text("\n"));
}

struct totals {
	u64 passed, failed;
	struct sim_note all; /* sums; the places that allocate of all runs together */
};

static void add_site(struct sim_note *all, const struct sim_site *site, u64 seed)
{
	u64 i = 0;

	while (i < all->sites && ELEM(all->site, i)->caller != site->caller)
		i++;
	if (i == all->sites) {
		*ELEM(all->site, i) = *site;
		ELEM(all->site, i)->seed = seed;
		all->sites++;
	} else {
		ELEM(all->site, i)->failed += site->failed;
	}
}

static u64 sites_failed(const struct sim_note *all)
{
	u64 failed = 0;

	for (u64 i = 0; i < all->sites; i++)
		failed += ELEM(all->site, i)->failed != 0;
	return failed;
}

/* Tells of each that was never made to fail where it is. */
static void name_missed(const struct sim_note *all)
{
	for (u64 i = 0; i < all->sites; i++) {
		if (ELEM(all->site, i)->failed != 0)
			continue;
		print(span_text("FAILED: an allocation was never made to fail: "));
		print(span_until_zero(SPAN_OF_ARRAY(ELEM(all->site, i)->name)));
		print(span_text("\n"));
	}
}

static void one(struct totals *totals, u64 seed, u64 bursts)
{
	if (!run_apart(seed, bursts, from_environment("TELL", 0))) {
		totals->failed++;
		tell(seed, bursts);
		return;
	}
	struct sim_note note = sim_note_read();

	totals->passed++;
	totals->all.bursts += note.bursts;
	totals->all.switches += note.switches;
	for (u64 i = 0; i < note.sites; i++)
		add_site(&totals->all, ELEM(note.site, i), seed);
}

/* A place that was never made to fail, because it was come by too rarely: the run that came by it once more, in which it fails
 * the first time. */
static void fail_missed(struct totals *totals, u64 bursts)
{
	for (u64 i = 0; i < totals->all.sites; i++) {
		const struct sim_site *site = ELEM(totals->all.site, i);

		if (site->failed != 0)
			continue;
		sim_fail_at_once(site->caller);
		one(totals, site->seed, bursts);
	}
	sim_fail_at_once(0);
}

static void several(struct totals *totals, u64 first, u64 bursts, time_t end)
{
	for (u64 at = first; time(nullptr) < end; at++)
		one(totals, at, bursts);
	fail_missed(totals, bursts);
	if (sites_failed(&totals->all) == totals->all.sites)
		return;
	name_missed(&totals->all);
	totals->failed++;
}

int main(void)
{
	u64 seed = from_environment("SEED", 0), bursts = from_environment("BURSTS", BURSTS_DEFAULT);
	u64 seconds = from_environment("SECONDS", SECONDS_DEFAULT), first = from_environment("FIRST", 1);
	struct totals totals = {};
	time_t end = time(nullptr) + (time_t)seconds;

	if (seed != 0)
		one(&totals, seed, bursts);
	else
		several(&totals, first, bursts, end);
	say(span_text(""), totals.all.bursts, span_text(" bursts, "));
	say(span_text(""), totals.all.switches, span_text(" switches in the kernel, "));
	say(span_text(""), sites_failed(&totals.all), span_text(" of "));
	say(span_text(""), totals.all.sites, span_text(" places that allocate made to fail\n"));
	say(span_text(""), totals.passed, span_text(" passed, "));
	say(span_text(""), totals.failed, span_text(" failed\n"));
	return totals.failed == 0 ? 0 : 1;
}
