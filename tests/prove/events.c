/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose events are recorded: two threads, each on any of two activities, under any filter that wants either, both or none of
 * their groups, whatever was decided about them before. How a record comes into the ring is recording.c's.
 *
 * What is marked for the filter in force is what that filter says; what is known under it was introduced.
 */
#include "abi/events.h"

struct cpu;
static void record(struct cpu *cpu, enum event_id id, u64 thread, u64 trace, u64 span, u64 f0, u64 f1, u64 f2, u64 f3);

#include "kernel/core/trace/trace.c"

enum : u32 { TWO = 2, MOST = 8 };

struct cpu *prove_this_cpu;
u32 trace_classes, trace_filter;

static struct cpu *cpu;
static struct thread *thread[TWO];
static struct activity *activity[TWO];
static struct process *process[TWO];
static struct group *group[2 * TWO];    /* of processes, and of activities */
static bool wanted[2 * TWO], everybody;
static u32 records, about_process[TWO], about_thread[TWO], about_activity[TWO];
static struct event_record last;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
bool trace_filter_has_reader(void) { return MAYBE(); }
u64 hal_clock_ns(void) { return ANY(u64); }
u64 random_u64(void) { return ANY(u64); }

/* tracing.c: the group that is asked for, and all below it. */
bool trace_filter_wants(const struct group *at)
{
	for (u32 i = 0; i < 2 * TWO; i++)
		if (at == group[i])
			return wanted[i];
	PROVE(at == nullptr, "a group that has something to do with it");
	return everybody;
}

static void count_introduction(enum event_id id, u64 of, const struct event_record *is)
{
	for (u32 i = 0; i < TWO; i++) {
		if (id == EVENT_ABOUT_PROCESS && of == thread[i]->object.id) {
			about_process[i]++;
			PROVE(is->field[0] == process[i]->object.id, "of its process");
		}
		if (id == EVENT_ABOUT_THREAD && of == thread[i]->object.id) {
			about_thread[i]++;
			PROVE(is->field[0] == process[i]->object.id && is->field[1] == group[i]->object.id, "of its process and group");
		}
		if (id == EVENT_ABOUT_ACTIVITY && is->field[0] == activity[i]->object.id) {
			about_activity[i]++;
			PROVE(is->field[3] == group[TWO + i]->object.id, "of its group");
		}
	}
}

/* recording.c */
static void record(struct cpu *at, enum event_id id, u64 of, u64 trace, u64 span, u64 f0, u64 f1, u64 f2, u64 f3)
{
	PROVE(at == cpu, "into its own ring");
	records++;
	last = (struct event_record){ .id = (u16)id, .thread = (u32)of, .trace = trace, .span = span, .field = { f0, f1, f2, f3 } };
	count_introduction(id, of, &last);
}

/* ---- any state ---- */

static u32 number_of(u32 i) { return thread[i]->activity == activity[0] ? 0 : 1; }
static bool wants(u32 i) { return wanted[i] || wanted[TWO + number_of(i)]; }

/* What was decided under the filter in force, for the trace that it runs on. */
static bool kept(u32 i)
{
	const struct trace_of_thread *of = &thread[i]->trace;

	if (of->on != thread[i]->activity->trace.trace_low || (of->mark | TRACE_WANTED) != trace_filter)
		return true; /* it is looked at anew */
	return (of->mark == trace_filter) == wants(i) && (of->mark != trace_filter || (of->known == trace_filter &&
		thread[i]->activity->trace.known == trace_filter));
}

static void any_state(void)
{
	prove_this_cpu = cpu = NEW(struct cpu);
	ASSUME(cpu->id < CPUS_MAX);
	trace_filter = ANY(u32) | TRACE_WANTED;
	ASSUME(trace_filter > TRACE_WANTED); /* the first is TRACE_FILTER_STEP more */
	trace_classes = ANY(u8);
	everybody = MAYBE();
	records = 0;
	for (u32 i = 0; i < 2 * TWO; i++) {
		group[i] = NEW(struct group);
		wanted[i] = everybody || MAYBE();
	}
	for (u32 i = 0; i < TWO; i++) {
		process[i] = NEW(struct process);
		process[i]->object.group = group[i];
		activity[i] = NEW(struct activity);
		activity[i]->object.group = group[TWO + i];
		about_process[i] = about_thread[i] = about_activity[i] = 0;
	}
	ASSUME(activity[0]->trace.trace_low != activity[1]->trace.trace_low); /* events-ids */
	ASSUME(activity[0]->object.id != activity[1]->object.id);
	for (u32 i = 0; i < TWO; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->process = process[i];
		thread[i]->own = MAYBE() ? activity[i] : nullptr;
		thread[i]->activity = MAYBE() ? activity[0] : activity[1];
		ASSUME(thread[i]->object.id == i + 1 && kept(i));
	}
	cpu->current = MAYBE() ? thread[0] : nullptr;
}

/* It is introduced, with what it runs on, unless it was: `known` is what was known before. */
static void introduced(u32 i, u32 known, u32 known_activity)
{
	bool fresh = known != trace_filter, fresh_activity = known_activity != trace_filter;

	PROVE(about_process[i] == fresh && about_thread[i] == fresh && about_activity[number_of(i)] == fresh_activity,
		"who is first heard of under a filter is introduced, once");
}

/* ---- proofs ---- */

void prove_emit(void)
{
	u64 f0 = ANY(u64), f1 = ANY(u64), f2 = ANY(u64), f3 = ANY(u64);
	enum event_id id = EVENT_WAKE;

	any_state();
	bool running = MAYBE(), nobody = running ? cpu->current == nullptr : MAYBE();
	u32 known = thread[0]->trace.known, known_activity = thread[0]->activity->trace.known;
	bool is_wanted = nobody ? everybody : wants(0);
	bool decided = thread[0]->trace.on == thread[0]->activity->trace.trace_low &&
		(thread[0]->trace.mark | TRACE_WANTED) == trace_filter;
	u64 span = decided ? thread[0]->trace.span : thread[0]->activity->trace.span;

	if (running)
		trace_emit(id, f0, f1, f2, f3);
	else
		trace_emit_by(nobody ? nullptr : thread[0], id, f0, f1, f2, f3);
	PROVE((records != 0) == is_wanted, "what is wanted is recorded, and nothing else");
	PROVE(kept(0) && kept(1), "what was decided holds");
	if (!is_wanted)
		return;
	PROVE(last.id == id && last.field[0] == f0 && last.field[1] == f1 && last.field[2] == f2 && last.field[3] == f3,
		"it comes last, as it is");
	PROVE(nobody ? records == 1 && last.thread == 0 && last.trace == 0 && last.span == 0 : last.thread == thread[0]->object.id &&
		last.trace == thread[0]->activity->trace.trace_low && last.span == span, "with its cause");
	if (!nobody)
		introduced(0, known, known_activity);
}

/* ---- calls ---- */

/* A system call of the running thread, during which another filter may begin. */
void prove_call(void)
{
	any_state();
	ASSUME((trace_classes & EVENT_CLASS_SYSCALL) != 0);
	struct thread *self = cpu->current = thread[0];
	u64 call = self->frame.status;

	trace_call_begins(self);
	PROVE(kept(0) && (records != 0) == wants(0) && (records == 0 || (last.id == EVENT_SYSCALL_ENTER && last.field[0] == call)),
		"that a call begins is told if it is wanted");
	bool other = MAYBE(), gone = MAYBE(), returns = MAYBE();

	if (other) {
		trace_filter += TRACE_FILTER_STEP;
		ASSUME(kept(0) && kept(1) && trace_filter != 0); /* numbers do not come again */
	}
	if (gone)
		cpu->current = thread[1];
	records = 0;
	self->frame.status = ANY(u32);
	if (returns)
		trace_call_returns(self);
	else
		trace_call_ends(self);
	bool told = !other && wants(0) && !(returns && (gone || (self->flags & THREAD_KILLED) != 0));

	PROVE(kept(0) && (records != 0) == told, "that it ends is told to whom its begin was told, if it has a result");
	PROVE(!told || (last.id == EVENT_SYSCALL_EXIT && last.field[0] == call && last.field[1] == self->frame.status &&
		last.thread == self->object.id), "with what came of it");
	bool ended = !returns || !(gone || (self->flags & THREAD_KILLED) != 0);

	records = 0;
	if (ended)
		trace_call_ends(self);
	PROVE(records == 0 || !ended, "once");
}

/* ---- ids ---- */

/* By any two processors, or one after another by one. */
void prove_ids(void)
{
	u64 made[TWO], trace[TWO], high[TWO];

	any_state();
	trace_begin_ids();
	struct cpu *other = NEW(struct cpu);
	bool same = MAYBE();

	ASSUME(other->id < CPUS_MAX && other->id != cpu->id);
	ASSUME(cpu->trace.ids < U64_MAX / CPUS_MAX - 8 && other->trace.ids < U64_MAX / CPUS_MAX - 8);
	for (u32 i = 0; i < TWO; i++) {
		prove_this_cpu = i == 0 || same ? cpu : other;
		trace_name_activity(activity[i]);
		made[i] = activity[i]->trace.span;
		trace[i] = activity[i]->trace.trace_low;
		high[i] = activity[i]->trace.trace_high;
	}
	PROVE(made[0] != made[1] && trace[0] != trace[1] && made[0] != trace[1] && made[0] != trace[0], "no two ids are the same");
	PROVE(high[0] == high[1] && high[0] == trace_seed, "all of a boot");
}
