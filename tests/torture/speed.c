/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk at full speed, undisturbed and while its driver is killed every so often: how many operations are done in each time.
 * Eight are under way, by a thread each or through rings by one; each has blocks of its own and knows which version of each it
 * wrote last.
 */
#include "tests/torture/torture.h"
#include "lib/9p/print.h"
#include "lib/base/text.h"
#include "lib/block/block.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/tool/tool.h"
#include "tests/bench/disk_kinds/disk_kinds.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { WORKERS = DISK_TOGETHER_MAX, BLOCKS_EACH = 64, STACK_PAGES = 4 };
enum : u32 { BLOCK_SECTORS = DISK_OPERATION_BYTES / BLOCK_SECTOR_BYTES };
enum : u32 { PRIORITY = 32 }; /* less than whoever kills, so that it does in time */
enum : u64 { ALL = (1ull << WORKERS) - 1, END_LIMIT_NS = 10000000000ull };

/* One operation after the other. */
struct worker {
	u64 operations;        /* atomic */
	enum status status;    /* of what went wrong first */
	bool changed;          /* a block was not as written */
	struct disk_walk walk;
	u32 begun;             /* blocks that were written for the first time, or are being */
	enum block_op op;      /* under way */
	u32 block;
	u32 version[BLOCKS_EACH];
};

static struct worker workers[WORKERS];
static struct block disk;
static handle_t ready;
static u32 over;               /* atomic */

static const struct disk_kind anywhere = { .random = true };

/* ---- operations ---- */

static void tell(u64 bits)
{
	if (sys_signal_raise(ready, bits) != STATUS_OK)
		rt_exit(TOOL_FAILED);
}

static u64 place_of(u32 number) { return BLOCK_RINGS_BYTES + number * DISK_OPERATION_BYTES; }

static struct mspan part_of(u32 number) { return mspan_part(block_window(&disk), place_of(number), DISK_OPERATION_BYTES); }

static u64 sector_of(u32 number) { return (u64)(number * BLOCKS_EACH + ELEM(workers, number)->block) * BLOCK_SECTORS; }

static u64 mark(u32 number, u32 sector)
{
	const struct worker *worker = ELEM(workers, number);
	u64 version = *ELEM(worker->version, worker->block);

	return version << 32 | (number * BLOCKS_EACH + worker->block) << 8 | sector;
}

static void fill(u32 number)
{
	struct mspan data = part_of(number);

	for (u32 sector = 0; sector < BLOCK_SECTORS; sector++)
		mspan_put_le64(data, sector * BLOCK_SECTOR_BYTES, mark(number, sector));
}

static bool is_filled(u32 number)
{
	struct span data = span_of(part_of(number));

	for (u32 sector = 0; sector < BLOCK_SECTORS; sector++)
		if (span_le64(data, sector * BLOCK_SECTOR_BYTES) != mark(number, sector))
			return false;
	return true;
}

/* What it does next: each block is written once, and then any is written or read. */
static void choose(u32 number)
{
	struct worker *worker = ELEM(workers, number);
	bool first = worker->begun < BLOCKS_EACH;
	u64 drawn = first ? 0 : disk_walk_step(&worker->walk, &anywhere, 2 * BLOCKS_EACH);

	worker->op = drawn % 2 == 0 ? BLOCK_WRITE : BLOCK_READ;
	worker->block = first ? worker->begun++ : (u32)(drawn / 2);
	if (worker->op == BLOCK_WRITE) {
		++*ELEM(worker->version, worker->block);
		fill(number);
	} else {
		mspan_fill(part_of(number), 0);
	}
}

/* It is done. True: it went well, and there is another. */
static bool ended(u32 number, enum status status)
{
	struct worker *worker = ELEM(workers, number);

	worker->status = status;
	worker->changed = worker->op == BLOCK_READ && !is_filled(number);
	u64 before = __atomic_fetch_add(&worker->operations, 1, __ATOMIC_RELAXED);

	if (before + 1 == BLOCKS_EACH)
		tell(1ull << number);
	return status == STATUS_OK && !worker->changed && (before + 1 < BLOCKS_EACH || __atomic_load_n(&over, __ATOMIC_RELAXED) == 0);
}

/* ---- by calls ---- */

static void client(u64 number)
{
	enum status status;

	do {
		choose((u32)number);
		status = block_do(&disk, ELEM(workers, number)->op, sector_of((u32)number), BLOCK_SECTORS, place_of((u32)number));
	} while (ended((u32)number, status));
	tell(1ull << (WORKERS + number));
}

/* ---- through rings ---- */

static u32 worker_of[BLOCK_TOGETHER];

static void submit(u32 number)
{
	u32 as = 0;

	choose(number);
	enum status status = block_submit(&disk, ELEM(workers, number)->op, sector_of(number), BLOCK_SECTORS, place_of(number), &as);

	*ELEM(worker_of, as) = number;
	if (status != STATUS_OK)
		ELEM(workers, number)->status = status;
}

static void client_of_rings(u64 unused)
{
	struct block_done done;
	enum status status = block_begin(&disk);

	(void)unused;
	for (u32 i = 0; i < WORKERS && status == STATUS_OK; i++)
		submit(i);
	while (status == STATUS_OK && (status = block_wait(&disk, RT_FOREVER, &done)) == STATUS_OK) {
		u32 number = *ELEM(worker_of, done.number);

		if (ended(number, done.status))
			submit(number);
	}
	if (status != STATUS_NOT_FOUND)
		workers[0].status = status;
	tell(ALL | ALL << WORKERS);
}

/* ---- measuring ---- */

struct count {
	u64 operations, at_ns;
};

static struct count count_now(void)
{
	struct count count = { .at_ns = rt_now_ns() };

	for (u32 i = 0; i < WORKERS; i++)
		count.operations += __atomic_load_n(&ELEM(workers, i)->operations, __ATOMIC_RELAXED);
	return count;
}

/* "speed NAME OPERATIONS MICROSECONDS KILLS" */
static void print_speed(struct span name, const struct count *from, u64 kills)
{
	struct count to = count_now();
	u64 numbers[] = { to.operations - from->operations, (to.at_ns - from->at_ns) / 1000, kills };
	TEXT_BUFFER(line, 96);

	text_add(&line, "speed ");
	text_add_span(&line, name);
	for (u32 i = 0; i < ARRAY_LEN(numbers); i++) {
		text_add(&line, " ");
		text_add_u64(&line, *ELEM(numbers, i));
	}
	text_add(&line, "\n");
	print_text(&line);
}

static void start_thread(void (*entry)(u64), u64 number)
{
	struct activity_params params = { .priority = PRIORITY };
	handle_t activity = {}, thread = {};
	enum status status = sys_activity_create(rt_group(), &params, &activity);

	if (status == STATUS_OK)
		status = rt_thread_start(entry, number, STACK_PAGES, activity, &thread);
	if (status != STATUS_OK)
		lost(span_text("a thread"), status);
	sys_cap_drop(activity);
	sys_cap_drop(thread);
}

static void start_threads(bool rings)
{
	for (u32 i = 0; i < WORKERS; i++)
		ELEM(workers, i)->walk = disk_walk_of(i);
	if (rings)
		start_thread(client_of_rings, 0);
	for (u32 i = 0; i < WORKERS && !rings; i++)
		start_thread(client, i);
}

static void wait_for(u64 bits, struct span what)
{
	u64 got = 0, deadline = rt_deadline_in(END_LIMIT_NS);
	enum status status = STATUS_OK;

	while (bits != 0 && status == STATUS_OK) {
		status = sys_signal_wait(ready, bits, deadline, &got);
		bits &= ~got;
	}
	if (status != STATUS_OK)
		lost(what, status);
}

static void look_at(const struct worker *worker)
{
	if (worker->status != STATUS_OK)
		lost(span_text(TORTURE_DISK), worker->status);
	if (worker->changed)
		lost(span_text("the bytes of a disk"), STATUS_OK);
}

static void measure(struct span driver, u64 every_ns, u64 kills)
{
	struct count begin = count_now();

	rt_sleep_until(begin.at_ns + kills * every_ns);
	print_speed(span_text("undisturbed"), &begin, 0);
	begin = count_now();
	for (u64 i = 0; i < kills; i++) {
		kill_only(driver);
		rt_sleep_until(begin.at_ns + (i + 1) * every_ns);
	}
	print_speed(span_text("killed"), &begin, kills);
}

void disk_speed(struct span driver, u64 every_ns, u64 kills, bool rings)
{
	enum status status = block_open(&disk, span_text(TORTURE_DISK), OPEN_READ | OPEN_WRITE);

	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &ready);
	if (status == STATUS_OK && disk.limits.sectors < WORKERS * BLOCKS_EACH * BLOCK_SECTORS)
		status = STATUS_INVALID;
	if (status != STATUS_OK) {
		lost(span_text(TORTURE_DISK " of 4,096 sectors at least"), status);
		return;
	}
	u64 before = recoveries(driver);

	start_threads(rings);
	wait_for(ALL, span_text("the first writes"));
	measure(driver, every_ns, kills);
	__atomic_store_n(&over, 1u, __ATOMIC_RELAXED);
	wait_for(ALL << WORKERS, span_text("the last operations"));
	for (u32 i = 0; i < WORKERS; i++)
		look_at(ELEM(workers, i));
	if (recoveries(driver) == before) /* one for each kill, but for one that came while it was away */
		lost(span_text("the driver was never away"), STATUS_OK);
	block_close(&disk);
}
