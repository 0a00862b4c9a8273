/* SPDX-License-Identifier: Apache-2.0
 *
 * What 4 KiB from and to a disk cost: `bench disk', with the guest's disk, which is overwritten. As with many clients at once
 * (pairs.c) the statistics of a processor are asked for just before the first operation and just after the last, which
 * tells the host when to look at its counts of instructions (tools/run/disks.py): those of clients, driver and kernel, and
 * none while the processor waits for the device.
 */
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/block/block.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { SECTORS = 4096 / BLOCK_SECTOR_BYTES, ROUNDS = 2048, STACK_PAGES = 4, THREADS = 8, WARM_UP = 64 };
enum : u64 { ALL_DONE = 1ull << THREADS, FIRST_SEED = 88172645463325252ull };

struct kind {
	char name[32];
	enum block_op op;
	bool random;
	u32 threads;      /* operations under way at once */
};

static const struct kind kinds[] = {
	{ "block_read_4k_sequential", BLOCK_READ, false, 1 },
	{ "block_read_4k_random", BLOCK_READ, true, 1 },
	{ "block_write_4k_sequential", BLOCK_WRITE, false, 1 },
	{ "block_write_4k_random", BLOCK_WRITE, true, 1 },
	{ "block_read_4k_random_8", BLOCK_READ, true, THREADS },
	{ "block_write_4k_random_8", BLOCK_WRITE, true, THREADS },
};

static struct block disk;
static handle_t begun, done;
static u32 at; /* among the kinds */

static const struct kind *kind(void) { return ELEM(kinds, at); }
static struct span name(void) { return span_until_zero(SPAN_OF_ARRAY(kind()->name)); }

/* SPEC: xorshift64, Marsaglia 2003, "Xorshift RNGs". */
static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void operations(u32 thread, u32 count)
{
	u64 blocks = disk.sectors / SECTORS, state = FIRST_SEED + thread;

	for (u32 i = 0; i < count; i++) {
		u64 block = kind()->random ? next_random(&state) : (u64)thread * count + i;

		must(name(), block_do(&disk, kind()->op, block % blocks * SECTORS, SECTORS, thread * 4096ull));
	}
}

static void client(u64 thread)
{
	u64 bits;

	must(span_text("ready"), sys_signal_raise(done, 1ull << thread));
	must(span_text("begin"), sys_signal_wait(begun, 1ull << thread, RT_FOREVER, &bits));
	operations((u32)thread, ROUNDS / kind()->threads);
	must(span_text("done"), sys_signal_raise(done, 1ull << thread));
	(void)sys_signal_wait(begun, ALL_DONE << thread, RT_FOREVER, &bits); /* its end would be counted */
}

static void look(void)
{
	static struct cpu_stat stat;

	must(span_text("machine"), sys_machine_cpu_stat(rt_handle(span_text("machine")), 0, &stat));
}

static void wait_for_all(void)
{
	u64 bits;

	for (u32 i = 0; i < kind()->threads; i++)
		must(span_text("threads"), sys_signal_wait(done, 1ull << i, RT_FOREVER, &bits));
}

static void start_threads(void)
{
	struct activity_params params = { .priority = 64 };

	for (u32 i = 0; i < kind()->threads; i++) {
		handle_t activity, thread;

		must(span_text("no activity"), sys_activity_create(rt_group(), &params, &activity));
		must(span_text("no thread"), rt_thread_start(client, i, STACK_PAGES, activity, &thread));
		sys_cap_drop(activity);
		sys_cap_drop(thread);
	}
}

/* "disk NAME THREADS ROUNDS" */
static void measure(void)
{
	TEXT_BUFFER(line, 96);

	operations(0, WARM_UP);
	start_threads();
	wait_for_all();
	look();
	must(span_text("begin"), sys_signal_raise(begun, ALL_DONE - 1));
	wait_for_all();
	look();
	must(span_text("end"), sys_signal_raise(begun, (ALL_DONE - 1) << THREADS));
	text_add(&line, "disk ");
	text_add_span(&line, name());
	text_add(&line, " ");
	text_add_u64(&line, kind()->threads);
	text_add(&line, " ");
	text_add_u64(&line, ROUNDS);
	text_add(&line, "\n");
	print_text(&line);
	print_flush();
}

u64 measure_disk(void)
{
	must(span_text("/dev/disk0"), block_open(&disk, span_text("/dev/disk0"), OPEN_READ | OPEN_WRITE));
	must(span_text("no signal"), sys_signal_create(rt_group(), &begun));
	must(span_text("no signal"), sys_signal_create(rt_group(), &done));
	for (at = 0; at < ARRAY_LEN(kinds); at++)
		measure();
	return 0;
}
