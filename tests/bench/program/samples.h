/* SPDX-License-Identifier: Apache-2.0
 *
 * Samples of a measure, and the clock they are taken with.
 */
#ifndef TESTS_BENCH_PROGRAM_SAMPLES_H
#define TESTS_BENCH_PROGRAM_SAMPLES_H

#include "lib/base/span.h"
#include "lib/rt/rt.h"

enum : u32 { SAMPLES_MAX = 200 };

/* Only measures named by the first `count` arguments run; 0: all. "endless NAME": that one for ever, without samples,
 * after the line "begins". */
void samples_choose(u32 count);

/* Whether a measure was named, or all are to run. To be asked once for each. */
bool samples_wanted(struct span name);

/* Whether there was a measure for each argument. */
bool samples_all_found(void);

/* Finds out what reading the clock costs. Before everything else. */
void samples_calibrate(void);

/* The clock, for the beginning of a sample. It is read three times: what the kernel still has to do for what was before, it does
 * on its way out of the first; and who looks on from outside (tests/bench/plugins/touched.c) knows the beginning by them. The
 * sample ends where anybody reads the clock next. */
u64 samples_now(void);

/* How far the clock goes at once; 1 if that cannot be seen. */
u64 samples_tick(void);

/* Throws the samples of the measure before away. */
void samples_begin(void);

/* Adds what lies between two readings of the clock, without the cost of reading it. */
void samples_add(u64 begin_ns, u64 end_ns);
void samples_add_value(u64 value);

/* Prints "bench NAME UNIT v1 v2 ...". */
void samples_print(struct span name, struct span unit);

/* Runs `measure` WARM_UP times without and then SAMPLES_MAX times with adding samples, more often with a
 * clock that ticks seldom, and prints. */
typedef void sample_function(u64 *begin_ns, u64 *end_ns);
void samples_run(struct span name, sample_function *measure);

/* The same with at most SAMPLES_MAX samples, for what takes long to prepare. */
void samples_run_times(struct span name, sample_function *measure, u32 times);

/* Complains and ends the program unless the status is OK. */
void must(struct span what, u64 status);

#endif
