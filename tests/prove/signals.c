/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals. Any bits, up to two waiters for any bits, one operation; while a wait begins another processor may raise.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/signal.c"
#include "tests/prove/include/quiet.h"

enum : u32 { WAITERS = 2, THREADS = WAITERS + 1, SELF = WAITERS };

struct cpu *prove_this_cpu;
u32 trace_classes;

static struct signal *signal;
static struct endpoint *endpoint;
static struct thread *thread[THREADS];
static bool waits[THREADS];
static u32 ended[THREADS];
static u64 got[THREADS];
static enum status ending;           /* what who is told of an end learns */
static u32 signalled;
static u64 raised_meanwhile;
static bool begins, may;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }

void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}

static u32 number_of(const struct thread *at)
{
	PROVE(at == thread[0] || at == thread[1] || at == thread[SELF], "only threads that wait there");
	return at == thread[0] ? 0 : at == thread[1] ? 1 : SELF;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	u32 i = number_of(at);

	PROVE(at->signal == nullptr && signal->lock.taken != 0, "who is told waits no more, under the lock");
	ended[i]++;
	got[i] |= value;
	ending = status;
	waits[i] = false;
}

/* Another processor raises, and sees nobody waiting: who is there waits for other bits. */
enum status thread_may_wait(const struct thread *at, const struct object *object)
{
	PROVE(at == thread[SELF] && object == &signal->object && signal->lock.taken != 0, "who waits is asked under the lock");
	signal->bits |= raised_meanwhile;
	return may ? STATUS_OK : STATUS_REVOKED;
}

bool thread_begin_wait(struct thread *at, enum thread_state state, u64 deadline_ns)
{
	PROVE(at == thread[SELF] && state == THREAD_STATE_WAITING && deadline_ns != 0, "the caller waits");
	PROVE(at->signal == signal, "and can be found by who cancels it");
	if (begins)
		prove_this_cpu->current = nullptr;
	return begins;
}

void endpoint_signalled(struct endpoint *at, struct signal *by)
{
	PROVE(at == endpoint && by == signal && signal->lock.taken == 0, "the bound endpoint is told, with no lock held");
	signalled++;
}

static struct tree_node lies;
static u32 resumed;
static bool left;                    /* more timers than a step arms */
static bool told[THREADS];           /* on whose account the rest is done */

bool timer_resume(struct signal *at)
{
	PROVE(at == signal && signal->lock.taken != 0, "timers that lie are looked at under the lock");
	resumed++;
	return !left;
}

void object_add_work(struct object *object, const struct thread *by)
{
	PROVE(object == &signal->object && signal->lock.taken != 0, "what is left of them is done later");
	PROVE(by == prove_this_cpu->current ? left && resumed != 0 : by->signal == nullptr && ended[number_of(by)] == 0,
		"as urgent as who has the bits, who begins with it if he took them himself");
	told[number_of(by)] = true;
	object->at_work = true;
}

static struct object *made;

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	(void)group;
	PROVE(type == OBJECT_SIGNAL, "a signal");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	made = &signal->object;
	*out = made;
	return STATUS_OK;
}

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	(void)self;
	PROVE(object == made && rights == SIGNAL_RIGHTS_ALL && value == 0, "its maker has all rights to it");
	return sys_ok(1);
}

/* ---- any signal ---- */

static bool queued(u32 i)
{
	const struct thread *at = signal->waiters.first;

	for (u32 step = 0; step < THREADS && at != nullptr && at != thread[i]; step++)
		at = at->wait_next;
	return at == thread[i];
}

static bool ends_at_last(void)
{
	const struct thread *at = signal->waiters.first;

	for (u32 step = 0; step < THREADS && at != nullptr && at->wait_next != nullptr; step++)
		at = at->wait_next;
	return at == nullptr || at == signal->waiters.last;
}

/* Nobody waits for a bit that is there; exactly who waits is in the queue. */
static bool kept(void)
{
	bool holds = signal->lock.taken == 0 && ends_at_last();

	for (u32 i = 0; i < THREADS; i++)
		holds = holds && queued(i) == waits[i] && (!waits[i] || (signal->bits & thread[i]->wait_mask) == 0) &&
			(!waits[i] || thread[i]->signal == signal);
	return holds;
}

static void any_signal(void)
{
	signal = NEW(struct signal);
	prove_this_cpu = NEW(struct cpu);
	endpoint = NEW(struct endpoint);
	signal->object.type = OBJECT_SIGNAL;
	signal->object.dead = MAYBE();
	signal->lock.taken = 0;
	signal->waiters = (struct thread_queue){};
	signal->endpoint = MAYBE() ? endpoint : nullptr;
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->activity = NEW(struct activity);
		waits[i] = i != SELF && MAYBE();
		thread[i]->signal = waits[i] ? signal : nullptr;
		ended[i] = 0;
		got[i] = 0;
		told[i] = false;
		if (waits[i])
			thread_queue_push(&signal->waiters, thread[i]);
	}
	prove_this_cpu->current = MAYBE() ? thread[SELF] : nullptr;
	raised_meanwhile = 0;
	may = MAYBE();
	begins = MAYBE();
	signalled = 0;
	signal->lapsed.first = MAYBE() ? &lies : nullptr;
	signal->object.at_work = false;
	resumed = 0;
	left = MAYBE();
	ASSUME(kept());
}

static bool lie(void) { return signal->lapsed.first != nullptr; }

/* ---- proofs ---- */

static void raise_any(bool by_call)
{
	any_signal();
	u64 before = signal->bits, bits = ANY(u64), first = thread[0]->wait_mask;
	bool there[WAITERS] = { waits[0], waits[1] };

	if (by_call)
		PROVE(syscall_signal_raise(thread[SELF], signal, bits).status == STATUS_OK, "raising never fails");
	else
		signal_raise(signal, bits);
	PROVE(kept(), "nobody waits for a bit that is there");
	PROVE((signal->bits | got[0] | got[1]) == (before | bits) && (got[0] & got[1]) == 0 &&
		(signal->bits & (got[0] | got[1])) == 0, "no bit is lost, and each is taken by one");
	for (u32 i = 0; i < WAITERS; i++) {
		PROVE(waits[i] == (there[i] && ended[i] == 0) && ended[i] <= 1, "who waits no more has been told, once");
		PROVE(ended[i] == 0 || (got[i] != 0 && (got[i] & ~thread[i]->wait_mask) == 0 && ending == STATUS_OK),
			"exactly bits that it waits for");
	}
	PROVE(!there[0] || got[0] == (bits & first), "who came first has all that it waits for");
	PROVE(signalled == 0 || signal->endpoint == endpoint, "only a bound endpoint is told");
	PROVE(signal->endpoint == nullptr || signalled == 1, "and it is, once");
	PROVE((signal->object.at_work != 0) == (lie() && (got[0] | got[1]) != 0) && resumed == 0,
		"timers whose bits are taken are looked at later, not by who raises");
	for (u32 i = 0; i < WAITERS; i++)
		PROVE(told[i] == (lie() && ended[i] != 0), "which is as urgent as each who has some");
}

void prove_raise(void) { raise_any(true); }
void prove_raise_inside(void) { raise_any(false); }

void prove_wait(void)
{
	any_signal();
	u64 mask = ANY(u64), deadline = ANY(u64), before = signal->bits;

	prove_this_cpu->current = thread[SELF];
	raised_meanwhile = ANY(u64);
	signal->object.at_work = MAYBE();
	bool worked = signal->object.at_work != 0;

	for (u32 i = 0; i < WAITERS; i++)
		ASSUME(!waits[i] || (thread[i]->wait_mask & raised_meanwhile) == 0);
	struct sys_result result = syscall_signal_wait(thread[SELF], signal, mask, deadline);

	waits[SELF] = queued(SELF);
	PROVE(kept(), "nobody waits for a bit that is there, whenever it was raised");
	PROVE(ended[0] == 0 && ended[1] == 0, "others are left alone");
	u64 has = result.status == STATUS_OK ? result.value : got[SELF];

	PROVE((signal->bits | has) == (signal->bits | before | has) && (has & signal->bits) == 0, "no bit is lost");
	PROVE(result.status != STATUS_OK || !lie() || (resumed == 1 && IMPLIES(left, signal->object.at_work != 0)),
		"timers whose bits are taken are looked at");
	PROVE(ended[SELF] == 0 || !lie() || signal->object.at_work != 0, "or will be, if they were handed over");
	PROVE(!waits[SELF] || !worked || resumed == 1, "who waits has seen to some of what was left before");
	PROVE((has & ~mask) == 0, "only bits that it waits for are taken");
	PROVE((result.status == STATUS_OK) == (mask != 0 && (before & mask) != 0), "what is there is had at once");
	PROVE((result.status == SYS_NO_RESULT) == (waits[SELF] || ended[SELF] == 1), "who waits is in the queue or has been told");
	PROVE(result.status != SYS_NO_RESULT || (!signal->object.dead && may && begins && deadline != 0 && mask != 0),
		"nobody waits at what is dead, nor through what was revoked, nor without time");
	PROVE(waits[SELF] || thread[SELF]->signal == nullptr, "who does not wait does not look as if it did");
}

void prove_withdraw(void)
{
	any_signal();
	u64 due = ANY(u64), bits = signal->bits;
	u32 i = MAYBE() ? 1 : 0;
	bool there = waits[i], other = waits[1 - i];
	bool taken = signal_withdraw(thread[i], due);

	PROVE(taken == (there && thread[i]->deadline_ns <= due), "exactly who waits, and whose deadline has come");
	waits[i] = there && !taken;
	PROVE(kept() && waits[1 - i] == other && signal->bits == bits, "and nobody else");
	PROVE(!taken || thread[i]->signal == nullptr, "who was taken out looks like it");
}

void prove_close(void)
{
	any_signal();
	bool there[WAITERS] = { waits[0], waits[1] };

	bool first = signal_close(signal);

	PROVE(first == (there[0] + there[1] <= 1), "a step tells a bounded number");
	PROVE(first || signal_close(signal), "and each gets further");
	PROVE(ended[0] == there[0] && ended[1] == there[1] && got[0] == 0 && got[1] == 0, "everybody who waits is told, once");
	PROVE((ended[0] + ended[1] == 0 || ending == STATUS_DEAD) && kept(), "that it is dead, and nobody waits");
}

void prove_work(void)
{
	any_signal();
	signal->object.at_work = true;
	PROVE(signal_work(signal) == !left && (signal->object.at_work != 0) == left && resumed == 1 && signal->lock.taken == 0,
		"a step is made, and whether it was the last is told and noted");
}

void prove_create(void)
{
	any_signal();
	signal->bits = 0;
	signal->lock.taken = ANY(u32);
	struct sys_result result = syscall_signal_create(thread[SELF], NEW(struct group));

	PROVE(result.status != STATUS_OK || (signal->lock.taken == 0 && signal->lock.level == LOCK_SIGNAL), "a new one is free");
}
