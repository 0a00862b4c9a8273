/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept state (lib/keep). An instance is ended by not going on with it: what the next one finds is what the
 * memory holds at that moment.
 */
#include "abi/structs.h"
#include "abi/syscalls.h"
#include "lib/keep/layout.h"
#include "lib/rt/rt.h"
#include "tests/host/fake_rt/kernel.h"
#include "tests/host/user/check.h"

enum : u32 { STATE_BYTES = 16 * 4096, RECORDS = 4, VERSION = 3 };

struct record {
	u64 a, b;
};

static _Alignas(4096) u8 memory[STATE_BYTES];
static u8 before[STATE_BYTES];
static struct record records[RECORDS];
static struct keep_part part;

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *arguments)
{
	if (number == SYSCALL_CAP_INSPECT) {
		struct cap_info info = { .count = STATE_BYTES / 4096 };

		span_copy(fake_rt_memory(arguments->at[1], sizeof(info)), SPAN_OF_STRUCT(info));
	}
	return (struct raw_result){
		.status = STATUS_OK, .value = number == SYSCALL_MAP ? span_address(SPAN_OF_ARRAY(memory)) : 0,
	};
}

u64 fake_rt_message(u64 number, struct raw_message *m)
{
	(void)number;
	(void)m;
	return STATUS_OK;
}

/* A new instance: its own tables are as a fresh program's. */
static enum keep_found start(u32 version)
{
	for (u32 i = 0; i < RECORDS; i++)
		records[i] = (struct record){ .a = i };
	enum keep_found found = keep_open(version, sizeof(records));

	keep_add(&part, MSPAN_OF_ARRAY(records), sizeof(struct record));
	keep_ready();
	return found;
}

static void set(u32 index, u64 value)
{
	records[index].b = value;
	keep_changed(&part, index, SPAN_OF_STRUCT(records[index]));
}

static void begin(void)
{
	mspan_fill(MSPAN_OF_ARRAY(memory), 0);
	CHECK_NUMBER(KEEP_FRESH, start(VERSION));
}

static u64 head_field(u64 at) { return span_u64(SPAN_OF_ARRAY(memory), at); }
#define HEAD(field) head_field(__builtin_offsetof(struct keep_head, field))

static void what_is_committed_is_there(void)
{
	begin();
	set(1, 10);
	set(2, 20);
	set(1, 11);
	CHECK(keep_pending());
	keep_commit();
	CHECK(!keep_pending());
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	CHECK_NUMBER(11, records[1].b);
	CHECK_NUMBER(20, records[2].b);
	CHECK_NUMBER(3, records[3].a);
	CHECK_NUMBER(1, HEAD(restored));
}

static void what_is_not_committed_never_was(void)
{
	begin();
	set(1, 10);
	keep_commit();
	set(1, 99);
	set(3, 99);
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	CHECK_NUMBER(10, records[1].b);
	CHECK_NUMBER(0, records[3].b);
}

/* The moment after a commit was decided: the log is valid, of the tables only some are changed. */
static void what_was_decided_is_finished(void)
{
	begin();
	set(0, 5);
	keep_commit();
	span_copy(MSPAN_OF_ARRAY(before), SPAN_OF_ARRAY(memory));
	set(1, 6);
	set(2, 7);
	keep_commit();
	u64 half = KEEP_TABLES_AT + 2 * sizeof(struct record);

	span_copy(mspan_from(MSPAN_OF_ARRAY(memory), half), span_from(SPAN_OF_ARRAY(before), half));
	mspan_put_u64(MSPAN_OF_ARRAY(memory), __builtin_offsetof(struct keep_head, log_valid), 1);
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	CHECK_NUMBER(5, records[0].b);
	CHECK_NUMBER(6, records[1].b);
	CHECK_NUMBER(7, records[2].b);
	CHECK_NUMBER(0, HEAD(log_valid));
}

static void damage_begins_anew_and_is_told(void)
{
	begin();
	set(1, 10);
	keep_commit();
	memory[KEEP_TABLES_AT + 20] ^= 4;
	CHECK_NUMBER(KEEP_DAMAGED, start(VERSION));
	CHECK_NUMBER(0, records[1].b);
	CHECK_NUMBER(1, HEAD(begun_anew));
	CHECK_NUMBER(KEEP_DAMAGED, HEAD(reason));
	/* And then it is as any other. */
	set(2, 4);
	keep_commit();
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	CHECK_NUMBER(4, records[2].b);
}

/* Whatever the log says, nothing outside the state is touched, and it is not believed. */
static void a_log_that_makes_no_sense_is_damage(void)
{
	static const u64 lengths[] = { 7, 8, 24, KEEP_LOG_BYTES + 8, U64_MAX };

	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		begin();
		mspan_put_u64(MSPAN_OF_ARRAY(memory), KEEP_LOG_AT, STATE_BYTES - 8);
		mspan_put_u64(MSPAN_OF_ARRAY(memory), KEEP_LOG_AT + 8, 16);
		mspan_put_u64(MSPAN_OF_ARRAY(memory), __builtin_offsetof(struct keep_head, log_bytes), lengths[i]);
		mspan_put_u64(MSPAN_OF_ARRAY(memory), __builtin_offsetof(struct keep_head, log_valid), 1);
		CHECK_NUMBER(KEEP_DAMAGED, start(VERSION));
	}
}

static void another_version_begins_anew(void)
{
	begin();
	set(1, 10);
	keep_commit();
	CHECK_NUMBER(KEEP_OTHER, start(VERSION + 1));
	CHECK_NUMBER(0, records[1].b);
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION + 1));
}

static void the_desk_changes_at_once_or_with_a_commit(void)
{
	u64 desk[2] = { 1, 2 }, found[2] = {};

	begin();
	keep_desk_now(SPAN_OF_ARRAY(desk));
	desk[0] = 9;
	keep_desk_changed(SPAN_OF_ARRAY(desk));
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	keep_desk(MSPAN_OF_ARRAY(found));
	CHECK_NUMBER(1, found[0]);
	keep_desk_changed(SPAN_OF_ARRAY(desk));
	keep_commit();
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	keep_desk(MSPAN_OF_ARRAY(found));
	CHECK_NUMBER(9, found[0]);
}

static void bulk_lies_at_the_end_and_stays(void)
{
	begin();
	u64 at = keep_bulk(4096);

	CHECK_NUMBER(STATE_BYTES - 4096, at);
	mspan_put_u8(keep_bulk_bytes(at, 4096), 0, 7);
	CHECK_NUMBER(KEEP_RESTORED, start(VERSION));
	CHECK_NUMBER(7, mspan_u8(keep_bulk_bytes(keep_bulk(4096), 4096), 0));
}

static void the_log_says_when_it_is_full(void)
{
	begin();
	CHECK(keep_room(KEEP_LOG_BYTES / 32, 16));
	CHECK(!keep_room(KEEP_LOG_BYTES / 32 + 1, 16));
	set(0, 1);
	CHECK(!keep_room(KEEP_LOG_BYTES / 32, 16));
}

static const struct test tests[] = {
	{ "what is committed is there", what_is_committed_is_there },
	{ "what is not committed never was", what_is_not_committed_never_was },
	{ "what was decided is finished", what_was_decided_is_finished },
	{ "damage begins anew and is told", damage_begins_anew_and_is_told },
	{ "a log that makes no sense is damage", a_log_that_makes_no_sense_is_damage },
	{ "another version begins anew", another_version_begins_anew },
	{ "the desk changes at once or with a commit", the_desk_changes_at_once_or_with_a_commit },
	{ "bulk lies at the end and stays", bulk_lies_at_the_end_and_stays },
	{ "the log says when it is full", the_log_says_when_it_is_full },
};

int main(void)
{
	fake_rt_adopt();
	RUN_TESTS(tests);
	return check_finish();
}
