/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads: making one, beginning and ending its waits, its death. Any thread, any outcome of what may be refused; one
 * operation.
 */
#include "kernel/core/thread/thread.c"
#include "tests/prove/include/quiet.h"

enum : u32 { REFS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted, lineage_revocations, group_rules;

static struct thread *thread;
static struct process *process;
static struct group *group;
static struct activity *activity, *lent;
static u32 charged, made, buffers, added, woken, saved, alarms, died_owner, left_servers;
static struct object *gone;            /* of which the last reference was given up */
static enum thread_state looked_in;    /* where the thread was looked for; COUNT: nowhere */
static u64 looked_until;
static bool found, suspended, kicked;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return 77; }
bool lineage_walk(struct lineage *at) { (void)at; return MAYBE(); }
void object_last_unref(struct object *object) { PROVE(gone == nullptr, "one at most"); gone = object; }
void sched_save_fpu(struct thread *at) { PROVE(at == thread && thread_uses_fpu(at), "of who used it"); saved++; }

void alarm_set(struct alarm *alarm, u64 at_ns)
{
	PROVE(alarm == &thread->alarm && at_ns == thread->deadline_ns, "its own");
	alarms++;
}

bool alarm_cancel(struct alarm *alarm) { PROVE(alarm == &thread->alarm, "its own"); alarms--; return MAYBE(); }

void sched_kick(struct thread *at)
{
	PROVE(at == thread && (at->flags & THREAD_KILLED) != 0, "who is told sees why");
	kicked = true;
}

void word_owner_died(const struct thread *at)
{
	PROVE(at == thread && at->state == THREAD_STATE_DEAD, "he is dead for all");
	died_owner++;
}

void note_settle(struct thread *at, bool heard) { PROVE(at == thread && !heard, "another is told"); at->note = nullptr; }
void server_leave(struct thread *at) { PROVE(at == thread, "it"); left_servers++; }
bool sched_withdraw_suspended(struct thread *at) { PROVE(at == thread, "it"); return suspended; }

void sched_wake(struct thread *at)
{
	PROVE(at == thread && (at->traits & THREAD_FORWARDED) == 0, "what was forwarded is no more");
	woken++;
}

enum status cap_still_names(struct process *of, u64 through, const struct object *object)
{
	PROVE(of == process && through == thread->through && object == &activity->object, "the handle that it waits through");
	return STATUS_REVOKED;
}

static bool look(enum thread_state state, u64 due_ns)
{
	PROVE(looked_in == THREAD_STATE_COUNT && thread->state == state, "it is looked for where it waits, once");
	looked_in = state;
	looked_until = due_ns;
	return found;
}

bool endpoint_withdraw(struct thread *at, u64 due_ns, const struct reply *reply)
{
	PROVE(at == thread && reply == nullptr, "at whatever reply object");
	return look(thread->state == THREAD_STATE_RECEIVING ? THREAD_STATE_RECEIVING : THREAD_STATE_SENDING, due_ns);
}

bool signal_withdraw(struct thread *at, u64 due_ns) { (void)at; return look(THREAD_STATE_WAITING, due_ns); }
bool reply_withdraw(struct thread *at, u64 due_ns) { (void)at; return look(THREAD_STATE_CALLING, due_ns); }
bool word_withdraw(struct thread *at, u64 due_ns) { (void)at; return look(THREAD_STATE_WORD, due_ns); }

enum status group_charge(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_THREADS && amount == 1, "a thread is charged");
	if (MAYBE())
		return STATUS_OUT_OF_THREADS;
	charged++;
	return STATUS_OK;
}

void group_release(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_THREADS && amount == 1 && charged != 0, "what was charged");
	charged--;
}

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	PROVE(type == OBJECT_THREAD && at == group, "a thread, paid for by its process' group");
	if (MAYBE())
		return STATUS_OUT_OF_FRAMES;
	*thread = (struct thread){ .object = { .type = type, .refs = 1, .group = group } };
	*out = &thread->object;
	made++;
	return STATUS_OK;
}

enum status process_take_buffer(struct process *at, u32 *slot)
{
	PROVE(at == process, "its own");
	if (MAYBE())
		return STATUS_OUT_OF_THREADS;
	*slot = ANY(u8);
	buffers++;
	return STATUS_OK;
}

void process_give_buffer(struct process *at, u32 slot)
{
	(void)slot;
	PROVE(at == process && buffers != 0, "what was taken");
	buffers--;
}

struct frame_result memory_page(struct memory *of, u64 page)
{
	PROVE(of == process->buffers && page < PROCESS_THREADS_MAX, "a page of the buffers");
	if (MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	return (struct frame_result){ .ok = true, .frame = { 4 * PAGE_BYTES } };
}

vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ at.v }; }

/* From here on others can find it. */
enum status process_add_thread(struct process *at, struct thread *who)
{
	PROVE(at == process && who == thread && who->activity == activity && who->process == process && who->buffer != nullptr &&
		who->deadline_ns == U64_MAX, "who is found by others is whole");
	if (MAYBE())
		return STATUS_DEAD;
	added++;
	who->object.refs++;
	return STATUS_OK;
}

void process_remove_thread(struct process *at, struct thread *who)
{
	PROVE(at == process && who == thread && prove_this_cpu->current == nullptr && who->activity == who->own,
		"who leaves its process runs no more, on nothing lent");
	added--;
}

void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second)
{
	(void)first;
	PROVE(frame == &thread->frame && second == thread->buffer_at.v, "it learns where its buffer is");
	frame->word[0] = entry.v;
	frame->word[1] = stack.v;
}

/* ---- any thread ---- */

static void any_thread(void)
{
	prove_this_cpu = NEW(struct cpu);
	process = NEW(struct process);
	group = NEW(struct group);
	thread = NEW(struct thread);
	activity = NEW(struct activity);
	lent = NEW(struct activity);
	process->object.group = thread->object.group = group;
	process->buffers = NEW(struct memory);
	process->faults.lineage = NEW(struct lineage);
	thread->process = process;
	thread->own = activity;
	thread->activity = MAYBE() ? lent : activity;
	thread->forwarder = process;
	activity->object.refs = lent->object.refs = process->object.refs = REFS;
	group->account[GROUP_THREADS].rules_seen = 1; /* so that charges go the long way */
	group_rules = 0;
	thread->flags &= ~(u32)THREAD_ENDED; /* and any number of others may wait for it */
	charged = made = buffers = added = woken = saved = died_owner = left_servers = 0;
	alarms = (thread->traits & THREAD_TIMED) != 0;
	gone = nullptr;
	looked_in = THREAD_STATE_COUNT;
	found = MAYBE();
	suspended = MAYBE();
	kicked = false;
	ASSUME(thread->state < THREAD_STATE_COUNT);
	/* replies.c, forward.c */
	ASSUME((thread->traits & THREAD_FORWARDED) == 0 || (!thread_faulted(thread) &&
		(thread->state == THREAD_STATE_SENDING || thread->state == THREAD_STATE_CALLING)));
	ASSUME((thread->traits & THREAD_TIMED) != 0 || thread->deadline_ns == U64_MAX); /* INV-ALARM */
	prove_this_cpu->current = thread;
}

/* ---- making and freeing ---- */

void prove_make(void)
{
	struct thread_start start = { .entry = ANY(u64), .stack = ANY(u64) };
	struct thread *out = nullptr;

	any_thread();
	process->object.refs = MAYBE() ? REFS : 0;
	u32 refs = process->object.refs;
	enum status status = thread_make(process, &start, activity, &out);

	if (status == STATUS_OK) {
		PROVE(out == thread && charged == 1 && buffers == 1 && added == 1 && gone == nullptr,
			"what is made is whole, charged, and in its process");
		PROVE(process->object.refs == refs + 1 && activity->object.refs == REFS + 1 && thread->own == activity &&
			activity->owner == thread, "it holds its process and its activity");
		PROVE(thread->frame.word[0] == start.entry && thread->state == THREAD_STATE_NEW, "and starts where it was said");
		return;
	}
	PROVE(out == nullptr && added == 0 && activity->object.refs == REFS, "what failed is in no process, and holds no activity");
	PROVE(charged == made && (gone == &thread->object) == (made == 1), "what was charged for it is given back, now or with it");
	if (made == 0)
		return;
	PROVE(thread_close(thread), "it is closed at once");
	thread_free(thread);
	PROVE(charged == 0 && buffers == 0 && process->object.refs == refs, "and then nothing of it is left");
}

void prove_free(void)
{
	any_thread();
	charged = thread->state != THREAD_STATE_DEAD;
	buffers = thread->buffer != nullptr;
	if (MAYBE())
		thread->own = nullptr;
	bool own = thread->own != nullptr;

	PROVE(thread_close(thread) && activity->object.refs == REFS - own && thread->own == nullptr,
		"its activity is given up, once");
	PROVE(!own || activity->owner == nullptr, "which knows it no more");
	PROVE(thread_close(thread) && activity->object.refs == REFS - own, "once");
	thread_free(thread);
	PROVE(charged == 0 && buffers == 0 && process->object.refs == REFS - 1,
		"what was charged is given back, and its process given up");
}

/* ---- waiting ---- */

void prove_begin_wait(void)
{
	u64 deadline = ANY(u64);

	any_thread();
	ASSUME((thread->traits & THREAD_TIMED) == 0);
	bool uses_fpu = thread_uses_fpu(thread), told = thread_told(thread) != 0, faulted = thread_faulted(thread);
	bool cancelled = (thread->flags & THREAD_CANCEL) != 0;
	bool waits = thread_begin_wait(thread, THREAD_STATE_WAITING, deadline);

	PROVE(waits == (!told && (!cancelled || faulted)),
		"who is to end, stop or be cancelled does not begin to wait, but for a fault");
	PROVE(((thread->flags & THREAD_CANCEL) != 0) == (cancelled && (told || faulted)),
		"a cancellation is used up by the wait that it keeps from beginning, and by no other");
	PROVE(waits ? prove_this_cpu->current == nullptr && thread->state == THREAD_STATE_WAITING && saved == uses_fpu :
		prove_this_cpu->current == thread && thread->state == THREAD_STATE_RUNNING && saved == 0,
		"who waits does not run, and the other way round");
	PROVE(alarms == (waits && deadline != U64_MAX) && (alarms != 0) == ((thread->traits & THREAD_TIMED) != 0) &&
		thread->deadline_ns == (alarms != 0 ? deadline : U64_MAX), "its alarm is set exactly if it has a deadline");
}

void prove_go_on(void)
{
	any_thread();
	bool timed = thread->deadline_ns != U64_MAX, set = tree_contains(&thread->alarm.node);
	bool goes = thread_go_on_waiting(thread, THREAD_STATE_CALLING);

	PROVE(goes == (thread_told(thread) == 0 && (!timed || set)), "who is to end, or whose deadline has passed, waits no more");
	PROVE(goes || thread_why_stopped(thread) == (thread_told(thread) != 0 ? STATUS_CANCELLED : STATUS_TIMED_OUT),
		"and learns why");
}

void prove_may_wait(void)
{
	any_thread();
	enum status status = thread_may_wait(thread, &activity->object);

	PROVE(thread_faulted(thread) || status == STATUS_REVOKED, "the answer is its handle's");
}

static bool waits(enum thread_state state)
{
	return state == THREAD_STATE_SENDING || state == THREAD_STATE_RECEIVING || state == THREAD_STATE_WAITING ||
		state == THREAD_STATE_CALLING || state == THREAD_STATE_WORD;
}

static void check_ended(bool ended, const struct hal_frame *before, bool faulted, enum status status)
{
	PROVE(looked_in == (waits(thread->state) ? thread->state : THREAD_STATE_COUNT), "who waits is looked for there");
	PROVE(ended || thread->frame.status == before->status, "who is not found keeps its registers");
	PROVE(!ended || (faulted ? thread->frame.status == before->status && thread->frame.arg0 == before->arg0 &&
		!thread_faulted(thread) :
		thread->frame.status == status && thread->frame.arg0 == 0), "who is learns why, but that a fault is tried again");
}

void prove_cancel(void)
{
	any_thread();
	struct hal_frame before = thread->frame;
	bool faulted = thread_faulted(thread), ended = waits(thread->state) && found;

	thread_cancel(thread, STATUS_CANCELLED);
	check_ended(ended, &before, faulted, STATUS_CANCELLED);
	PROVE(woken == ended && (!waits(thread->state) || looked_until == U64_MAX), "it is woken once, whatever its deadline");
}

void prove_cancel_one(void)
{
	any_thread();
	struct hal_frame before = thread->frame;
	bool faulted = thread_faulted(thread), is_waiting = waits(thread->state), ended = is_waiting && found;
	bool done = thread_cancel_one_wait(thread);

	check_ended(ended, &before, faulted, STATUS_CANCELLED);
	PROVE(woken == ended && (!is_waiting || looked_until == U64_MAX), "it is woken once, whatever its deadline");
	PROVE(done == (!is_waiting || found), "it is done, or nothing has been");
	PROVE(((thread->flags & THREAD_CANCEL) != 0) == (!is_waiting || (found && faulted)),
		"the next wait is to be cancelled if none was, or it was that of a fault");
}

void prove_deadline(void)
{
	any_thread();
	struct hal_frame before = thread->frame;
	bool faulted = thread_faulted(thread), ended = waits(thread->state) && found;

	thread_deadline_passed(thread);
	check_ended(ended, &before, faulted, STATUS_TIMED_OUT);
	PROVE(woken == ended && (!waits(thread->state) || looked_until == 77), "only a wait whose own deadline has come ends");
}

/* The wait is over in whatever way. */
void prove_finish(void)
{
	u64 value = ANY(u64);

	any_thread();
	bool forwarded = (thread->traits & THREAD_FORWARDED) != 0;

	thread_end_alarm(thread);
	thread_finish_wait(thread, STATUS_OK, value);
	PROVE(alarms == 0 && thread->deadline_ns == U64_MAX && (thread->traits & THREAD_TIMED) == 0, "no alarm is set any more");
	PROVE(woken == 1 && thread->frame.status == STATUS_OK && thread->frame.arg0 == value, "it is woken with its answer");
	PROVE(process->object.refs == REFS - forwarded, "who forwarded it is given up");
}

/* ---- dying ---- */

void prove_kill(void)
{
	any_thread();
	bool faulted = thread_faulted(thread), ended = waits(thread->state) && found;

	ASSUME(!suspended || thread->state == THREAD_STATE_SUSPENDED);
	thread_kill(thread);
	PROVE((thread->flags & THREAD_KILLED) != 0 && kicked, "who is killed knows, wherever it is");
	PROVE(woken == (ended || suspended), "who waits, or is suspended, is woken, once");
}

void prove_die(void)
{
	any_thread();
	bool on_lent = thread->activity == lent;

	added = charged = 1;
	thread_die(thread);
	PROVE(prove_this_cpu->current == nullptr && thread->state == THREAD_STATE_DEAD, "who dies runs no more");
	PROVE(added == 0 && charged == 0 && died_owner == 1 && left_servers == 1 &&
		lent->object.refs == REFS - on_lent && thread->serving == 0,
		"all whom that concerns know, and what was lent is back");
	PROVE(thread->note == nullptr, "what it was told and may not have done is another's");
}
