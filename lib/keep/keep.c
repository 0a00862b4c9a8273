/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept state. See keep.h.
 * INV: KEEP-WHOLE  at any moment, the tables are those of the last commit, or the log is valid and
 *                  carrying it out makes them so.
 */
#include "lib/keep/layout.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"
#include "abi/stubs.h"
#include "abi/structs.h"

static pages_t state;      /* 0: nothing is kept */
static u64 state_bytes;
static u64 tables_end;     /* where the next part goes */
static u64 bulk_begin;     /* bulk lies from here to the end */
static u64 log_used;
static u32 own_version;
static bool restoring;

static struct mspan memory(void) { return rt_pages_mspan(state); }

/* The stores before are in memory before those after it, for whoever comes when this process is ended between them. */
static void in_order(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

static struct keep_head head(void)
{
	struct keep_head found;

	span_copy(MSPAN_OF_STRUCT(found), span_first(span_of(memory()), sizeof(found)));
	return found;
}

static void set_head(u64 field, u64 value) { mspan_put_u64(memory(), field, value); }
#define SET_HEAD(field, value) set_head(__builtin_offsetof(struct keep_head, field), (value))

/* Finishes what is decided. */
static bool carry_out(const struct keep_head *now)
{
	if (!keep_log_apply(memory(), now->log_bytes))
		return false;
	SET_HEAD(sum, now->next_sum);
	in_order();
	SET_HEAD(log_valid, 0);
	in_order();
	return true;
}

static enum keep_found judge(u32 version, u64 bytes)
{
	struct keep_head now = head();

	if (now.magic == 0)
		return KEEP_FRESH;
	if (now.magic != KEEP_MAGIC || now.log_valid > 1)
		return KEEP_DAMAGED;
	if (now.version != version || now.table_bytes != bytes)
		return KEEP_OTHER;
	if (now.log_valid != 0 && !carry_out(&now))
		return KEEP_DAMAGED;
	now = head();
	return keep_sum(span_part(span_of(memory()), KEEP_TABLES_AT, bytes), KEEP_TABLES_AT) == now.sum ? KEEP_RESTORED :
		KEEP_DAMAGED;
}

static bool map_state(void)
{
	handle_t handle = rt_handle(span_text("state"));
	struct cap_info info;

	if (handle_is_none(handle) || sys_cap_inspect(handle, &info) != STATUS_OK)
		return false;
	state_bytes = info.count << PAGE_SHIFT;
	return rt_pages_map(handle, 0, state_bytes, MAP_READ | MAP_WRITE, &state) == STATUS_OK;
}

enum keep_found keep_open(u32 version, u64 bytes)
{
	if (!map_state())
		return KEEP_NONE;
	INVARIANT(bytes % 8 == 0 && KEEP_TABLES_AT + bytes <= state_bytes, "the manifest's state holds what the service keeps");
	enum keep_found found = judge(version, bytes);
	struct keep_head now = head();

	own_version = version;
	tables_end = KEEP_TABLES_AT;
	bulk_begin = state_bytes;
	log_used = 0;
	restoring = found == KEEP_RESTORED;
	if (restoring) {
		SET_HEAD(restored, now.restored + 1);
		return found;
	}
	SET_HEAD(magic, 0);
	in_order();
	SET_HEAD(log_valid, 0);
	mspan_fill(mspan_part(memory(), KEEP_DESK_AT, KEEP_DESK_BYTES), 0);
	if (found != KEEP_FRESH) {
		SET_HEAD(begun_anew, now.magic == KEEP_MAGIC ? now.begun_anew + 1 : 1);
		SET_HEAD(reason, found);
	}
	return found;
}

void keep_add(struct keep_part *part, struct mspan records, u32 record_bytes)
{
	u64 bytes = mspan_len(records);

	if (state.v == 0)
		return;
	INVARIANT(record_bytes % 8 == 0 && bytes % record_bytes == 0, "kept records are whole words");
	*part = (struct keep_part){ .at = tables_end, .record_bytes = record_bytes, .count = (u32)(bytes / record_bytes) };
	struct mspan copy = mspan_part(memory(), tables_end, bytes);

	if (restoring)
		span_copy(records, span_of(copy));
	else
		span_copy(copy, span_of(records));
	tables_end += bytes;
}

bool keep_is_restoring(void) { return restoring; }

void keep_ready(void)
{
	if (state.v == 0 || restoring)
		return;
	u64 bytes = tables_end - KEEP_TABLES_AT;

	SET_HEAD(version, own_version);
	SET_HEAD(table_bytes, bytes);
	SET_HEAD(sum, keep_sum(span_part(span_of(memory()), KEEP_TABLES_AT, bytes), KEEP_TABLES_AT));
	in_order();
	SET_HEAD(magic, KEEP_MAGIC);
	in_order();
}

/* ---- transactions ---- */

bool keep_room(u64 records, u64 bytes)
{
	return log_used + records * (bytes + KEEP_ENTRY_BYTES) <= KEEP_LOG_BYTES;
}

bool keep_pending(void) { return log_used != 0; }

/* Where the log has an entry for the place, or its end. */
static u64 entry_for(u64 at)
{
	u64 from = KEEP_LOG_AT;

	while (from < KEEP_LOG_AT + log_used && span_u64(span_of(memory()), from) != at)
		from += KEEP_ENTRY_BYTES + span_u64(span_of(memory()), from + 8);
	return from;
}

static void note_down(u64 at, struct span bytes)
{
	u64 from = entry_for(at);

	if (from == KEEP_LOG_AT + log_used) {
		INVARIANT(keep_room(1, span_len(bytes)), "the changes of one commit fit the log");
		mspan_put_u64(memory(), from, at);
		mspan_put_u64(memory(), from + 8, span_len(bytes));
		log_used += KEEP_ENTRY_BYTES + span_len(bytes);
	}
	span_copy(mspan_part(memory(), from + KEEP_ENTRY_BYTES, span_len(bytes)), bytes);
}

void keep_changed(const struct keep_part *part, u32 index, struct span record)
{
	if (state.v == 0)
		return;
	INVARIANT(index < part->count && span_len(record) == part->record_bytes, "a kept record is one of its table");
	note_down(part->at + (u64)index * part->record_bytes, record);
}

void keep_commit(void)
{
	if (state.v == 0 || log_used == 0)
		return;
	struct keep_head now = head();

	now.next_sum = keep_log_sum(memory(), log_used, now.sum);
	now.log_bytes = log_used;
	SET_HEAD(next_sum, now.next_sum);
	SET_HEAD(log_bytes, log_used);
	in_order();
	SET_HEAD(log_valid, 1);
	in_order();
	bool done = carry_out(&now);

	INVARIANT(done, "the own log can be carried out");
	log_used = 0;
}

/* ---- the desk ---- */

void keep_desk(struct mspan desk)
{
	if (state.v != 0)
		span_copy(desk, span_part(span_of(memory()), KEEP_DESK_AT, mspan_len(desk)));
}

void keep_desk_changed(struct span desk)
{
	if (state.v != 0)
		note_down(KEEP_DESK_AT, desk);
}

void keep_desk_now(struct span desk)
{
	if (state.v == 0)
		return;
	in_order();
	span_copy(mspan_part(memory(), KEEP_DESK_AT, KEEP_DESK_BYTES), desk);
	in_order();
}

/* ---- bulk ---- */

u64 keep_bulk(u64 bytes)
{
	if (state.v == 0)
		return 0;
	INVARIANT(bytes <= bulk_begin - tables_end, "the manifest's state has room for the service's bulk");
	bulk_begin -= bytes;
	return bulk_begin;
}

struct mspan keep_bulk_bytes(u64 at, u64 bytes)
{
	return mspan_part(memory(), at, bytes);
}
