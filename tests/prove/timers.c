/* SPDX-License-Identifier: Apache-2.0
 *
 * Pending times of processors, and timer objects. Any alarms, pending or not, at any time: one operation. The tree is a
 * list in order; tree.c proves the real one. In the sources of timers no number wraps around.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/budget.h"
#include "kernel/hal/time.h"

#pragma CPROVER check push
#pragma CPROVER check enable "unsigned-overflow"
#include "kernel/core/time/timers.c"
#include "kernel/core/time/timer.c"
#pragma CPROVER check pop
#include "tests/prove/include/tree_list.h"

enum : u32 { ALARMS = 3 };
enum : u64 { LATEST_NS = 1ull << 62 };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct cpu *here, *there;
static struct thread *thread;
static struct activity *activity;
static struct timer *timer;
static struct alarm *alarm[ALARMS];  /* of the three, in this order */
static bool was[ALARMS];             /* pending */
static u64 due[ALARMS], now_ns, hardware_ns;
static u32 fired[ALARMS];
static u64 last_fired_ns;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
struct cpu *cpu_at(u32 id) { PROVE(id < 2, "only processors that there are"); return id == 0 ? here : there; }
void hal_timer_arm(u64 at_ns) { hardware_ns = at_ns; }

static void fire(u32 i)
{
	PROVE(was[i] && due[i] <= now_ns && fired[i] == 0, "exactly what is due fires, once");
	PROVE(last_fired_ns <= due[i], "in the order of their times");
	PROVE(!tree_contains(&alarm[i]->node) && here->timers.lock.taken == 0, "it is out of the tree, and no lock is held");
	fired[i]++;
	last_fired_ns = due[i];
}

void thread_deadline_passed(struct thread *at)
{
	PROVE(at == thread, "the alarm leads to whose it is");
	fire(0);
}

void budget_renew(struct activity *at, u64 at_ns)
{
	PROVE(at == activity && at_ns == now_ns, "the alarm leads to whose it is");
	fire(1);
}

static struct signal *signal;
static struct lineage *lineage;
static u32 raised, references;       /* to signal and lineage, together */

bool binding_make(struct signal_binding *binding, const struct cap *cap, u64 bits, struct lineage *through)
{
	(void)through;
	(void)cap;
	if (MAYBE())
		return false;
	*binding = (struct signal_binding){ signal, lineage, bits, nullptr };
	references++;
	return true;
}

void binding_drop(struct signal_binding *binding)
{
	PROVE(binding->signal == signal && references == 1, "what is given up is held");
	*binding = (struct signal_binding){ };
	references--;
}

void binding_release(const struct signal_binding *binding)
{
	PROVE(binding->signal == signal && references == 1, "what is given up is held");
	references--;
}

/* Somebody may take some at once. */
void binding_raise(const struct signal_binding *binding)
{
	PROVE(binding == &timer->signal && signal->lock.taken == 0, "a timer raises its own signal, without a lock");
	raised++;
	signal->bits = (signal->bits | binding->bits) & ANY(u64);
	if (was[2] && fired[2] == 0)
		fire(2);
}

static bool valid;

bool lineage_walk(struct lineage *at) { PROVE(at == lineage, "of the signal's capability"); return valid; }
u64 hal_clock_ns(void) { return now_ns; }

static bool gave_way;

bool hal_interrupt_pending(void)
{
	gave_way = MAYBE();
	return gave_way;
}

static u32 objects;

enum status object_create(enum object_type type, struct group *group, struct object **out)
{
	(void)group;
	PROVE(type == OBJECT_TIMER, "a timer is made");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	timer->object.type = type;
	*out = &timer->object;
	objects++;
	return STATUS_OK;
}

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	(void)self;
	PROVE(object == &timer->object && rights == TIMER_RIGHTS_ALL && value == 0, "its maker has all rights to it");
	return sys_ok(ANY(u32));
}

/* ---- any alarms ---- */

static void any_alarm(u32 i, bool pending)
{
	struct cpu *of = MAYBE() ? here : there;

	alarm[i]->node.height = 0;
	was[i] = pending;
	due[i] = ANY(u64);
	fired[i] = 0;
	if (!pending)
		return;
	alarm[i]->cpu = of->id;
	tree_insert(&of->timers.alarms, &alarm[i]->node, due[i]);
}

static void any_alarms(void)
{
	here = NEW(struct cpu);
	there = NEW(struct cpu);
	here->id = 0;
	there->id = 1;
	prove_this_cpu = here;
	here->timers = there->timers = (struct timers){ };
	timers_init(&here->timers);
	timers_init(&there->timers);
	thread = NEW(struct thread);
	activity = NEW(struct activity);
	timer = NEW(struct timer);
	alarm[0] = &thread->alarm;
	alarm[1] = &activity->alarm;
	alarm[2] = &timer->alarm;
	alarm[0]->kind = ALARM_THREAD;
	alarm[1]->kind = ALARM_BUDGET;
	alarm[2]->kind = ALARM_TIMER;
	for (u32 i = 0; i < ALARMS; i++)
		any_alarm(i, MAYBE());
	here->timers.armed_ns = hardware_ns = ANY(u64);
	here->timers.slice_end_ns = ANY(u64);
	now_ns = ANY(u64);
	last_fired_ns = 0;
	signal = NEW(struct signal);
	lineage = NEW(struct lineage);
	timer->signal = (struct signal_binding){ signal, lineage, ANY(u64), nullptr };
	signal->lock.taken = 0;
	signal->lapsed = (struct tree){ };
	valid = MAYBE();
	ASSUME(IMPLIES(lineage->checked_at == lineage_revocations, valid));
	timer->lapsed = false;
	references = 1;
	raised = objects = 0;
	/* `check' of the system call, and times that there are. */
	ASSUME(now_ns < LATEST_NS && (timer->period_ns == 0 || (timer->period_ns >= PERIOD_MIN_NS &&
		timer->period_ns <= 1ull << 60)));
}

/* The timer lies with its signal: nothing of it was taken that somebody does not still look at. */
static bool all_raised(void) { return (signal->bits & timer->signal.bits) == timer->signal.bits; }

static void lie(void)
{
	u64 seen = ANY(u64);

	ASSUME(timer->due_ns <= now_ns && seen <= signal->takings && (all_raised() || seen < signal->takings));
	ASSUME(timer->period_ns != 0);
	was[2] = false;
	timer->alarm.node.height = 0;
	tree_insert(&signal->lapsed, &timer->alarm.node, seen);
	timer->lapsed = true;
}

static bool lies(void)
{
	return timer->lapsed && signal->lapsed.first == &timer->alarm.node && tree_contains(&timer->alarm.node);
}

/* It is where it says that it is. */
static bool placed(void) { return timer->lapsed ? lies() : signal->lapsed.first == nullptr; }

static bool pending(u32 i) { return tree_contains(&alarm[i]->node) && (i != 2 || !timer->lapsed); }
static bool locks_free(void)
{
	return here->timers.lock.taken == 0 && there->timers.lock.taken == 0 && signal->lock.taken == 0;
}

/* The processor that will come by in time for alarm i, which is in the tree of this one. */
static bool in_time(u64 at_ns) { return hardware_ns == here->timers.armed_ns && hardware_ns <= at_ns; }

/* ---- proofs ---- */

void prove_set(void)
{
	u64 at_ns = ANY(u64), armed;

	any_alarms();
	ASSUME(!was[0]);
	armed = here->timers.armed_ns;
	alarm_set(alarm[0], at_ns);
	PROVE(pending(0) && alarm[0]->cpu == here->id && alarm[0]->node.key == at_ns, "it is pending here, for that time");
	PROVE(in_time(at_ns) && in_time(armed), "the processor comes by for it and for what was there");
	PROVE(pending(1) == was[1] && pending(2) == was[2] && locks_free(), "others are as they were");
	PROVE(alarm_cancel(alarm[0]) && !pending(0), "and can be taken out again");
}

void prove_cancel(void)
{
	any_alarms();
	bool queued = alarm_cancel(alarm[1]);

	PROVE(queued == was[1], "who takes out what was pending owns the event, nobody else");
	PROVE(!pending(1) && pending(0) == was[0] && pending(2) == was[2] && locks_free(), "exactly that one is out");
}

void prove_expire(void)
{
	any_alarms();
	ASSUME(timer->period_ns == 0);
	u64 slice = here->timers.slice_end_ns;
	hardware_ns = U64_MAX;  /* it has come by */
	gave_way = false;
	bool over = timers_expire(now_ns);

	for (u32 i = 0; i < ALARMS; i++)
		PROVE(IMPLIES(was[i] && alarm[i]->cpu == here->id, pending(i) == (fired[i] == 0) &&
			((fired[i] == 1) == (due[i] <= now_ns) || (gave_way && fired[i] == 0))),
			"what is due has fired, or another interrupt came first; the rest is pending");
	PROVE(over == (slice <= now_ns) && locks_free(), "the end of the slice is told");
	timers_arm();
	for (u32 i = 0; i < ALARMS; i++)
		PROVE(IMPLIES(pending(i) && alarm[i]->cpu == here->id, in_time(due[i])),
			"the processor comes by for what is left");
	PROVE(in_time(here->timers.slice_end_ns) && IMPLIES(!over, in_time(slice)), "and for the end of the slice");
}

void prove_slice(void)
{
	u64 end_ns = ANY(u64);

	any_alarms();
	u64 armed = here->timers.armed_ns;

	timers_set_slice(&here->timers, end_ns);
	PROVE(in_time(end_ns) && in_time(armed), "the processor comes by for it and for what was there");
}

/* In the future, and no more than a period away. */
static bool is_next(void)
{
	return pending(2) && timer->alarm.node.key > now_ns && timer->alarm.node.key - now_ns <= timer->period_ns &&
		in_time(timer->alarm.node.key);
}

void prove_fire(void)
{
	any_alarms();
	bool set = MAYBE(); /* meanwhile, by somebody else */

	ASSUME(timer->due_ns <= now_ns);
	if (!set) {
		was[2] = false;
		timer->alarm.node.height = 0;
	} else if (MAYBE()) {
		lie();
	}
	bool before = pending(2), lay = timer->lapsed, goes_on = timer->period_ns != 0 && timer->object.dead == 0 && valid;

	ASSUME(!set || before || lay);
	fired[2] = 1;
	timer_fire(timer, now_ns);
	PROVE(raised == 1 && references == 1 && locks_free() && placed(), "its bits are raised");
	PROVE(IMPLIES(set, pending(2) == before && timer->lapsed == lay), "what it was set to meanwhile counts");
	PROVE(IMPLIES(!set && !goes_on, !tree_contains(&timer->alarm.node)),
		"without a period, and when nobody would hear of it, it is done");
	PROVE(IMPLIES(!set && goes_on, all_raised() ? lies() && timer->alarm.node.key == signal->takings : is_next()),
		"else it lies with its signal if all is raised, and is armed for its next time if not");
}

void prove_resume(void)
{
	any_alarms();
	lie();
	u64 seen = timer->alarm.node.key;

	signal->lock.taken = 1;
	PROVE(timer_resume(signal), "one is not too many for a step");
	PROVE(signal->lock.taken != 0 && placed(), "it is where it says");
	PROVE(all_raised() ? lies() && timer->alarm.node.key == signal->takings : is_next(),
		"what would raise something again is armed, the rest lies on until the next taking");
	PROVE(IMPLIES(seen == signal->takings, lies()), "what was looked at after that is not looked at again");
}

/* WHY some periods only: a divisor that is a constant is one that CBMC follows. */
static void grid(u64 period)
{
	u64 from = ANY(u64), since = ANY(u64);

	ASSUME(from < LATEST_NS && since < 1 << 10);
	u64 next = next_due(from, period, from + since);

	PROVE((next - from) % period == 0, "a period that was missed moves none of the later ones");
	PROVE(next > from + since && next - (from + since) <= period, "the next time is the first in the future");
}

void prove_grid(void)
{
	grid(1);
	grid(3);
	grid(64);
}

void prove_timer_set(void)
{
	u64 at_ns = ANY(u64), period_ns = ANY(u64);

	any_alarms();
	if (MAYBE())
		lie();
	u64 period = timer->period_ns;
	bool closed = timer->object.dead != 0, bad = period_ns != 0 && (period_ns < 100000 || period_ns > 1ull << 60);
	bool before = pending(2), lay = timer->lapsed;
	struct sys_result result = syscall_timer_set(thread, timer, at_ns, period_ns);

	PROVE(result.status == (bad ? STATUS_INVALID : closed ? STATUS_DEAD : STATUS_OK), "periods that make sense are taken");
	PROVE(locks_free() && placed(), "it is where it says");
	PROVE(IMPLIES(result.status != STATUS_OK, pending(2) == before && timer->lapsed == lay && timer->period_ns == period),
		"a refusal changes nothing");
	PROVE(IMPLIES(result.status == STATUS_OK, pending(2) == (at_ns != 0) && !timer->lapsed), "time 0 stops it");
	PROVE(IMPLIES(result.status == STATUS_OK && at_ns != 0, alarm[2]->node.key == at_ns && timer->period_ns == period_ns &&
		timer->due_ns == at_ns && in_time(at_ns)),
		"any other sets it");
}

void prove_timer_close(void)
{
	any_alarms();
	if (MAYBE())
		lie();
	timer->object.dead = true;
	bool whole = timer_close(timer);

	PROVE(whole && !tree_contains(&timer->alarm.node) && placed() && references == 0, "nothing is pending, nothing is held");
	references = 1;  /* by a fire that was under way */
	was[2] = false;
	timer_fire(timer, now_ns);
	PROVE(!tree_contains(&timer->alarm.node), "a fire that is under way does not arm it again");
	PROVE(syscall_timer_set(thread, timer, ANY(u64), 0).status == STATUS_DEAD && !tree_contains(&timer->alarm.node),
		"nor does anybody else");
}

void prove_timer_create(void)
{
	struct cap cap = ANY(struct cap);

	any_alarms();
	references = 0;
	timer->signal = (struct signal_binding){ };
	alarm[2]->node.height = 0;
	struct sys_result result = syscall_timer_create(thread, nullptr, &cap, ANY(u64));

	PROVE(objects == (result.status == STATUS_OK) && references == objects,
		"a timer holds its signal; without one nothing is held");
	PROVE(IMPLIES(objects != 0, timer->signal.signal == signal && timer->alarm.kind == ALARM_TIMER),
		"it knows what to raise");
}
