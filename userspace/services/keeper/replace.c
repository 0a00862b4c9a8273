/* SPDX-License-Identifier: Apache-2.0
 *
 * Replacing a service's program. See replace.h. WHY what is kept is copied: a version that fails may have changed it
 * before it did, also bulk, where its own tables are longer than the former's.
 */
#include "userspace/services/keeper/replace.h"
#include "userspace/services/keeper/hold.h"
#include "lib/keep/keep.h"
#include "lib/keep/layout.h"
#include "abi/names.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u64 { LIMIT_NS = 3000000000ull };
/* What the attempt has come to. */
enum stage : u32 { IDLE, ENDING_OLD, STARTING_NEW, ENDING_NEW };

struct STABLE attempt {
	u32 unit;
	enum stage stage;
	char former[UNIT_PROGRAM_BYTES];
	u64 ticket;
	u64 count;         /* what the request wrote */
	u64 deadline_ns;
	u64 copied;        /* bytes of the state that there is a copy of; 0: it keeps none, or nothing yet */
	u64 restored;      /* how often that state had been taken over */
};
KEEP_RECORD(struct attempt, 96);

static struct attempt attempt, committed;
static struct held_pages copy;
static struct keep_part kept;

static struct unit *replaced(void) { return unit_at(attempt.unit); }
u64 replace_deadline(void) { return attempt.stage == STARTING_NEW ? attempt.deadline_ns : U64_MAX; }

static u64 times_restored(struct span state) { return span_u64(state, __builtin_offsetof(struct keep_head, restored)); }

/* Copies between the unit's state and the attempt's copy of it. */
static enum status copy_state(const struct unit *unit, bool back)
{
	struct cap_info info;
	pages_t state = {};

	if (handle_is_none(unit->memory))
		return STATUS_OK;
	enum status status = sys_cap_inspect(unit->memory, &info);

	if (status == STATUS_OK)
		status = rt_pages_map(unit->memory, 0, info.count << PAGE_SHIFT, MAP_READ | MAP_WRITE, &state);
	if (status != STATUS_OK)
		return status;
	if (!back) {
		/* The copy of an attempt before is of no use, and of another size. */
		hold_pages_end(&copy, HELD_REPLACED);
		attempt.copied = span_u64(rt_pages_span(state), 0) == KEEP_MAGIC ? info.count << PAGE_SHIFT : 0;
		attempt.restored = times_restored(rt_pages_span(state));
	}
	if (attempt.copied != 0 && !(back ? hold_pages_again : hold_pages)(&copy, HELD_REPLACED, attempt.copied))
		status = back ? STATUS_NOT_FOUND : STATUS_OUT_OF_FRAMES;
	else if (attempt.copied != 0 && back)
		span_copy(rt_pages_mspan(state), rt_pages_span(copy.pages));
	else if (attempt.copied != 0)
		span_copy(rt_pages_mspan(copy.pages), rt_pages_span(state));
	rt_pages_release(state);
	return status;
}

static void finish(enum status status, struct span what)
{
	unit_log(replaced(), what);
	service_answer((service_ticket)attempt.ticket, status, attempt.count);
	attempt = (struct attempt){};
}

enum status replace_begin(struct service_call *call, struct unit *unit, struct span program)
{
	if (attempt.stage != IDLE)
		return STATUS_BUSY;
	if (unit->state != UNIT_RUNNING || !unit->ready)
		return STATUS_NOT_FOUND;
	if (span_len(program) == 0 || span_len(program) >= UNIT_PROGRAM_BYTES)
		return STATUS_INVALID;
	attempt = (struct attempt){ .unit = unit_index(unit), .stage = ENDING_OLD, .count = call->count };
	mspan_set_text(MSPAN_OF_ARRAY(attempt.former), manifest_text(unit->program));
	attempt.ticket = service_defer(call);
	enum status status = attempt.ticket == 0 ? STATUS_BUSY : unit_kill(unit);

	if (status != STATUS_OK) {
		attempt.stage = IDLE;
		return status;
	}
	mspan_fill(MSPAN_OF_ARRAY(unit->program), 0);
	mspan_set_text(MSPAN_OF_ARRAY(unit->program), program);
	return STATUS_OK;
}

/* Who serves nobody does not say that it has come up: it has if it runs at the deadline. */
static bool serves(const struct unit *unit) { return unit->provides[0] != 0; }

static void take_back(void)
{
	mspan_fill(MSPAN_OF_ARRAY(replaced()->program), 0);
	mspan_set_text(MSPAN_OF_ARRAY(replaced()->program), manifest_text(attempt.former));
}

/* What was kept is still there, and the new version goes on with it. */
static bool took_over(const struct unit *unit)
{
	pages_t state = {};

	if (attempt.copied == 0)
		return true;
	if (rt_pages_map(unit->memory, 0, PAGE_BYTES, MAP_READ, &state) != STATUS_OK)
		return false;
	bool took = times_restored(rt_pages_span(state)) != attempt.restored;

	rt_pages_release(state);
	return took;
}

/* WHY ended here, while it waits for this to be answered: it is not to tell clients that what they have is gone. */
bool replace_ready(struct unit *unit)
{
	if (attempt.stage != STARTING_NEW || replaced() != unit || !serves(unit))
		return true;
	if (took_over(unit)) {
		finish(STATUS_OK, span_text("was replaced"));
		return true;
	}
	unit_log(unit, span_text("problem: its replacement does not take over what is kept"));
	attempt.stage = ENDING_NEW;
	unit->asked = true;
	/* One that has ended by itself is heard of. */
	(void)sys_process_kill(unit->process, UNIT_KILL_STATUS);
	return false;
}

bool replace_ended(struct unit *unit)
{
	if (attempt.stage == IDLE || replaced() != unit)
		return false;
	if (attempt.stage == ENDING_OLD && !unit->stop_asked && copy_state(unit, false) == STATUS_OK) {
		attempt.stage = STARTING_NEW;
		attempt.deadline_ns = rt_deadline_in(LIMIT_NS);
		return true;
	}
	take_back();
	if (attempt.stage != ENDING_OLD && copy_state(unit, true) != STATUS_OK)
		unit_set_problem(unit, span_text("its state could not be restored"), span_empty());
	finish(STATUS_IO, unit->stop_asked ? span_text("problem: it was stopped while it was replaced; the former program is back") :
		span_text("problem: its replacement did not come up; the former program is back"));
	return true;
}

void replace_due(void)
{
	if (attempt.stage != STARTING_NEW || rt_now_ns() < attempt.deadline_ns)
		return;
	if (!serves(replaced()) && replaced()->state == UNIT_RUNNING) {
		finish(STATUS_OK, span_text("was replaced"));
		return;
	}
	attempt.stage = ENDING_NEW;
	/* It may have ended by itself meanwhile: then that is heard of. */
	(void)unit_kill(replaced());
}

/* ---- what is kept ---- */

u64 replace_keep_bytes(void) { return sizeof(attempt); }

void replace_keep(void)
{
	keep_add(&kept, MSPAN_OF_STRUCT(attempt), sizeof(attempt));
	committed = attempt;
}

void replace_changed(void)
{
	if (span_equal(SPAN_OF_STRUCT(attempt), SPAN_OF_STRUCT(committed)))
		return;
	keep_changed(&kept, 0, SPAN_OF_STRUCT(attempt));
	span_copy(MSPAN_OF_STRUCT(committed), SPAN_OF_STRUCT(attempt));
}

/* WHY not before: the state would be lost if the keeper ended in between. */
void replace_committed(void)
{
	if (attempt.stage == IDLE && !handle_is_none(copy.memory))
		hold_pages_end(&copy, HELD_REPLACED);
}

void replace_resume(void)
{
	if (attempt.stage == IDLE)
		hold_pages_end(&copy, HELD_REPLACED);
}
