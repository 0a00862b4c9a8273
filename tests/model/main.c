/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs random programs in the core and in the model, as many as a bounded time allows: SECONDS=n for how long,
 * FIRST=n for the first seed. What fails is made as short as it can be and printed, so that it can be added to
 * known.c. Each batch is a process of its own, because a broken core may end it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/host/kernel/report.h"
#include "tests/host/kernel/world.h"
#include "tests/model/known.h"
#include "tests/model/machine.h"
#include "tests/model/mutants.h"
#include "tests/model/program.h"

enum : u64 { SECONDS_DEFAULT = 20, BATCH = 100, MUTANT_BATCH = 400 };

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)fputc(span_u8(text, i), stdout);
	(void)fflush(stdout);
}

static u64 from_environment(const char *name, u64 otherwise)
{
	u64 value = 0;

	return span_parse_u64(span_of_cstr(getenv(name)), &value) ? value : otherwise;
}

/* ---- one process ---- */

static u64 steps;

static void show(const struct program *program)
{
	for (u32 i = 0; i < program->count; i++) {
		const struct operation *o = ELEM(program->at, i);
		u8 numbers[] = { o->call, o->a, o->b, o->c, o->d };
		TEXT_BUFFER(text, 320);

		text_add(&text, "\t{");
		for (u32 n = 0; n < ARRAY_LEN(numbers); n++) {
			text_add(&text, " ");
			text_add_u64(&text, *ELEM(numbers, n));
			if (n + 1 < ARRAY_LEN(numbers))
				text_add(&text, ",");
		}
		text_add(&text, " }, /* ");
		program_describe(program, i, &text);
		text_add(&text, " */\n");
		print(text_span(&text));
	}
}

static void show_threads(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		TEXT_BUFFER(text, 200);

		machine_describe(i, &text);
		text_add(&text, "\n");
		print(text_span(&text));
	}
}

static void quiet(void)
{
	(void)freopen("/dev/null", "w", stderr);
	(void)freopen("/dev/null", "w", stdout);
}

/* True: the program runs alike in both. In a process of its own. */
static bool run_apart(const struct program *program, bool tell)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (!tell)
			quiet();
		world_boot(1);
		report_begin("model");
		bool same = program_run(program, &steps);

		if (tell) {
			show(program);
			print(span_of_cstr(machine_difference()));
			print(span_text("\n"));
			show_threads();
		}
		_exit(same ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* True: all programs of these seeds do. */
static bool batch_apart(u64 first, u64 count)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct program program;

		quiet();
		world_boot(1);
		for (u64 seed = first; seed < first + count; seed++) {
			report_begin("model");
			program_random(&program, seed);
			if (!program_run(&program, &steps))
				_exit(1);
		}
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- making it short ---- */

static struct program without(const struct program *program, u32 from, u32 count)
{
	struct program less = { .count = 0 };

	for (u32 i = 0; i < program->count; i++)
		if (i < from || i >= from + count) {
			*ELEM(less.at, less.count) = program->at[i];
			less.count++;
		}
	return less;
}

/* Leaves out ever smaller parts while what is left still fails. */
static void shrink(struct program *program)
{
	for (u32 part = program->count / 2; part > 0; part /= 2)
		for (u32 from = 0; from + part <= program->count;) {
			struct program less = without(program, from, part);

			if (run_apart(&less, false))
				from += part;
			else
				*program = less;
		}
}

static void explain(u64 seed)
{
	struct program program;
	TEXT_BUFFER(text, 100);

	program_random(&program, seed);
	if (run_apart(&program, false)) {
		print(span_text("it fails only after the programs before it\n"));
		return;
	}
	shrink(&program);
	text_add(&text, "FAILED program of seed ");
	text_add_u64(&text, seed);
	text_add(&text, ", made short:\n");
	print(text_span(&text));
	(void)run_apart(&program, true);
}

static void explain_batch(u64 first)
{
	u64 seed = first;

	while (seed + 1 < first + BATCH && batch_apart(first, seed - first + 1))
		seed++;
	explain(seed);
}

/* ---- everything ---- */

struct tally {
	u64 passed, failed, programs;
};

static void count(struct tally *tally, bool ok)
{
	tally->passed += ok;
	tally->failed += !ok;
}

static bool known_alike(void)
{
	for (u32 i = 0; i < known_count(); i++) {
		struct program program = known_program(i);

		if (!run_apart(&program, false))
			return false;
	}
	return true;
}

static void run_known(struct tally *tally)
{
	for (u32 i = 0; i < known_count(); i++) {
		struct program program = known_program(i);
		bool same = run_apart(&program, false);

		count(tally, same);
		if (!same)
			(void)run_apart(&program, true);
	}
}

/* The check is checked: with a mistake in the core, it must fail. */
static void run_mutants(struct tally *tally)
{
	for (u32 i = 1; i < MUTANTS; i++) {
		mutant = i;
		bool found = !batch_apart(1, MUTANT_BATCH) || !known_alike();

		mutant = MUTANT_NONE;
		count(tally, found);
		if (found)
			continue;
		print(span_text("FAILED: not noticed: "));
		print(span_of_cstr(mutant_name(i)));
		print(span_text("\n"));
	}
}

static void run_random(struct tally *tally, u64 first, u64 seconds)
{
	time_t end = time(nullptr) + (time_t)seconds;

	for (u64 seed = first; time(nullptr) < end && tally->failed == 0; seed += BATCH) {
		bool same = batch_apart(seed, BATCH);

		count(tally, same);
		tally->programs += BATCH;
		if (!same)
			explain_batch(seed);
	}
}

static void say(u64 number, const char *what)
{
	TEXT_BUFFER(text, 100);

	text_add_u64(&text, number);
	text_add_cstr(&text, what);
	print(text_span(&text));
}

int main(void)
{
	struct tally tally = {};

	run_known(&tally);
	run_mutants(&tally);
	run_random(&tally, from_environment("FIRST", 1), from_environment("SECONDS", SECONDS_DEFAULT));
	say(tally.programs, " random programs of ");
	say(PROGRAM_MAX, " operations\n");
	say(tally.passed, " passed, ");
	say(tally.failed, " failed\n");
	return tally.failed == 0 ? 0 : 1;
}
