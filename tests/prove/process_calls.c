/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on processes: whatever a program asks for, each capability that is held is given up or handed on once, and
 * nothing is reserved in vain. Any process, any capabilities, any outcome of what may be refused.
 */
#include "tests/prove/include/no_slots.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/process/process.c"
#include "kernel/core/process/calls.c"
#include "tests/prove/include/quiet.h"

enum : u32 { NAMES, FAULTS, KINDS, THREADS = 2, REFS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted, lineage_revocations, group_rules;

static struct thread *self, *thread[THREADS];
static struct process *process, *fresh;
static struct group *group;
static struct cap source[KINDS];                /* what it is given */
static u32 held[KINDS], created, handles, raised, bound;
static bool joined[THREADS];
static struct object *handed;
static u32 copies, named;

/* ---- what is modelled ---- */

#include "tests/prove/include/one_slot.h"

u64 activity_used_ns(struct activity *activity) { return activity->used_ns; }
void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return ANY(u64); }
static bool walks = true;
bool lineage_walk(struct lineage *at) { (void)at; return walks && MAYBE(); }
void cap_release(const struct cap *cap);

/* The funeral of one that could not be made. */
void object_last_unref(struct object *object)
{
	PROVE(object == &fresh->object && fresh->state == PROCESS_STATE_DYING, "other references are not of these calls");
	if (fresh->names.object != nullptr)
		cap_release(&fresh->names);
	if (fresh->faults.object != nullptr)
		cap_release(&fresh->faults);
}

void object_add_work(struct object *object, const struct thread *by) { (void)by; object->at_work = 1; }
void sched_kick(struct thread *at) { (void)at; }
void lineage_unref(struct lineage *lineage) { lineage->refs--; }
void thread_kill(struct thread *at) { at->flags |= THREAD_KILLED; }
bool cap_space_drain(struct process *at, u32 step) { (void)at; (void)step; return MAYBE(); }
bool space_drain(struct space *at, u32 step) { (void)at; (void)step; return MAYBE(); }
bool space_free(struct space *at, u32 step) { (void)at; (void)step; return MAYBE(); }
void cap_space_free(struct process *at) { (void)at; }
void group_leave(struct group *at, struct process *who) { (void)at; (void)who; }
void binding_raise(const struct signal_binding *at) { (void)at; }
void binding_drop(struct signal_binding *at) { at->signal = nullptr; }
void boot_first_ended(u32 reason, u64 status) { (void)reason; (void)status; }
enum status cap_space_init(struct cap_space *caps, struct group *at) { (void)caps; (void)at; return STATUS_OK; }
enum status space_init(struct space *space, struct group *at, u64 id) { (void)space; (void)at; (void)id; return STATUS_OK; }

/* The parts of what a new process is made of: processes.c looks at each being refused. */
enum status memory_make(struct group *at, u64 pages, struct memory **out)
{
	(void)at;
	(void)pages;
	*out = NEW(struct memory);
	return STATUS_OK;
}

enum status space_map_own(struct space *space, struct mapping *mapping, struct memory *memory)
{
	(void)space;
	(void)mapping;
	(void)memory;
	return STATUS_OK;
}

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	PROVE(type == OBJECT_PROCESS && at == group && reserved == 1,
		"a process, paid for by its group, when there is a slot for it");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	*fresh = (struct process){ .object = { .type = type, .refs = 1, .group = group } };
	*out = &fresh->object;
	return STATUS_OK;
}

void group_enter(struct group *at, struct process *who)
{
	PROVE(at == group && who == fresh, "its group");
	created++;
}

enum status user_copy_in(struct process *of, struct mspan to, uaddr_t from)
{
	(void)from;
	PROVE(of == self->process && to.raw_n <= PROCESS_NAME_BYTES, "its own memory, to where there is room");
	return MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS;
}

struct sys_result sys_reserved_handle(struct thread *who, struct object *object, u32 rights)
{
	PROVE(who == self && reserved == 1 && rights == PROCESS_RIGHTS_ALL, "its maker has all rights, in the slot");
	reserved = 0;
	handed = object;
	handles++;
	return sys_ok(1);
}

void cap_release(const struct cap *cap)
{
	PROVE(cap->object != nullptr && cap->object->refs > 0 && cap->lineage->refs > 0, "what is held is given up");
	cap->object->refs--;
	cap->lineage->refs--;
}

bool binding_make(struct signal_binding *binding, const struct cap *signal, u64 bits, struct lineage *through)
{
	PROVE(process->lock.taken != 0 && binding == &process->watcher && binding->signal == nullptr &&
		process->state != PROCESS_STATE_DEAD,
		"one watches at most, as long as there is an end to see");
	if (MAYBE())
		return false;
	PROVE(through == source[FAULTS].lineage, "through the capability to the process");
	*binding = (struct signal_binding){ .signal = (struct signal *)(void *)signal->object, .bits = bits };
	bound++;
	return true;
}

void signal_raise(struct signal *signal, u64 bits)
{
	(void)bits;
	PROVE(&signal->object == source[NAMES].object && process->lock.taken == 0, "the signal, with no lock held");
	raised++;
}

struct sys_result user_copy_across(struct thread *who, struct user_range from, struct user_range to, u64 bytes)
{
	PROVE(who == self && from.process == process && to.process == self->process, "from the other to its own memory");
	copies++;
	return MAYBE() ? sys_again() : (struct sys_result){ MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS, ANY(u64) % (bytes + 1) };
}

enum status cap_next(struct process *of, u32 *slot, struct cap_info *info, bool *more)
{
	(void)info;
	PROVE(of == process && !process->closed, "of one that has capabilities");
	*slot = ANY(u32);
	*more = MAYBE();
	return MAYBE() ? STATUS_OK : STATUS_NOT_FOUND;
}

struct sys_result sys_grant(struct process *to, const struct cap *cap)
{
	PROVE(to == self->process && cap->object == source[NAMES].object && cap->rights == source[NAMES].rights &&
		cap->object->refs == REFS + 1 && cap->lineage->refs == REFS + 1 && process->lock.taken == 0,
		"what is handed out is held, has the rights of before, and is put in with no lock held");
	named++;
	if (MAYBE()) {
		cap_release(cap);
		return sys_fail(STATUS_OUT_OF_CAPS);
	}
	return sys_ok(5);
}

/* ---- any process ---- */

static void any_source(u32 kind)
{
	source[kind] = (struct cap){ .object = NEW(struct object), .lineage = NEW(struct lineage), .rights = ANY(u32) };
	/* Both may be on their way out. */
	source[kind].object->refs = MAYBE() ? 0 : REFS;
	source[kind].lineage->refs = MAYBE() ? 0 : REFS;
	held[kind] = source[kind].object->refs + source[kind].lineage->refs;
}

static u32 now_held(u32 kind) { return source[kind].object->refs + source[kind].lineage->refs - held[kind]; }

static void any_threads(void)
{
	process->threads.first = nullptr;
	process->thread_count = 0;
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->own = MAYBE() ? NEW(struct activity) : nullptr;
		thread[i]->flags = 0;
		joined[i] = MAYBE();
		if (!joined[i])
			continue;
		list_push(&process->threads, &thread[i]->in_process);
		process->thread_count++;
	}
}

static void any_process(void)
{
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->dead = nullptr;
	prove_this_cpu->current = nullptr;
	self = NEW(struct thread);
	self->process = NEW(struct process);
	process = NEW(struct process);
	fresh = NEW(struct process);
	group = NEW(struct group);
	process->object.group = group;
	process->object.refs = REFS;
	process->lock.taken = 0;
	process->closed = MAYBE();
	process->alive = MAYBE();
	process->first = MAYBE();
	any_threads();
	ASSUME(process->state < PROCESS_STATE_COUNT);
	any_source(NAMES);
	any_source(FAULTS);
	reserved = created = handles = raised = bound = copies = named = 0;
	handed = nullptr;
}

/* ---- making one ---- */

void prove_create(void)
{
	bool names = MAYBE(), faults = MAYBE();
	struct user_span name = { .bytes = ANY(u64) };

	any_process();
	ASSUME(name.bytes <= PROCESS_NAME_BYTES); /* the table of calls */
	struct sys_result result = syscall_process_create(self, group, names ? &source[NAMES] : nullptr,
		faults ? &source[FAULTS] : nullptr, name);
	bool made = result.status == STATUS_OK;

	PROVE(created == made && handles == made && reserved == 0, "it is made and handed out, or neither; nothing stays reserved");
	PROVE(!made || (handed == &fresh->object && fresh->object.refs == 1), "what is handed out is what was made");
	PROVE(now_held(NAMES) == (made && names ? 2 : 0) && now_held(FAULTS) == (made && faults ? 2 : 0),
		"what it was given is held by it, once; without it nobody holds that");
	PROVE(!made || (fresh->names.object == (names ? source[NAMES].object : nullptr) &&
		fresh->faults.object == (faults ? source[FAULTS].object : nullptr)), "it has what it was given");
}

/* ---- its end ---- */

void prove_end(void)
{
	u64 status = ANY(u64);
	bool own = MAYBE();

	any_process();
	if (own)
		self->process = process;
	u64 before = process->exit_status;
	bool running = process->state == PROCESS_STATE_RUNNING;
	struct sys_result result = own ? syscall_exit(self, status) : syscall_process_kill(self, process, status);

	PROVE(process->state != PROCESS_STATE_RUNNING && process->exit_status == (running ? status : before),
		"the first end decides");
	PROVE(!running || process->reason == (own ? EXIT_REASON_EXITED : EXIT_REASON_KILLED), "and says how");
	PROVE(result.status == (own ? (u64)SYS_NO_RESULT : STATUS_OK), "who ends itself has no answer");
}

void prove_watch(void)
{
	any_process();
	process->watcher = (struct signal_binding){ MAYBE() ? NEW(struct signal) : nullptr, NEW(struct lineage), 1,
		NEW(struct lineage) };
	bool valid[] = { MAYBE(), MAYBE() };
	process->watcher.lineage->checked_at = valid[0];
	process->watcher.through->checked_at = valid[1];
	lineage_revocations = 1;
	walks = false;
	process->object.type = OBJECT_PROCESS;
	source[NAMES].object->type = OBJECT_SIGNAL;
	struct cap through = { .object = &process->object, .lineage = source[FAULTS].lineage };
	bool watched = process->watcher.signal != nullptr && valid[0] && valid[1], gone = process->state == PROCESS_STATE_DEAD;
	struct sys_result result = syscall_process_watch(self, &through, &source[NAMES], ANY(u64));

	PROVE(process->lock.taken == 0 && raised == gone, "who watches what is gone is told at once, once");
	PROVE(bound == (result.status == STATUS_OK && !gone), "who watches what is there is told at its end, or learns that not");
	PROVE(!watched || gone || result.status == STATUS_BUSY, "and nobody takes the place of who may watch");
}

/* ---- looking at it ---- */

void prove_stat(void)
{
	struct process_info *info = NEW(struct process_info);

	any_process();
	u64 used = process->cpu_ns;

	for (u32 i = 0; i < THREADS; i++)
		if (joined[i] && thread[i]->own != nullptr)
			used += activity_used_ns(thread[i]->own);
	struct sys_result result = syscall_process_stat(self, process, info);

	PROVE(result.status == STATUS_OK && process->lock.taken == 0, "there is an answer");
	PROVE(info->id == process->object.id && info->group_id == group->object.id && info->state == process->state &&
		info->threads == process->thread_count, "of that process");
	PROVE(info->cpu_ns == used, "with the time of its threads, and of those that are gone");
	PROVE(info->exit_status == process->exit_status && info->caps == process->caps.used, "with what it has");
}

void prove_read(void)
{
	struct user_span to = { .bytes = ANY(u64) };

	any_process();
	ASSUME(to.bytes < U64_MAX);
	struct sys_result result = syscall_process_read(self, process, ANY(u64), to);

	PROVE(copies == 1 && (result.status == STATUS_OK || result.value == 0), "what was copied is told, however it ended");
}

void prove_next_cap(void)
{
	u32 slot = ANY(u32);

	any_process();
	self->frame.arg1 = slot;
	struct sys_result result = syscall_process_next_cap(self, process, slot, NEW(struct cap_info));

	PROVE(!process->closed || result.status == STATUS_NOT_FOUND, "one that is gone has none");
	PROVE(result.status == SYS_AGAIN || self->frame.arg1 == slot, "a call that has not ended goes on where it was");
	PROVE(self->frame.arg1 <= U32_MAX, "with a number that it may have");
}

void prove_names(void)
{
	any_process();
	process->names = source[NAMES];
	process->names.object = MAYBE() ? source[NAMES].object : nullptr;
	bool there = process->names.object != nullptr && !process->closed && process->names.object->refs != 0 &&
		process->names.lineage->refs != 0;

	struct sys_result result = syscall_process_names(self, process);
	bool handed_out = result.status == STATUS_OK;

	PROVE(process->lock.taken == 0 && named == there && (result.status == STATUS_NOT_FOUND) == !there,
		"it is told if it is there");
	PROVE(now_held(NAMES) == (handed_out ? 2 : 0), "what is handed out is held once, otherwise nothing");
}
