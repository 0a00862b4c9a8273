/* SPDX-License-Identifier: Apache-2.0
 *
 * Many clients at once: `bench pairs N`, on as many processors. The statistics of all processors are asked for just
 * before the first round trip and just after the last, which tells the host when to look at its counts of instructions
 * (tools/run/pairs.py).
 */
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/spawn/spawn.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/objects.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { PAIRS_MAX = 8, ROUNDS = 2000, STACK_PAGES = 4, TELL_DONE = 32 };

enum : u64 { NEVER = 1ull << 63 };

/* What the clients do. */
enum work : u64 { WORK_CALL, WORK_CHARGE };

/* How they share. */
struct kind {
	struct span name;
	bool bound;       /* each client to a processor of its own */
	bool one_server;
	enum work work;
};

static struct spawn child;
static handle_t events, server_of[PAIRS_MAX], process[2 * PAIRS_MAX];
static u32 processes;

/* ---- the clients' side ---- */

static handle_t peer, told;
static enum work work;

static void one_round(void)
{
	struct message m = msg_make(0, 0);
	handle_t made;

	if (work == WORK_CALL) {
		must(span_text("call"), msg_call(peer, &m, RT_FOREVER));
		return;
	}
	must(span_text("derive"), sys_cap_derive(told, SIGNAL_RIGHTS_ALL, 0, 0, &made));
	sys_cap_drop(made);
}

/* Its bits of the signal: begin, and done a word's half higher. */
static void rounds(u64 bit)
{
	u64 bits;

	one_round();
	must(span_text("ready"), sys_signal_raise(told, bit << TELL_DONE));
	must(span_text("begin"), sys_signal_wait(told, bit, RT_FOREVER, &bits));
	for (u32 i = 0; i < ROUNDS; i++)
		one_round();
	must(span_text("done"), sys_signal_raise(told, bit << TELL_DONE));
	(void)sys_signal_wait(told, NEVER, RT_FOREVER, &bits); /* its end would be counted */
}

static u64 number(u32 arg)
{
	u64 value = 0;

	if (!span_parse_u64(rt_arg(arg), &value))
		must(rt_arg(arg), STATUS_INVALID);
	return value;
}

/* Arguments: "pair", its number, the processors it may use, what to do. */
u64 pair_client(void)
{
	struct activity_params params = { .priority = 64, .cpus = number(2) };
	handle_t activity, thread;

	work = number(3) == WORK_CALL ? WORK_CALL : WORK_CHARGE;
	peer = rt_handle(span_text("peer"));
	told = rt_handle(span_text("told"));
	must(span_text("no activity"), sys_activity_create(rt_group(), &params, &activity));
	must(span_text("no thread"), rt_thread_start(rounds, 1ull << number(1), STACK_PAGES, activity, &thread));
	rt_thread_exit();
}

/* ---- the one that measures ---- */

static void begin_child(struct span what)
{
	spawn_begin(&child, span_text("bin/bench"));
	spawn_add_arg(&child, what);
	spawn_inherit_files(&child);
}

static void start_child(handle_t endpoint)
{
	spawn_add_handle(&child, span_text("peer"), endpoint, MSG_ALL_RIGHTS);
	must(spawn_reason(&child), spawn_start(&child, ELEM(process, processes)));
	processes++;
}

static void add_number(u64 value)
{
	TEXT_BUFFER(digits, 24);

	text_add_u64(&digits, value);
	spawn_add_arg(&child, text_span(&digits));
}

static void start_pair(const struct kind *kind, u32 index)
{
	if (index == 0 || !kind->one_server) {
		must(span_text("no endpoint"), sys_endpoint_create(rt_group(), 0, ELEM(server_of, index)));
		begin_child(span_text("server"));
		start_child(server_of[index]);
	}
	begin_child(span_text("pair"));
	add_number(index);
	add_number(kind->bound ? 1ull << index : 0);
	add_number(kind->work);
	spawn_add_handle(&child, span_text("told"), events, MSG_ALL_RIGHTS);
	start_child(server_of[kind->one_server ? 0 : index]);
}

static void wait_for_all(u32 pairs)
{
	for (u32 i = 0; i < pairs; i++) {
		u64 bits;

		must(span_text("clients"), sys_signal_wait(events, 1ull << (i + TELL_DONE), RT_FOREVER, &bits));
	}
}

static void end_all(u32 pairs)
{
	for (; processes > 0; processes--) {
		handle_t each = *ELEM(process, processes - 1);

		must(span_text("end"), sys_process_kill(each, 0));
		sys_cap_drop(each);
	}
	for (u32 i = 0; i < pairs; i++) {
		sys_cap_drop(server_of[i]);
		server_of[i] = handle_none();
	}
}

/* ---- locks ---- */

static struct cpu_stat before, after;

/* The sum over all processors. */
static void read_locks(u32 cpus, struct cpu_stat *sum)
{
	*sum = (struct cpu_stat){};
	for (u32 cpu = 0; cpu < cpus; cpu++) {
		struct cpu_stat one = {};

		must(span_text("machine"), sys_machine_cpu_stat(rt_handle(span_text("machine")), cpu, &one));
		for (u32 level = 0; level < ARRAY_LEN(one.lock_waits); level++)
			*ELEM(sum->lock_waits, level) += *ELEM(one.lock_waits, level);
		sum->lock_spins += one.lock_spins;
	}
}

/* "pairs NAME N ROUNDS SPINS LEVEL:WAITS ..." */
static void print_kind(const struct kind *kind, u32 pairs)
{
	TEXT_BUFFER(line, 512);

	text_add(&line, "pairs ");
	text_add_span(&line, kind->name);
	text_add(&line, " ");
	text_add_u64(&line, pairs);
	text_add(&line, " ");
	text_add_u64(&line, (u64)pairs * ROUNDS);
	text_add(&line, " ");
	text_add_u64(&line, after.lock_spins - before.lock_spins);
	for (u32 level = 0; level < ARRAY_LEN(after.lock_waits); level++) {
		u64 waits = *ELEM(after.lock_waits, level) - *ELEM(before.lock_waits, level);

		if (waits == 0)
			continue;
		text_add(&line, " ");
		text_add_u64(&line, level);
		text_add(&line, ":");
		text_add_u64(&line, waits);
	}
	text_add(&line, "\n");
	print_text(&line);
	print_flush();
}

static void measure_kind(const struct kind *kind, u32 pairs, u32 cpus)
{
	for (u32 i = 0; i < pairs; i++)
		start_pair(kind, i);
	wait_for_all(pairs);
	read_locks(cpus, &before);
	must(span_text("begin"), sys_signal_raise(events, (1ull << pairs) - 1));
	wait_for_all(pairs);
	read_locks(cpus, &after);
	print_kind(kind, pairs);
	end_all(pairs);
}

u64 measure_pairs(void)
{
	const struct kind kinds[] = {
		{ .name = span_text("pairs"), .bound = true, .work = WORK_CALL },
		{ .name = span_text("free"), .work = WORK_CALL },
		{ .name = span_text("one_server"), .bound = true, .one_server = true, .work = WORK_CALL },
		{ .name = span_text("charging"), .bound = true, .one_server = true, .work = WORK_CHARGE },
	};
	static struct machine_stat stat;
	u64 pairs = number(1);

	must(span_text("machine"), sys_machine_stat(rt_handle(span_text("machine")), &stat));
	if (pairs == 0 || pairs > PAIRS_MAX || pairs > stat.cpus) {
		print_error("usage: bench pairs N\nexpected a number from 1 to that of processors, at most 8\n");
		return 2;
	}
	must(span_text("no signal"), sys_signal_create(rt_group(), &events));
	for (u32 i = 0; i < ARRAY_LEN(kinds); i++)
		measure_kind(ELEM(kinds, i), (u32)pairs, stat.cpus);
	return 0;
}
