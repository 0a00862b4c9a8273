/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on threads and activities: whatever a program asks for, references are given up or handed on once, an activity
 * has one owner, and nothing is reserved in vain. Any threads, any outcome of what may be refused.
 */
#include "kernel/hal/cpu.h"

static inline void prove_relax(void) {}
#define hal_relax prove_relax
#include "kernel/core/thread/calls.c"
#undef hal_relax
#include "tests/prove/include/quiet.h"

enum : u32 { THREADS = 2, REFS = 3 };

struct cpu *prove_this_cpu;
u64 object_grace_wanted, lineage_revocations;

static struct thread *self, *fresh, *thread[THREADS];
static struct process *process;
static struct group *group;
static struct activity *own, *given, *lent, *fresh_activity;
static u32 made, handles, woken, cancelled, kicked, moved, killed, set, last_refs;
static bool joined[THREADS], suspended, like_own;
static struct object *handed, *gone;

/* ---- what is modelled ---- */

#include "tests/prove/include/one_slot.h"

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
bool hal_user_address(u64 address) { return address < HAL_USER_TOP; }
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out) { out->ip = frame->word[0]; }
void thread_kill(struct thread *at) { PROVE(at == fresh, "whom it names"); killed++; }
void sched_kick(struct thread *at) { PROVE(at == fresh && (at->flags & THREAD_STOP) != 0, "who is told sees why"); kicked++; }
bool sched_withdraw_suspended(struct thread *at) { PROVE(at == fresh, "whom it names"); return suspended; }
void inherit_moved(struct thread *at) { PROVE(at == self, "who is on another activity"); moved++; }

void thread_cancel(struct thread *at, enum status status)
{
	PROVE(at == fresh && (at->flags & THREAD_STOP) != 0 && status == STATUS_CANCELLED,
		"a wait ends that would not be seen again");
	cancelled++;
}

static bool one_cancelled;

bool thread_cancel_one_wait(struct thread *at) { PROVE(at == fresh, "whom it names"); cancelled++; return one_cancelled; }

void object_last_unref(struct object *object)
{
	last_refs++;
	gone = object;
}

/* Takes the reference over; may give it up, too. */
static struct sys_result hand_out(struct object *object, u32 rights, u32 wanted, bool may_fail)
{
	PROVE(object->refs != 0 && rights == wanted, "what is handed out is held, and its maker has all rights");
	handed = object;
	handles++;
	if (!may_fail || !MAYBE())
		return sys_ok(1);
	object_unref(object);
	return sys_fail(STATUS_OUT_OF_CAPS);
}

struct sys_result sys_reserved_handle(struct thread *who, struct object *object, u32 rights)
{
	PROVE(who == self && reserved == 1, "in the slot that it has");
	reserved = 0;
	return hand_out(object, rights, THREAD_RIGHTS_ALL, false);
}

struct sys_result sys_new_handle(struct thread *who, struct object *object, u32 rights, u64 value)
{
	PROVE(who == self && value == 0, "for who called");
	return hand_out(object, rights, object == &self->object ? THREAD_RIGHTS_ALL : ACTIVITY_RIGHTS_ALL, true);
}

/* activities.c */
enum status activity_make(struct group *at, const struct activity_params *params, struct activity **out)
{
	PROVE(at == group && (!like_own || params->priority <= group->max_priority),
		"its group pays, and allows what one like his asks");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	fresh_activity->object.refs = 1;
	fresh_activity->owner = nullptr;
	*out = fresh_activity;
	return STATUS_OK;
}

enum status activity_set(struct activity *at, const struct activity_params *params)
{
	(void)params;
	PROVE(at == given, "the one that it names");
	set++;
	return MAYBE() ? STATUS_OK : STATUS_DENIED;
}

/* threads.c: the thread has a reference of its own, and is its activity's owner; its process lists it. */
enum status thread_make(struct process *of, const struct thread_start *start, struct activity *activity, struct thread **out)
{
	(void)start;
	PROVE(of == process && reserved == 1 && activity->object.refs != 0 && (activity == fresh_activity || activity->owner == self),
		"when there is a slot, on an activity that is held, and nobody else's");
	if (MAYBE())
		return STATUS_OUT_OF_THREADS;
	object_ref(&activity->object);
	activity->owner = fresh;
	fresh->own = fresh->activity = activity;
	fresh->object.refs = 2;
	made++;
	*out = fresh;
	return STATUS_OK;
}

void sched_wake(struct thread *at)
{
	PROVE(at == fresh && fresh->object.refs > 1, "who is woken lives on, whatever becomes of it");
	woken++;
}

/* ---- any state ---- */

static struct activity *any_activity(void)
{
	struct activity *at = NEW(struct activity);

	at->object.refs = REFS;
	at->object.type = OBJECT_ACTIVITY;
	at->owner = nullptr;
	return at;
}

static void any_state(void)
{
	prove_this_cpu = NEW(struct cpu);
	self = NEW(struct thread);
	fresh = NEW(struct thread);
	process = NEW(struct process);
	group = NEW(struct group);
	own = any_activity();
	given = any_activity();
	lent = any_activity();
	fresh_activity = any_activity();
	self->process = MAYBE() ? process : NEW(struct process);
	process->object.group = group;
	self->own = own;
	own->owner = self;
	self->object.refs = fresh->object.refs = REFS;
	fresh->flags = 0;
	reserved = made = handles = woken = cancelled = kicked = moved = killed = set = last_refs = 0;
	handed = gone = nullptr;
	suspended = MAYBE();
	like_own = true;
}

/* ---- making one ---- */

void prove_create(void)
{
	struct thread_start start = { .entry = ANY(u64), .stack = ANY(u64), .tls = ANY(u64) };
	bool dead = MAYBE();

	any_state();
	struct activity *which = MAYBE() ? given : nullptr;

	given->owner = MAYBE() ? self : nullptr;
	given->object.refs = dead ? 0 : REFS;
	struct thread *before = given->owner;
	struct sys_result result = syscall_thread_create(self, process, &start, which);
	bool done = result.status == STATUS_OK;

	PROVE(made == done && woken == done && handles == done && reserved == 0, "it is made, handed out and started, or nothing is");
	PROVE(!done || (handed == &fresh->object && fresh->object.refs == 2), "its process and the capability refer to it");
	PROVE(!done || (hal_user_address(start.entry) && hal_user_address(start.stack) && hal_user_address(start.tls)),
		"it begins in user mode");
	PROVE(!done || which == nullptr || before == nullptr, "an activity that is somebody's is no other's");
	PROVE(given->object.refs == (dead ? 0 : REFS) + (done && which != nullptr) && last_refs == (gone == &fresh_activity->object),
		"what it runs on is referred to by it, once, or by nobody");
	PROVE(given->owner == (done && which != nullptr ? fresh : before), "and has an owner if it was made");
}

void prove_self(void)
{
	any_state();
	struct sys_result result = syscall_thread_self(self, nullptr);

	PROVE(handed == &self->object && self->object.refs == REFS + (result.status == STATUS_OK), "a capability has a reference");
}

/* ---- its end, stopping it ---- */

void prove_stop_one(void)
{
	u32 what = ANY(u32);

	any_state();
	struct sys_result result = what == 0 ? syscall_thread_kill(self, fresh) : what == 1 ? syscall_thread_suspend(self, fresh) :
		what == 2 ? syscall_thread_resume(self, fresh) : syscall_thread_exit(self, nullptr);

	PROVE(result.status == (what > 2 ? (u64)SYS_NO_RESULT : STATUS_OK), "who ends itself has no answer");
	PROVE(what <= 2 || (self->flags & THREAD_KILLED) != 0, "and ends");
	PROVE(killed == (what == 0) && cancelled == (what == 1) && kicked == (what == 1) && woken == (what == 2 && suspended),
		"who is to stop ends its wait and is told, who is to go on is woken if it was stopped");
	PROVE((fresh->flags & THREAD_STOP) == (what == 1 ? THREAD_STOP : 0u), "and remembers");
}

void prove_cancel_one(void)
{
	any_state();
	one_cancelled = MAYBE();
	struct sys_result result = syscall_thread_cancel(self, fresh);

	PROVE(cancelled == 1 && result.status == (one_cancelled ? (u64)STATUS_OK : SYS_AGAIN),
		"the call is made again until it is done");
}

/* ---- looking at it ---- */

void prove_registers(void)
{
	struct thread_registers *out = NEW(struct thread_registers);

	any_state();
	u64 before = out->ip;
	struct sys_result result = syscall_thread_registers(self, fresh, out);
	bool runs = fresh->state == THREAD_STATE_RUNNING || fresh->state == THREAD_STATE_READY;

	PROVE(result.status == (runs ? STATUS_BUSY : STATUS_OK) && out->ip == (runs ? before : fresh->frame.word[0]),
		"registers are told of who does not change them");
}

static void any_threads(void)
{
	process->threads.first = nullptr;
	process->lock.taken = 0;
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->activity = given;
		/* Whom it awaits, if it calls; what it awaited last may be gone. */
		thread[i]->awaiting = thread[i]->state == THREAD_STATE_CALLING ? (MAYBE() ? NEW(struct reply) : nullptr) :
			(struct reply *)(void *)8;
		joined[i] = MAYBE();
		if (joined[i])
			list_push(&process->threads, &thread[i]->in_process);
	}
	ASSUME(thread[0]->object.id != thread[1]->object.id);
}

void prove_next_thread(void)
{
	u64 after = ANY(u64), best = U64_MAX;
	struct thread_info *info = NEW(struct thread_info);
	bool any = false;

	any_state();
	any_threads();
	for (u32 i = 0; i < THREADS; i++)
		if (joined[i] && thread[i]->object.id > after) {
			any = true;
			best = thread[i]->object.id < best ? thread[i]->object.id : best;
		}
	struct sys_result result = syscall_process_next_thread(self, process, after, info);

	PROVE(process->lock.taken == 0 && result.status == (any ? STATUS_OK : STATUS_NOT_FOUND), "one is found if there is one");
	PROVE(!any || info->id == best, "the one with the next number");
}

void prove_tls(void)
{
	u64 address = ANY(u64);

	any_state();
	u64 before = self->tls.v;
	struct sys_result result = syscall_thread_set_tls(self, address);

	PROVE(self->tls.v == (address < HAL_USER_TOP ? address : before) && (result.status == STATUS_OK) == (address < HAL_USER_TOP),
		"a pointer of its own lies in user mode");
}

/* ---- activities ---- */

void prove_activity(void)
{
	struct activity_params params = { .priority = ANY(u32) };
	bool create = MAYBE();

	any_state();
	like_own = false;
	struct sys_result result = create ? syscall_activity_create(self, group, &params) :
		syscall_activity_set(self, given, &params);

	PROVE(set == !create && (!create || handles == (handed == &fresh_activity->object)), "it is set, or made and handed out");
	PROVE(!create || result.status == STATUS_OK || handles == 0 || gone == &fresh_activity->object,
		"one that was not handed out is gone");
	PROVE(!create || result.status != STATUS_OK || (handles == 1 && fresh_activity->object.refs == 1),
		"one that was is referred to");
}

/* On its own activity, or on the one that it is bound to now and that was lent to it, or on a third. */
void prove_bind(void)
{
	u32 on = ANY(u32);
	bool own_in_use = MAYBE();

	any_state();
	struct thread *which = MAYBE() ? self : fresh;

	self->activity = on == 0 ? own : on == 1 ? given : lent;
	given->owner = own_in_use ? fresh : nullptr;
	given->object.refs = MAYBE() && on != 1 ? 0 : REFS;
	u32 before = given->object.refs;
	struct sys_result result = syscall_thread_bind(self, which, given);
	bool done = which == self && !own_in_use && before != 0;

	PROVE((result.status == STATUS_OK) == done && moved == done, "it binds itself to what is nobody's, and there");
	PROVE(self->own == (done ? given : own) && given->owner == (own_in_use ? fresh : done ? self : nullptr) &&
		own->owner == (done ? nullptr : self), "an activity has one owner, a thread one of its own");
	PROVE(own->object.refs == REFS - done && given->object.refs == before + (done && on != 1),
		"what is its own counts once, also if it was lent to it");
	PROVE(self->activity == (on == 0 ? (done ? given : own) : on == 1 ? given : lent) && lent->object.refs == REFS,
		"it goes on on what it runs on, unless that was its own");
}
