/* SPDX-License-Identifier: Apache-2.0
 *
 * What 4 KiB from and to a disk cost: `bench disk', with the guest's disk, which is overwritten. As with many clients at once
 * (pairs.c) the statistics of a processor are asked for just before the first operation and just after the last, which
 * tells the host when to look at its counts of instructions (tools/run/disk_costs.py): those of clients, driver and kernel, and
 * none while the processor waits for the device.
 */
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/block/block.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "tests/bench/disk_kinds/disk_kinds.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { SECTORS = DISK_OPERATION_BYTES / BLOCK_SECTOR_BYTES, STACK_PAGES = 4, THREADS = DISK_TOGETHER_MAX };
enum : u64 { ALL_DONE = 1ull << THREADS };

static struct block disk;
static handle_t begun, done;
static u32 at; /* among the kinds */

static const struct disk_kind *kind(void) { return ELEM(disk_kinds, at); }
static struct span name(void) { return span_until_zero(SPAN_OF_ARRAY(kind()->name)); }

static enum block_op op(void) { return kind()->write ? BLOCK_WRITE : BLOCK_READ; }
static u64 sector(struct disk_walk *walk) { return disk_walk_step(walk, kind(), disk.limits.sectors / SECTORS) * SECTORS; }

/* Of that number, in the window. */
static u64 place(u32 number) { return BLOCK_RINGS_BYTES + number * DISK_OPERATION_BYTES; }

static void operations(u32 thread, u32 count)
{
	struct disk_walk walk = disk_walk_of(thread);

	for (u32 i = 0; i < count; i++)
		must(name(), block_do(&disk, op(), sector(&walk), SECTORS, place(thread)));
}

/* As many as the kind says are under way, until the last are left. WHY the place goes by number: it is free when that is. */
static void operations_through_rings(u32 count)
{
	struct disk_walk walk = disk_walk_of(0);
	struct block_done answer = {};
	u32 asked = 0, number = 0;

	for (u32 ended = 0; ended < count; ended++) {
		for (; asked < count && asked - ended < kind()->together; asked++)
			must(name(), block_submit(&disk, op(), sector(&walk), SECTORS, place(block_next(&disk)), &number));
		must(name(), block_wait(&disk, RT_FOREVER, &answer));
		must(name(), answer.status);
	}
}

static void client(u64 thread)
{
	u64 bits;

	must(span_text("ready"), sys_signal_raise(done, 1ull << thread));
	must(span_text("begin"), sys_signal_wait(begun, 1ull << thread, RT_FOREVER, &bits));
	if (kind()->ring)
		operations_through_rings(DISK_ROUNDS);
	else
		operations((u32)thread, DISK_ROUNDS / kind()->together);
	must(span_text("done"), sys_signal_raise(done, 1ull << thread));
	(void)sys_signal_wait(begun, ALL_DONE << thread, RT_FOREVER, &bits); /* its end would be counted */
}

static void look(void)
{
	static struct cpu_stat stat;

	must(span_text("machine"), sys_machine_cpu_stat(rt_handle(span_text("machine")), 0, &stat));
}

static u32 threads(void) { return kind()->ring ? 1 : kind()->together; }

static void wait_for_all(void)
{
	u64 bits;

	for (u32 i = 0; i < threads(); i++)
		must(span_text("threads"), sys_signal_wait(done, 1ull << i, RT_FOREVER, &bits));
}

static void start_threads(void)
{
	struct activity_params params = { .priority = 64 };

	for (u32 i = 0; i < threads(); i++) {
		handle_t activity, thread;

		must(span_text("no activity"), sys_activity_create(rt_group(), &params, &activity));
		must(span_text("no thread"), rt_thread_start(client, i, STACK_PAGES, activity, &thread));
		sys_cap_drop(activity);
		sys_cap_drop(thread);
	}
}

/* "disk NAME TOGETHER OPERATIONS" */
static void measure(void)
{
	TEXT_BUFFER(line, 96);

	if (kind()->ring)
		operations_through_rings(DISK_WARM_UP);
	else
		operations(0, DISK_WARM_UP);
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
	text_add_u64(&line, kind()->together);
	text_add(&line, " ");
	text_add_u64(&line, DISK_ROUNDS);
	text_add(&line, "\n");
	print_text(&line);
	print_flush();
}

u64 measure_disk(void)
{
	must(span_text("/dev/disk0"), block_open(&disk, span_text("/dev/disk0"), OPEN_READ | OPEN_WRITE));
	must(span_text("no signal"), sys_signal_create(rt_group(), &begun));
	must(span_text("no signal"), sys_signal_create(rt_group(), &done));
	for (at = 0; at < ARRAY_LEN(disk_kinds); at++) {
		/* They are last; the others are without. */
		if (kind()->ring && disk.ring.requests.size == 0)
			must(span_text("rings"), block_begin(&disk));
		measure();
	}
	return 0;
}
