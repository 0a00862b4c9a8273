/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting and printing.
 */
#include "tests/bench/program/samples.h"
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "tests/bench/program/raw_loop.h"

enum : u32 { WARM_UP = 20, READINGS = 1000, COARSE_TIMES = 5 /* as many samples with a clock that ticks seldom */ };
enum : u64 { COARSE_NS = 10, OFFSET_TURNS = 64 };

static u64 samples[SAMPLES_MAX * COARSE_TIMES];
static u32 used;
static u64 clock_cost;
static u64 tick = 1; /* nanoseconds; if it is many, only the mean of many samples says how long something takes */
static u32 chosen, runs, first_name;
static bool endless;

void must(struct span what, u64 status)
{
	if (status == STATUS_OK)
		return;
	print_status(what, (enum status)status);
	rt_exit(1);
}

/* So that what follows begins at any place between two ticks. Where there are many, nothing is changed by it. */
static void offset(void)
{
	static u64 state = 1;

	state = state * 6364136223846793005ull + 1442695040888963407ull; /* SPEC: Knuth, MMIX: constants of a generator */
	scale_loop(1 + (state >> 32) % OFFSET_TURNS);
}

static u64 reading(void)
{
	u64 begin = rt_now_ns();

	return rt_now_ns() - begin;
}

static u64 divisor(u64 a, u64 b)
{
	while (b != 0) {
		u64 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void samples_calibrate(void)
{
	u64 least = U64_MAX, sum = 0, common = 0;

	for (u32 i = 0; i < READINGS; i++) {
		u64 begin = rt_now_ns();

		offset(); /* of many lengths: that of a reading may be a multiple of a tick */
		common = divisor(rt_now_ns() - begin, common);
		u64 cost = reading();

		sum += cost;
		least = min_u64(least, cost);
	}
	if (common >= COARSE_NS)
		tick = common;
	clock_cost = tick >= COARSE_NS ? (sum + READINGS / 2) / READINGS : least;
}

u64 samples_now(void)
{
	(void)rt_now_ns();
	(void)rt_now_ns();
	return rt_now_ns();
}

u64 samples_tick(void) { return tick; }

void samples_begin(void)
{
	used = 0;
}

void samples_add_value(u64 value)
{
	if (used == ARRAY_LEN(samples))
		return;
	*ELEM(samples, used) = value;
	used++;
}

void samples_add(u64 begin_ns, u64 end_ns)
{
	u64 between = end_ns - begin_ns;

	samples_add_value(between > clock_cost ? between - clock_cost : 0);
}

void samples_print(struct span name, struct span unit)
{
	print("bench ");
	print_span(name);
	print(" ");
	print_span(unit);
	for (u32 i = 0; i < used; i++) {
		TEXT_BUFFER(number, 24);

		text_add(&number, " ");
		text_add_u64(&number, *ELEM(samples, i));
		print_text(&number);
	}
	print("\n");
	print_flush();
}

void samples_choose(u32 count)
{
	endless = count == 2 && span_equal(rt_arg(0), span_text("endless"));
	first_name = endless ? 1 : 0;
	chosen = count - first_name;
}

bool samples_all_found(void) { return chosen == 0 || runs == chosen; }

bool samples_wanted(struct span name)
{
	for (u32 i = 0; i < chosen; i++)
		if (span_equal(rt_arg(first_name + i), name)) {
			runs++;
			return true;
		}
	return chosen == 0;
}

void samples_run(struct span name, sample_function *measure) { samples_run_times(name, measure, SAMPLES_MAX); }

/* For whoever looks at the kernel meanwhile, and ends the machine. */
NORETURN static void measure_for_ever(sample_function *measure)
{
	u64 begin, end;

	print("begins\n");
	print_flush();
	for (;;)
		measure(&begin, &end);
}

void samples_run_times(struct span name, sample_function *measure, u32 times)
{
	if (!samples_wanted(name))
		return;
	if (tick >= COARSE_NS)
		times *= COARSE_TIMES;
	if (endless)
		measure_for_ever(measure);
	samples_begin();
	for (u32 i = 0; i < WARM_UP + times; i++) {
		u64 begin = 0;
		u64 end = 0;

		offset();
		measure(&begin, &end);
		if (i >= WARM_UP)
			samples_add(begin, end);
	}
	samples_print(name, span_text("instructions"));
}
