/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of a disk that writes what cannot be into its rings. It may only read, so that what others have is not its to change;
 * it is told of each thing that cannot be, once, and served no more until it opens the disk anew.
 */
#include "tests/torture/torture.h"
#include "lib/block/block.h"
#include "lib/rt/message.h"
#include "lib/tool/tool.h"
#include "abi/stubs.h"

enum : u64 { PATIENCE_NS = 2000000000, SHORT_NS = 2000000 };
enum : u32 { BELLS = 20 };

static struct block disk;

/* WHY more than once: a window is lent again only when its last client's requests are done. */
static void begin(void)
{
	u64 deadline = rt_deadline_in(PATIENCE_NS);
	enum status status = STATUS_BUSY;

	while (status == STATUS_BUSY && rt_now_ns() < deadline)
		status = block_open(&disk, span_text(TORTURE_DISK), OPEN_READ);
	if (status == STATUS_OK)
		status = block_begin(&disk);
	if (status != STATUS_OK)
		lost(span_text(TORTURE_DISK), status);
}

static void again(void)
{
	block_close(&disk);
	begin();
}

static struct mspan rings(void) { return block_rings(block_window(&disk)); }

/* As the library would not. */
static void ask(u64 what, u64 sector, u64 at)
{
	struct ring_entry entry = { .word = { 0, what, sector, at } };

	ring_client_ask(&disk.ring, rings(), 0, &entry);
	block_tell(&disk);
}

static void told(struct span what, enum status expected)
{
	struct block_done done = {};
	enum status status = block_wait(&disk, rt_deadline_in(PATIENCE_NS), &done);

	if (status != expected)
		lost(what, status);
}

/* Each is one request in one respect. */
static void what_cannot_be(void)
{
	static const struct { u64 what, sector, at; } kinds[] = {
		{ BLOCK_WRITE | 1ull << 32, 0, BLOCK_RINGS_BYTES },                /* it may only read */
		{ BLOCK_DISCARD | 1ull << 32, 0, BLOCK_RINGS_BYTES },
		{ BLOCK_OPS | 1ull << 32, 0, BLOCK_RINGS_BYTES },
		{ BLOCK_READ, 0, BLOCK_RINGS_BYTES },                              /* nothing */
		{ BLOCK_READ | 121ull << 32, 0, BLOCK_RINGS_BYTES },               /* past the window */
		{ BLOCK_READ | 1ull << 32, 0, BLOCK_WINDOW_BYTES },
		{ BLOCK_READ | 1ull << 32, 0, 0 - BLOCK_SECTOR_BYTES },
		{ BLOCK_READ | 1ull << 32, 0, BLOCK_RINGS_BYTES + 1 },
		{ BLOCK_READ | 1ull << 32, 0, 0 },                                 /* into the rings */
		{ BLOCK_READ | 1ull << 32, 1ull << 55, BLOCK_RINGS_BYTES },        /* past the disk */
		{ BLOCK_READ | 1ull << 32, U64_MAX, BLOCK_RINGS_BYTES },
	};

	for (u32 i = 0; i < ARRAY_LEN(kinds) && lost_count() == 0; i++) {
		ask(ELEM(kinds, i)->what, ELEM(kinds, i)->sector, ELEM(kinds, i)->at);
		told(span_text("what cannot be is not answered so"), STATUS_INVALID);
		lease_ring(&disk.lease);
		told(span_text("nor what comes behind it"), STATUS_INVALID);
		again();
		ask(BLOCK_READ | 1ull << 32, 0, BLOCK_RINGS_BYTES);
		told(span_text("a client that begins anew is not served"), STATUS_OK);
	}
}

/* Of more requests than there is room for. WHY the life: counts of another are as if they were not there. */
static void counts_that_cannot_be(void)
{
	mspan_store64(rings(), RING_LINE, (u64)disk.ring.requests.life << 32 | (BLOCK_TOGETHER + 1));
	lease_ring(&disk.lease);
	if (lease_wait(&disk.lease, BLOCK_ANSWERED, rt_deadline_in(PATIENCE_NS)) != STATUS_INVALID)
		lost(span_text("more requests than there is room for"), STATUS_OK);
	again();
}

/* Whoever has closed the disk cannot wake its driver any more. */
static void bell_of_before(void)
{
	u64 deadline = rt_deadline_in(PATIENCE_NS);
	handle_t bell = disk.lease.bell;
	enum status status = STATUS_OK;

	disk.lease.bell = handle_none();
	again();
	while (status == STATUS_OK && rt_now_ns() < deadline)
		status = sys_signal_raise(bell, LEASE_BELL);
	if (status != STATUS_REVOKED)
		lost(span_text("the bell of a disk that was closed"), status);
	sys_cap_drop(bell);
}

/* Whatever comes of it. */
static void anything(void)
{
	struct block_done done;
	u32 number;

	for (u64 i = random_below(64); i > 0; i--)
		mspan_put_u8(rings(), random_below(BLOCK_RINGS_BYTES), (u8)random_below(random_below(2) == 0 ? 256 : 8));
	for (u64 i = random_below(BLOCK_TOGETHER); i > 0; i--)
		(void)block_submit(&disk, BLOCK_READ, random_below(64), 1, BLOCK_RINGS_BYTES, &number);
	for (u64 i = random_below(BELLS); i > 0; i--)
		lease_ring(&disk.lease);
	while (block_wait(&disk, rt_deadline_in(SHORT_NS), &done) == STATUS_OK)
		;
	again();
}

void write_rubbish(u64 count)
{
	begin();
	what_cannot_be();
	counts_that_cannot_be();
	bell_of_before();
	for (u64 i = 0; i < count && lost_count() == 0; i++)
		anything();
	block_close(&disk);
}
