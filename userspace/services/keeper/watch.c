/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of units: order of starting, exits, restarts with growing delays.
 */
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/domains.h"
#include "userspace/services/keeper/found.h"
#include "userspace/services/keeper/policy.h"
#include "userspace/services/keeper/pulse.h"
#include "userspace/services/keeper/replace.h"
#include "userspace/services/keeper/stop.h"
#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"
#include "lib/service/service.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u64 { MS = 1000000 };

static handle_t timer;

enum status watch_init(void)
{
	return sys_timer_create(rt_group(), service_signal(), 1ull << TIMER_BIT, &timer);
}

/* What the device found wants, unless a person has put another in its place. */
static void choose_program(struct unit *unit, const struct manifest_record *m)
{
	struct span program = found_program(m);

	if (span_len(program) == 0 || !span_equal(manifest_text(unit->program), manifest_text(m->program)))
		return;
	mspan_fill(MSPAN_OF_ARRAY(unit->program), 0);
	mspan_set_text(MSPAN_OF_ARRAY(unit->program), program);
}

/* True if its device is there. */
static bool has_device(struct unit *unit, const struct manifest_record *m)
{
	TEXT_BUFFER(why, 128);
	enum found found = found_device(m, &why);

	if (found == FOUND_THERE)
		found = found_kept(unit, m, &why);
	if (found == FOUND_ABSENT)
		unit_set_absent(unit, text_span(&why));
	if (found == FOUND_THERE)
		choose_program(unit, m);
	return found == FOUND_THERE;
}

/* True if everything the unit needs was started; what is missing in the image makes it fail, what is missing in the
 * machine absent. */
static bool needs_met(struct unit *unit)
{
	const struct manifest_record *m = unit_manifest(unit);

	if (m == nullptr) {
		watch_out_of_service(unit, UNIT_FAILED);
		return false;
	}
	for (u32 i = 0; i < m->needs_count; i++) {
		struct span name = manifest_text(ELEM(m->needs, i)->text);
		const struct unit *needed = unit_named(name);

		if (needed == nullptr) {
			watch_out_of_service(unit, UNIT_FAILED);
			unit_set_problem(unit, span_text("needs a service that is not in the image: "), name);
			return false;
		}
		unit->needs |= 1ull << unit_index(needed);
		if (needed->starts == 0 && unit_out_of_service(needed)) {
			watch_out_of_service(unit, UNIT_FAILED);
			unit_set_problem(unit, span_text("needs a service that cannot be started: "), name);
			return false;
		}
		if (needed->starts == 0 && needed->state != UNIT_ABSENT)
			return false;
	}
	return has_device(unit, m);
}

static struct policy policy_of(const struct unit *unit)
{
	return (struct policy){ .restart = unit->restart, .backoff_ms = unit->backoff_ms, .backoff_max_ms = unit->backoff_max_ms,
		.give_up_after = unit->give_up_after };
}

static void plan_restart(struct unit *unit)
{
	struct policy policy = policy_of(unit);

	unit->restart_at_ns = rt_deadline_in(policy_delay_ms(&policy, unit->failures) * MS);
	unit->state = UNIT_BACKOFF;
}

void unit_restart_now(struct unit *unit)
{
	unit->failures = 0;
	plan_restart(unit);
}

void watch_out_of_service(struct unit *unit, enum unit_state state)
{
	unit->state = state;
	refuse_begin(unit);
}

static void give_up(struct unit *unit)
{
	TEXT_BUFFER(line, 64);

	text_add(&line, "given up after ");
	text_add_u64(&line, unit->failures);
	text_add(&line, " failures in a row");
	unit_set_problem(unit, text_span(&line), span_empty());
	watch_out_of_service(unit, UNIT_GIVEN_UP);
}

static void obey(struct unit *unit, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_FINISHED: watch_out_of_service(unit, UNIT_FINISHED); break;
	case VERDICT_AGAIN: plan_restart(unit); break;
	case VERDICT_GIVE_UP: give_up(unit); break;
	}
}

static void start_failed(struct unit *unit, enum status status)
{
	struct policy policy = policy_of(unit);

	if (replace_ended(unit)) {
		unit_restart_now(unit);
		return;
	}
	unit->failures++;
	/* WHY at once: the image does not get better by waiting. */
	if (status == STATUS_BAD_FORMAT || status == STATUS_NOT_FOUND)
		watch_out_of_service(unit, UNIT_FAILED);
	else
		obey(unit, policy_failed(&policy, unit->failures));
}

/* False: it waits until its device was reset, or cannot be started. */
static bool device_has_stopped(struct unit *unit)
{
	TEXT_BUFFER(why, 96);
	enum found found = stop_look(unit, &why);

	if (found == FOUND_NOT_YET)
		unit->state = UNIT_WAITING;
	if (found == FOUND_ABSENT) {
		watch_out_of_service(unit, UNIT_FAILED);
		unit_set_problem(unit, text_span(&why), span_empty());
	}
	return found == FOUND_THERE;
}

static void start_now(struct unit *unit)
{
	refuse_end(unit);
	if (!device_has_stopped(unit))
		return;
	domains_begin(unit);
	unit->instances++;
	unit_commit(unit);
	enum status status = unit_launch(unit);

	if (status == STATUS_OK) {
		unit->starts++;
		unit->started_ns = rt_now_ns();
		unit->state = UNIT_RUNNING;
		unit->ready = unit->asked = false;
		/* Who serves nobody is back as soon as it runs. */
		if (unit->provides[0] == 0)
			watch_ready(unit);
		mspan_fill(MSPAN_OF_ARRAY(unit->problem), 0);
		unit_commit(unit);
		return;
	}
	start_failed(unit, status);
}

/* The next time at which a unit is to be started. */
static void set_timer(void)
{
	u64 next = replace_deadline();

	for (u32 i = 0; i < units_count(); i++) {
		if (unit_at(i)->state == UNIT_BACKOFF)
			next = min_u64(next, unit_at(i)->restart_at_ns);
	}
	enum status status = sys_timer_set(timer, next == U64_MAX ? 0 : next, 0);

	INVARIANT(status == STATUS_OK, "the keeper's own timer can be set");
}

void watch_ready(struct unit *unit)
{
	if (unit->state != UNIT_RUNNING || unit->ready)
		return;
	unit->ready = true;
	unit->ready_ns = rt_now_ns();
	if (!replace_ready(unit))
		return;
	unit->hung = false;
	domains_forgiven(unit);
	pulse_watch(unit);
	if (unit->down_ns == 0)
		return;
	unit->recovery_ns = rt_now_ns() - unit->down_ns;
	unit->recovery_worst_ns = max_u64(unit->recovery_worst_ns, unit->recovery_ns);
	unit->recoveries++;
	unit->down_ns = 0;
}

void watch_start_ready(void)
{
	bool progress = true;

	while (progress) {
		progress = false;
		lost_look();
		for (u32 i = 0; i < units_count(); i++) {
			struct unit *unit = unit_at(i);

			if (unit->state != UNIT_WAITING)
				continue;
			if (needs_met(unit))
				start_now(unit);
			progress = progress || unit->state != UNIT_WAITING;
		}
	}
	set_timer();
}

static void log_end(const struct unit *unit)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "process ");
	text_add_u64(&line, unit->process_id);
	text_add(&line, " ended: ");
	switch ((enum exit_reason)unit->exit_reason) {
	case EXIT_REASON_EXITED:
		text_add(&line, "exit status ");
		text_add_u64(&line, unit->exit_status);
		break;
	case EXIT_REASON_KILLED: text_add(&line, "killed"); break;
	case EXIT_REASON_FAULTED: text_add(&line, "fault; see log crash"); break;
	case EXIT_REASON_GROUP_DESTROYED: text_add(&line, "its group was destroyed"); break;
	case EXIT_REASON_NONE:
	case EXIT_REASON_COUNT:
	default: text_add(&line, "unknown reason"); break;
	}
	text_add(&line, "; now ");
	text_add_cstr(&line, unit_state_name(unit->state));
	unit_log(unit, text_span(&line));
}

static enum ending ending_of(const struct unit *unit)
{
	if (unit->exit_reason == EXIT_REASON_KILLED && !unit->hung && !unit->strayed)
		return ENDED_KILLED;
	if (unit->exit_reason != EXIT_REASON_EXITED)
		return ENDED_BADLY;
	if (unit->exit_status == SERVICE_EXIT_ABSENT)
		return ENDED_ABSENT;
	return unit->exit_status == 0 ? ENDED_WELL : ENDED_BADLY;
}

/* What a person said, what became of those that it needs, or the policy decides. */
static void decide(struct unit *unit)
{
	struct policy policy = policy_of(unit);

	if (unit->stop_asked)
		unit->state = UNIT_STOPPED;
	else if (unit->lost && unit->without == MANIFEST_WITHOUT_STOP)
		watch_out_of_service(unit, UNIT_GIVEN_UP);
	else
		obey(unit, policy_judge(&policy, ending_of(unit), rt_now_ns() - unit->started_ns, &unit->failures));
}

/* Nobody knows of it yet: a fault has its record, and who has the keeper end a service knows that. */
static bool unasked(const struct unit *unit)
{
	if (unit->exit_reason == EXIT_REASON_EXITED)
		return ending_of(unit) == ENDED_BADLY;
	return unit->exit_reason != EXIT_REASON_FAULTED && !unit->asked;
}

/* From now on it is away, unless it was already. Nobody waits for one that is to stop. */
static void goes_down(struct unit *unit)
{
	if (unit->down_ns == 0 && !unit->stop_asked)
		unit->down_ns = rt_now_ns();
}

/* WHY committed before the instance is given up: should the keeper end on the way, the next one finds it all as it was. */
static void unit_ended(struct unit *unit)
{
	struct process_info info = {};

	if (unit->state != UNIT_RUNNING || sys_process_stat(unit->process, &info) != STATUS_OK ||
	    info.state != PROCESS_STATE_DEAD)
		return;
	pulse_forget(unit);
	unit->exit_status = info.exit_status;
	unit->exit_reason = info.exit_reason;
	unit->ended_before = true;
	goes_down(unit);
	if (replace_ended(unit) && !unit->stop_asked)
		unit_restart_now(unit);
	else
		decide(unit);
	unit_commit(unit);
	unit_drop_instance(unit);
	log_end(unit);
	if (unasked(unit))
		crash_ended(unit, &info);
}

/* What is not running by the table was started and never committed: it is undone. A process that is there has been watched
 * since, and may have ended. */
void watch_resume(struct unit *unit)
{
	if (unit->state != UNIT_RUNNING) {
		unit_drop_instance(unit);
		if (unit_out_of_service(unit))
			refuse_begin(unit);
		return;
	}
	/* WHY no more: the rest was made before it was started, or will be when it is again. */
	if (unit_make_client(unit) != STATUS_OK)
		unit_set_problem(unit, span_text("not enough memory to watch it"), span_empty());
	if (unit->ready)
		pulse_watch(unit);
	bool asked = unit->asked;

	/* An order that the instance before had not come to carry out. A kill that fails finds it ended. */
	if (asked)
		(void)sys_process_kill(unit->process, UNIT_KILL_STATUS);
	unit->asked = true; /* WHY: the instance before may have done so, and not come to say it */
	unit_ended(unit);
	unit->asked = asked;
}

static void start_due(void)
{
	u64 now = rt_now_ns();

	for (u32 i = 0; i < units_count(); i++) {
		struct unit *unit = unit_at(i);

		if (unit->state == UNIT_BACKOFF && unit->restart_at_ns <= now)
			start_now(unit);
	}
}

/* WHY not when it is asked for: the keeper would come to end it when whoever asked has his turns, and callers of who is ended
 * may be more important. A kill that fails finds it ended. */
static void kill_asked(void)
{
	for (u32 i = 0; i < units_count(); i++) {
		struct unit *unit = unit_at(i);

		if (!unit->asked || unit->state != UNIT_RUNNING)
			continue;
		goes_down(unit);
		(void)sys_process_kill(unit->process, UNIT_KILL_STATUS);
	}
}

void watch_signal(u64 bits)
{
	if ((bits & 1ull << PULSE_BIT) != 0)
		pulse_look();
	if ((bits & 1ull << KILL_BIT) != 0)
		kill_asked();
	for (u32 i = 0; i < units_count(); i++) {
		if ((bits & 1ull << i) != 0)
			unit_ended(unit_at(i));
	}
	replace_due();
	start_due();
	watch_start_ready();
}

enum status unit_kill(struct unit *unit)
{
	if (unit->state != UNIT_RUNNING)
		return STATUS_NOT_FOUND;
	unit->asked = true;
	return sys_signal_raise(service_signal(), 1ull << KILL_BIT);
}

enum status unit_stop(struct unit *unit)
{
	if (unit->state == UNIT_ABSENT)
		return STATUS_NOT_FOUND;
	unit->stop_asked = true;
	unit->down_ns = 0;
	if (unit->state == UNIT_RUNNING)
		return unit_kill(unit);
	/* It may be between two versions. */
	(void)replace_ended(unit);
	unit->state = UNIT_STOPPED;
	return STATUS_OK;
}

enum status unit_start(struct unit *unit)
{
	unit->stop_asked = false;
	if (unit->state == UNIT_RUNNING)
		return STATUS_OK;
	if (unit->state == UNIT_ABSENT)
		return STATUS_NOT_FOUND;
	/* Its device may come back this time. */
	if (unit->state == UNIT_FAILED)
		stop_device(unit);
	unit->failures = 0;
	start_now(unit);
	watch_start_ready();
	return unit->state == UNIT_RUNNING || unit->state == UNIT_WAITING ? STATUS_OK : STATUS_IO;
}
