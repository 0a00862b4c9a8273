/* SPDX-License-Identifier: Apache-2.0
 *
 * wakeup CPUS: how late a thread wakes that is more important than all others, while these make every system call,
 * and the long ones over and over. Prints, for each call that was under way when it woke late,
 *
 *	wakeup LATENESS TIMES WHAT
 *
 * the greatest lateness in nanoseconds, which are instructions when the machine is emulated so.
 *
 * On each processor one thread makes calls. The one that wakes, and the one whose calls it interrupts, are on the
 * first; the others stand in the way at locks.
 */
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "abi/syscalls.h"
#include "tests/conform/long_calls.h"
#include "tests/conform/random_calls.h"

enum : u32 { CPUS_MAX = 8, TOP = 250, LOAD = 40, FILL = 0, STACK_PAGES = 8, ROUNDS = 25, RANDOM_CALLS = 1500 };
enum : u32 { USER_MODE = SYSCALL_COUNT, UNKNOWN, FIRST_LONG, KINDS = FIRST_LONG + LONG_CALLS };
enum : u64 { NEAREST_NS = 4000, SPREAD_NS = 16000, NEVER = 1, ENDED = 2 };

static struct worker workers[CPUS_MAX];
static u32 long_under_way; /* atomic: of the first processor's thread; LONG_CALLS: none */
static u64 latest[KINDS], times[KINDS];
static handle_t done, silent;
static bool over;

static u32 kind_of_load(void)
{
	u32 which = __atomic_load_n(&long_under_way, __ATOMIC_RELAXED);
	u64 number = __atomic_load_n(&workers[0].doing, __ATOMIC_RELAXED);

	if (which < LONG_CALLS)
		return FIRST_LONG + which;
	if (number == DOING_NOTHING)
		return USER_MODE;
	return number < SYSCALL_COUNT ? (u32)number : UNKNOWN;
}

/* Wakes at a time, over and over, and notes how late that was and what the load did. */
static void watch(u64 unused)
{
	u64 bits, spread = 0;

	(void)unused;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		spread = (spread + 7919) % SPREAD_NS;
		u64 due_ns = rt_now_ns() + NEAREST_NS + spread;

		if (sys_signal_wait(silent, NEVER, due_ns, &bits) != STATUS_TIMED_OUT)
			return;
		u64 now_ns = rt_now_ns();
		u32 kind = kind_of_load();

		*ELEM(latest, kind) = max_u64(*ELEM(latest, kind), now_ns - due_ns);
		++*ELEM(times, kind);
	}
}

static void random_calls(struct worker *w)
{
	for (u32 i = 0; i < RANDOM_CALLS; i++)
		(void)random_calls_step(w);
}

static void load(u64 index)
{
	for (u32 round = 0; round < ROUNDS; round++) {
		random_calls(ELEM(workers, index));
		for (u32 i = 0; i < LONG_CALLS && index == 0; i++) {
			__atomic_store_n(&long_under_way, i, __ATOMIC_RELAXED);
			long_call(i);
			__atomic_store_n(&long_under_way, LONG_CALLS, __ATOMIC_RELAXED);
		}
	}
	while (index != 0 && !__atomic_load_n(&over, __ATOMIC_RELAXED))
		random_calls(ELEM(workers, index));
	sys_signal_raise(done, ENDED << index);
}

/* WHY: where the load waits, an emulator whose clock counts instructions may let time go by as the host's, and too far. */
static void never_idle(u64 unused)
{
	(void)unused;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED))
		;
}

static enum status start(rt_thread_entry *entry, u64 argument, u32 priority, u64 cpus)
{
	struct activity_params params = { .priority = priority, .cpus = cpus };
	handle_t activity = {}, thread = {};
	enum status status = sys_activity_create(rt_group(), &params, &activity);

	return status == STATUS_OK ? rt_thread_start(entry, argument, STACK_PAGES, activity, &thread) : status;
}

static void print_kind(u32 kind)
{
	TEXT_BUFFER(line, 160);

	text_add(&line, "wakeup ");
	text_add_u64(&line, *ELEM(latest, kind));
	text_add(&line, " ");
	text_add_u64(&line, *ELEM(times, kind));
	text_add(&line, " ");
	if (kind >= FIRST_LONG)
		text_add_span(&line, span_of_cstr(long_call_name(kind - FIRST_LONG)));
	else
		text_add_span(&line, kind == USER_MODE ? span_text("user mode") : span_of_cstr(random_calls_name(kind)));
	text_add(&line, "\n");
	print_text(&line);
}

static enum status measure(u32 cpus)
{
	enum status status = start(watch, 0, TOP, 1);
	u64 bits;

	if (status == STATUS_OK)
		status = start(never_idle, 0, FILL, 1);
	for (u32 i = 0; i < cpus && status == STATUS_OK; i++) {
		random_calls_prepare(ELEM(workers, i), i + 1);
		status = start(load, i, LOAD, 1ull << i);
	}
	if (status == STATUS_OK)
		status = sys_signal_wait(done, ENDED, RT_FOREVER, &bits);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (u32 i = 1; i < cpus && status == STATUS_OK; i++)
		status = sys_signal_wait(done, ENDED << i, RT_FOREVER, &bits);
	return status;
}

u64 program_main(const struct rt_args *args)
{
	u64 cpus = 0;

	if (args->count != 1 || !span_parse_u64(rt_arg(0), &cpus) || cpus < 1 || cpus > CPUS_MAX) {
		print_error("usage: wakeup CPUS    (as many as the machine has, at most 8)\n");
		return 2;
	}
	long_under_way = LONG_CALLS;
	enum status status = sys_signal_create(rt_group(), &done);

	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &silent);
	if (status == STATUS_OK && (!random_calls_begin() || !long_calls_begin()))
		status = STATUS_OUT_OF_FRAMES;
	if (status == STATUS_OK)
		status = measure((u32)cpus);
	if (status != STATUS_OK) {
		print_status(span_text("wakeup"), status);
		return 1;
	}
	for (u32 i = 0; i < KINDS; i++)
		if (*ELEM(times, i) != 0)
			print_kind(i);
	print_flush();
	return 0;
}
