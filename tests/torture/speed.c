/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk at full speed, undisturbed and while its driver is killed every so often: how many operations are done in each time.
 * Eight are under way; each thread has blocks of its own and knows which version of each it wrote last.
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

enum : u32 { THREADS = DISK_THREADS_MAX, BLOCKS_EACH = 64, STACK_PAGES = 4 };
enum : u32 { BLOCK_SECTORS = DISK_OPERATION_BYTES / BLOCK_SECTOR_BYTES };
enum : u32 { PRIORITY = 32 }; /* less than whoever kills, so that it does in time */
enum : u64 { ALL = (1ull << THREADS) - 1, END_LIMIT_NS = 10000000000ull };

struct worker {
	u64 operations;        /* atomic */
	enum status status;    /* of what went wrong first */
	bool changed;          /* a block was not as written */
	struct disk_walk walk;
	u32 version[BLOCKS_EACH];
};

static struct worker workers[THREADS];
static struct block disk;
static handle_t ready;
static u32 over;               /* atomic */

static const struct disk_kind anywhere = { .random = true };

/* ---- the threads ---- */

static void tell(u64 bits)
{
	if (sys_signal_raise(ready, bits) != STATUS_OK)
		rt_exit(TOOL_FAILED);
}

static struct mspan part_of(u32 thread)
{
	return mspan_part(block_window(&disk), thread * DISK_OPERATION_BYTES, DISK_OPERATION_BYTES);
}

static u64 mark(u32 thread, u32 block, u32 sector)
{
	u64 version = *ELEM(ELEM(workers, thread)->version, block);

	return version << 32 | (thread * BLOCKS_EACH + block) << 8 | sector;
}

static void fill(u32 thread, u32 block)
{
	struct mspan data = part_of(thread);

	for (u32 sector = 0; sector < BLOCK_SECTORS; sector++)
		mspan_put_le64(data, sector * BLOCK_SECTOR_BYTES, mark(thread, block, sector));
}

static bool is_filled(u32 thread, u32 block)
{
	struct span data = span_of(part_of(thread));

	for (u32 sector = 0; sector < BLOCK_SECTORS; sector++)
		if (span_le64(data, sector * BLOCK_SECTOR_BYTES) != mark(thread, block, sector))
			return false;
	return true;
}

static bool request(u32 thread, enum block_op op, u32 block)
{
	struct worker *worker = ELEM(workers, thread);

	worker->status = block_do(&disk, op, (u64)(thread * BLOCKS_EACH + block) * BLOCK_SECTORS, BLOCK_SECTORS,
		thread * DISK_OPERATION_BYTES);
	__atomic_fetch_add(&worker->operations, 1, __ATOMIC_RELAXED);
	return worker->status == STATUS_OK;
}

static bool write_block(u32 thread, u32 block)
{
	++*ELEM(ELEM(workers, thread)->version, block);
	fill(thread, block);
	return request(thread, BLOCK_WRITE, block);
}

static bool read_block(u32 thread, u32 block)
{
	mspan_fill(part_of(thread), 0);
	if (!request(thread, BLOCK_READ, block))
		return false;
	ELEM(workers, thread)->changed = !is_filled(thread, block);
	return !ELEM(workers, thread)->changed;
}

static void go(u32 thread)
{
	struct worker *worker = ELEM(workers, thread);

	for (u32 block = 0; block < BLOCKS_EACH; block++)
		if (!write_block(thread, block))
			return;
	tell(1ull << thread);
	while (__atomic_load_n(&over, __ATOMIC_RELAXED) == 0) {
		u64 drawn = disk_walk_step(&worker->walk, &anywhere, 2 * BLOCKS_EACH);
		u32 block = (u32)(drawn / 2);

		if (!(drawn % 2 == 0 ? write_block(thread, block) : read_block(thread, block)))
			return;
	}
}

static void client(u64 thread)
{
	go((u32)thread);
	tell(1ull << (THREADS + thread));
}

/* ---- measuring ---- */

struct count {
	u64 operations, at_ns;
};

static struct count count_now(void)
{
	struct count count = { .at_ns = rt_now_ns() };

	for (u32 i = 0; i < THREADS; i++)
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

static void start_threads(void)
{
	struct activity_params params = { .priority = PRIORITY };

	for (u32 i = 0; i < THREADS; i++) {
		handle_t activity = {}, thread = {};
		enum status status = sys_activity_create(rt_group(), &params, &activity);

		ELEM(workers, i)->walk = disk_walk_of(i);
		if (status == STATUS_OK)
			status = rt_thread_start(client, i, STACK_PAGES, activity, &thread);
		if (status != STATUS_OK)
			lost(span_text("a thread"), status);
		sys_cap_drop(activity);
		sys_cap_drop(thread);
	}
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

void disk_speed(struct span driver, u64 every_ns, u64 kills)
{
	enum status status = block_open(&disk, span_text(TORTURE_DISK), OPEN_READ | OPEN_WRITE);

	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &ready);
	if (status == STATUS_OK && disk.sectors < THREADS * BLOCKS_EACH * BLOCK_SECTORS)
		status = STATUS_INVALID;
	if (status != STATUS_OK) {
		lost(span_text(TORTURE_DISK " of 4,096 sectors at least"), status);
		return;
	}
	u64 before = recoveries(driver);

	start_threads();
	wait_for(ALL, span_text("the first writes"));
	measure(driver, every_ns, kills);
	__atomic_store_n(&over, 1u, __ATOMIC_RELAXED);
	wait_for(ALL << THREADS, span_text("the last operations"));
	for (u32 i = 0; i < THREADS; i++)
		look_at(ELEM(workers, i));
	if (recoveries(driver) == before) /* one for each kill, but for one that came while it was away */
		lost(span_text("the driver was never away"), STATUS_OK);
	block_close(&disk);
}
