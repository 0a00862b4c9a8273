/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes: making one, its threads, its end. Any process with up to two threads, in any state that the kernel keeps; one
 * operation.
 *
 * INV-PROCESS: its threads are counted and listed, each with a reference. It refers to itself from its first thread on. Its
 * funeral begins exactly when it has ended and neither thread nor work is left, once.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/process/process.c"
#include "tests/prove/include/quiet.h"

enum : u32 { THREADS = 2, OWN_REFS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted, lineage_revocations, group_rules;

static struct process *process;
static struct group *group;
static struct thread *thread[THREADS];
static bool joined[THREADS];
static u32 killed[THREADS], refused;
static u32 releases, held_caps;                /* capabilities given up, and held before */
static u32 raised, dropped, left_group, entered, ended_first, last_refs;
static struct object *gone;                    /* of which the last reference was given up */

/* ---- what is modelled ---- */

u64 activity_used_ns(struct activity *activity) { return activity->used_ns; }

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return ANY(u64); }
bool lineage_walk(struct lineage *at) { (void)at; return MAYBE(); }

/* Of one that is referred to the funeral begins. */
void object_last_unref(struct object *object)
{
	if (object == &process->object && object->refs != 0) {
		prove_this_cpu->dead = &object->pooled;
		return;
	}
	last_refs++;
	gone = object;
}

void object_add_work(struct object *object, const struct thread *by)
{
	(void)by;
	PROVE(object == &process->object && process->lock.taken != 0 && object->at_work == 0, "its own, under its lock, once");
	object->at_work = true;
}

void sched_kick(struct thread *at) { PROVE((at->flags & THREAD_KILLED) != 0, "who runs is told to look"); }

void thread_kill(struct thread *at)
{
	PROVE(process->lock.taken == 0, "no lock is held");
	for (u32 i = 0; i < THREADS; i++)
		killed[i] += at == thread[i];
}

void cap_release(const struct cap *cap) { PROVE(cap->object != nullptr, "what is held is given up"); releases++; }
bool cap_space_drain(struct process *at, u32 step) { PROVE(at == process && step != 0, "its own, in steps"); return MAYBE(); }
bool space_drain(struct space *at, u32 step) { PROVE(at == &process->space && step != 0, "its own, in steps"); return MAYBE(); }
bool space_free(struct space *at, u32 step) { PROVE(at == &process->space && step != 0, "its own, in steps"); return MAYBE(); }
void cap_space_free(struct process *at) { PROVE(at == process, "its own"); }
void group_leave(struct group *at, struct process *who) { PROVE(at == group && who == process, "its own"); left_group++; }
void group_enter(struct group *at, struct process *who) { PROVE(at == group && who == process, "its own"); entered++; }
void boot_first_ended(u32 reason, u64 status) { (void)reason; (void)status; ended_first++; }

void binding_raise(const struct signal_binding *at)
{
	PROVE(process->lock.taken == 0, "no lock is held");
	raised += at->signal != nullptr;
}

void binding_drop(struct signal_binding *at) { dropped += at->signal != nullptr; at->signal = nullptr; }

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	PROVE(type == OBJECT_PROCESS && at == group, "a process, paid for by its group");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	*process = (struct process){ .object = { .type = type, .refs = 1, .group = group } };
	*out = &process->object;
	return STATUS_OK;
}

static enum status maybe_refused(void)
{
	if (!MAYBE())
		return STATUS_OK;
	refused++;
	return STATUS_OUT_OF_FRAMES;
}

enum status cap_space_init(struct cap_space *caps, struct group *at)
{
	PROVE(at == group && caps == &process->caps, "its own");
	return maybe_refused();
}

enum status space_init(struct space *space, struct group *at, u64 id)
{
	PROVE(at == group && space == &process->space && id == process->object.id, "its own");
	return maybe_refused();
}

enum status memory_make(struct group *at, u64 pages, struct memory **out)
{
	PROVE(at == group && pages == PROCESS_THREADS_MAX, "a page for each thread");
	*out = NEW(struct memory);
	(*out)->object.refs = 1;
	return maybe_refused();
}

enum status space_map_own(struct space *space, struct mapping *mapping, struct memory *memory)
{
	PROVE(space == &process->space && memory == process->buffers && (mapping->prot & HAL_PROT_EXECUTE) == 0, "buffers are data");
	mapping->at = ANY(u64);
	return maybe_refused();
}

/* ---- any process ---- */

static bool in_list(u32 i)
{
	const struct list_node *at = process->threads.first;

	for (u32 step = 0; step < THREADS && at != nullptr && at != &thread[i]->in_process; step++)
		at = at->next;
	return at == &thread[i]->in_process;
}

static bool in_funeral(void) { return prove_this_cpu->dead == &process->object.pooled; }

static bool kept(void)
{
	u32 count = 0;
	bool holds = process->lock.taken == 0;

	for (u32 i = 0; i < THREADS; i++) {
		count += joined[i];
		holds = holds && in_list(i) == joined[i] && thread[i]->object.refs == 1u + joined[i];
	}
	return holds && process->thread_count == count && (count == 0 || process->alive) &&
		(!process->alive || process->object.refs != 0) &&
		in_funeral() == (process->alive && process->state != PROCESS_STATE_RUNNING && count == 0 && !process->object.at_work);
}

static void any_process(void)
{
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->dead = nullptr;
	prove_this_cpu->current = nullptr;
	process = NEW(struct process);
	group = NEW(struct group);
	process->object.group = group;
	process->lock.taken = 0;
	process->threads.first = nullptr;
	process->thread_count = 0;
	process->alive = MAYBE();
	process->object.at_work = MAYBE();
	ASSUME(process->object.at_work == 0 || (process->alive && process->state != PROCESS_STATE_RUNNING));
	process->closed = MAYBE();
	process->freed = MAYBE();
	process->listed = MAYBE();
	process->first = MAYBE();
	releases = raised = dropped = left_group = entered = ended_first = last_refs = refused = 0;
	gone = nullptr;
	ASSUME(process->object.refs < 100);
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->own = MAYBE() ? NEW(struct activity) : nullptr;
		joined[i] = MAYBE();
		killed[i] = 0;
		thread[i]->flags = process->object.at_work ? ANY(u32) : 0;
		thread[i]->object.refs = 1u + joined[i];
		if (!joined[i])
			continue;
		list_push(&process->threads, &thread[i]->in_process);
		process->thread_count++;
	}
	if (process->alive && process->state != PROCESS_STATE_RUNNING && process->thread_count == 0 && !process->object.at_work)
		prove_this_cpu->dead = &process->object.pooled;
	ASSUME(process->state < PROCESS_STATE_COUNT);
	ASSUME(process->state != PROCESS_STATE_RUNNING || !process->alive || process->thread_count != 0);
	ASSUME(kept());
}

/* ---- threads ---- */

void prove_add_thread(void)
{
	any_process();
	ASSUME(!joined[0]);
	u32 refs = process->object.refs;
	bool alive = process->alive, may = process->state == PROCESS_STATE_RUNNING && (alive || refs != 0) && group->object.dead == 0;
	enum status status = process_add_thread(process, thread[0]);

	joined[0] = status == STATUS_OK;
	PROVE(joined[0] == may, "a thread joins a process that runs, and no other");
	PROVE(kept() && process->object.refs == refs + (may && !alive), "from the first one on it refers to itself, once");
}

void prove_remove_thread(void)
{
	any_process();
	ASSUME(joined[0]);
	enum process_state state = process->state;

	process_remove_thread(process, thread[0]);
	joined[0] = false;
	PROVE(kept() && last_refs == 0, "who ends is listed no more, and its funeral begins with the last");
	PROVE(process->state == (state == PROCESS_STATE_RUNNING && !joined[1] ? PROCESS_STATE_DYING : state), "which ends it");
}

void prove_end(void)
{
	u64 status = ANY(u64);

	any_process();
	u32 refs = process->object.refs;
	u64 status_before = process->exit_status;
	bool alive = process->alive, first = process->state == PROCESS_STATE_RUNNING && (alive || refs != 0);

	process_end(process, status, EXIT_REASON_KILLED);
	PROVE(kept() && process->object.refs == refs + (first && !alive), "it ends once, and lives until its funeral");
	PROVE(process->exit_status == (first ? status : status_before), "the first end decides");
	PROVE(!first || (process->state == PROCESS_STATE_DYING && process->reason == EXIT_REASON_KILLED), "and says so");
	PROVE(killed[0] + killed[1] <= KILL_STEP, "of its threads a bounded number is taken out of waits at once");
	for (u32 i = 0; i < THREADS && first; i++)
		PROVE(!joined[i] || (thread[i]->flags & THREAD_KILLED) != 0, "all are told to die");
	for (u32 i = 0; i <= THREADS && first && process->object.at_work != 0; i++)
		PROVE(process_work(process) == (process->object.at_work == 0) && kept(), "the rest is done in steps, then the funeral");
	PROVE(!first || process->object.at_work == 0, "each of which gets further");
	for (u32 i = 0; i < THREADS; i++)
		PROVE(killed[i] == (first && joined[i]), "until each of its threads was, once");
}

/* One slot of the message buffers, whichever. */
void prove_buffers(void)
{
	u32 slot = 0, some = ANY(u32);

	any_process();
	ASSUME(some < PROCESS_THREADS_MAX);
	bool used = (process->buffer_used[some / 64] >> some % 64 & 1) != 0;
	enum status status = process_take_buffer(process, &slot);
	bool used_now = (process->buffer_used[some / 64] >> some % 64 & 1) != 0;

	PROVE(status != STATUS_OK || (slot < PROCESS_THREADS_MAX && process->state == PROCESS_STATE_RUNNING), "there are so many");
	PROVE(status != STATUS_OK || some != slot || (!used && used_now), "one that is free is taken");
	PROVE((status == STATUS_OK && some == slot) || used == used_now, "and no other");
	PROVE(status != STATUS_OUT_OF_THREADS || used, "unless all are");
	if (status == STATUS_OK)
		process_give_buffer(process, slot);
	PROVE(used == ((process->buffer_used[some / 64] >> some % 64 & 1) != 0) && process->lock.taken == 0,
		"given back, it is free");
}

/* ---- its end ---- */

static void any_held(void)
{
	any_process();
	process->names.object = MAYBE() ? NEW(struct object) : nullptr;
	process->faults.object = MAYBE() ? NEW(struct object) : nullptr;
	process->buffers = MAYBE() ? NEW(struct memory) : nullptr;
	process->watcher.signal = MAYBE() ? NEW(struct signal) : nullptr;
	if (process->buffers != nullptr)
		process->buffers->object.refs = 1;
	held_caps = (process->names.object != nullptr) + (process->faults.object != nullptr);
}

void prove_close(void)
{
	any_held();
	bool was = process->closed, done = process_close(process);

	PROVE(done == process->closed && (!was || releases == 0), "it is closed once");
	PROVE(was || releases == (done ? held_caps : 0), "what it was given is given up when all that it had is");
	PROVE(was || !done || (process->names.object == nullptr && process->faults.object == nullptr), "and is not there any more");
}

void prove_free(void)
{
	any_held();
	bool was = process->freed, listed = process->listed, buffers = process->buffers != nullptr;
	bool watched = process->watcher.signal != nullptr, never_ran = process->object.refs == 0;
	bool done = process_free(process);

	PROVE(done == process->freed, "it is freed in steps");
	PROVE(last_refs == (!was && done && buffers) && (was || !done || process->buffers == nullptr),
		"its buffers are given up, once");
	PROVE(left_group == (!was && done && listed), "it leaves its group, once");
	PROVE(raised == (!was && done && watched && never_ran) && dropped == raised, "one that never ran tells its watcher here");
	if (!done || process->object.refs != 1)
		return;
	raised = dropped = last_refs = 0;
	watched = process->watcher.signal != nullptr;
	process_gone(process);
	PROVE(raised == watched && dropped == watched && process->state == PROCESS_STATE_DEAD && gone == &process->object,
		"one that ran is dead then, tells its watcher, and gives itself up");
}

/* What it may be given, of which the last copy may have been dropped. */
static struct cap any_given(void)
{
	struct cap cap = { .object = NEW(struct object), .lineage = NEW(struct lineage) };

	cap.object->refs = MAYBE() ? 1 : 0;
	cap.lineage->refs = MAYBE() ? 1 : 0;
	return cap;
}

/* Where the process has it, or has nothing, it holds it as often; `before`: references to it without the process. */
static bool holds_once(const struct cap *place, const struct cap *given, u32 before)
{
	bool there = place->object != nullptr;

	return (!there || (place->object == given->object && place->lineage == given->lineage)) &&
		given->object->refs + given->lineage->refs == before + (there ? 2u : 0u);
}

void prove_make(void)
{
	struct cap names = any_given(), faults = any_given();
	bool gives_names = MAYBE(), gives_faults = MAYBE();
	u32 names_held = names.object->refs + names.lineage->refs, faults_held = faults.object->refs + faults.lineage->refs;
	struct process *made = nullptr;
	u8 text[4];

	any_process();
	process->names = process->faults = (struct cap){};
	enum status status = process_make(group, gives_names ? &names : nullptr, gives_faults ? &faults : nullptr,
		SPAN_OF_ARRAY(text), &made);
	bool has_names = process->names.object != nullptr, has_faults = process->faults.object != nullptr;

	PROVE(holds_once(&process->names, &names, names_held) && holds_once(&process->faults, &faults, faults_held),
		"it holds what it has, once");
	if (status == STATUS_OK) {
		PROVE(made == process && entered == 1 && process->listed && refused == 0 && last_refs == 0,
			"what is made is whole, and in its group");
		PROVE(has_names == gives_names && has_faults == gives_faults, "with what it is given");
		PROVE(process->state == PROCESS_STATE_RUNNING && process->thread_count == 0 && !process->alive,
			"it runs, and has no threads yet");
		return;
	}
	PROVE(entered == 0 && made == nullptr, "what failed is in no group");
	PROVE(last_refs == 0 ? !has_names && !has_faults :
		gone == &process->object && last_refs == 1 && process->state == PROCESS_STATE_DYING,
		"what there is of it is given up, once");
}
