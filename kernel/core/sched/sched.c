/* SPDX-License-Identifier: Apache-2.0
 *
 * The scheduler. See sched.h.
 *
 * Each processor's queue holds its ready threads; the running one is in no queue. Time is charged
 * to activities when the activity that a processor runs on changes, so a direct switch, which
 * keeps the activity, charges nothing and reads no clock.
 */
#include "kernel/core/sched/sched.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/object/object.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/balance.h"
#include "kernel/core/sched/running.h"
#include "kernel/core/sched/work.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/time.h"

enum : u64 { WORK_RETRY_NS = 50000 };

/* ---- paying ---- */

/* Charges whoever pays for the time since the last charge. */
static u64 pay(struct cpu *cpu)
{
	if (cpu->payer != nullptr)
		return sched_charge(cpu, cpu->payer);
	cpu->paid_until_ns = hal_clock_ns();
	return cpu->paid_until_ns;
}

/* Nobody runs, and nobody pays for what the kernel does meanwhile. */
static void pay_off(struct cpu *cpu)
{
	struct activity *before = cpu->payer;

	if (before != nullptr) {
		(void)pay(cpu);
		atomic_store(&cpu->payer, nullptr);
		share_unuse(cpu, before);
	}
	cpu->paid_until_ns = 0;
}

/* Sets the end of the payer's slice, a new one if need be. */
static FORCE_INLINE void set_slice(struct cpu *cpu, u64 now_ns)
{
	struct activity *payer = cpu->payer;

	activity_begin(payer, cpu, now_ns, false);
	/* Alone on its processor a thread needs no end of its slice: tickless. */
	bool alone = atomic_load(&cpu->queue.highest) == NO_PRIORITY && atomic_load(&cpu->lingers) == nullptr &&
		(payer->budget_ns == 0 || payer->exhausted);

	timers_set_slice(&cpu->timers, alone ? U64_MAX : now_ns + payer->left_ns);
	atomic_fence(); /* a waker sees that there is no slice and who pays, or its thread is seen here */
	i32 highest = atomic_load(&cpu->queue.highest);

	if (LIKELY(highest == NO_PRIORITY))
		return;
	if (UNLIKELY(alone))
		timers_set_slice(&cpu->timers, now_ns + payer->left_ns);
	if (UNLIKELY(highest > atomic_load(&payer->priority)))
		cpu->attention |= ATTEND_CHOOSE;
}

/* It pays from now on. Its use is counted. */
static FORCE_INLINE void begin_paying(struct cpu *cpu, struct activity *payer, u64 now_ns)
{
	atomic_store(&cpu->payer, payer);
	set_slice(cpu, now_ns);
}

/* The running thread is on another activity than so far. */
static void change_payer(struct cpu *cpu)
{
	struct activity *before = cpu->payer, *payer = cpu->current->activity;
	u64 now_ns = pay(cpu);

	share_use(payer);
	if (before != nullptr)
		share_unuse(cpu, before);
	begin_paying(cpu, payer, now_ns);
}

/* True if nothing would make the processor look at its queue again. */
static bool has_no_slice(const struct cpu *cpu) { return atomic_load(&cpu->timers.slice_end_ns) == U64_MAX; }

/* ---- queues ---- */

/* Not inline: mostly it was decided to wait. */
static void enqueue(struct cpu *cpu, struct thread *thread) { sched_enqueue(cpu, thread, thread->activity); }

static FORCE_INLINE bool beats(const struct activity *running, u8 priority, u64 deadline_ns)
{
	return priority != running->priority ? priority > running->priority : deadline_ns < running->deadline_ns;
}

/* True if that priority and deadline should run instead of what the processor runs. A guess for
 * other processors; their threads and activities live as long as this stay in the kernel. */
static FORCE_INLINE bool beats_current(const struct cpu *cpu, u8 priority, u64 deadline_ns)
{
	const struct thread *current = atomic_load(&cpu->current);

	return current == nullptr || beats(atomic_load(&current->activity), priority, deadline_ns);
}

/* The same of one that comes into the queue. WHY who pays matters: a server that answers is on its own activity already, and
 * about to leave the processor to its caller, on whose it was. With whom to compare is not known then. */
static bool may_beat(const struct cpu *cpu, u8 priority, u64 deadline_ns)
{
	const struct thread *current = atomic_load(&cpu->current);

	return current == nullptr || atomic_load(&current->activity) != atomic_load(&cpu->payer) ||
		beats(atomic_load(&current->activity), priority, deadline_ns);
}

/* Slow paths of waking keep all registers, so that nothing is saved for their sake in the common case. */

HAL_RARE_CALL __attribute__((noinline)) static void prepare_to_wake(struct activity *activity, struct cpu *cpu)
{
	bool timed = activity->budget_ns != 0 || activity->left_ns == 0; /* reading the clock is slow */

	activity_prepare(activity, cpu, timed ? hal_clock_ns() : 0, true);
}

HAL_RARE_CALL __attribute__((noinline)) static bool must_not_wake(struct thread *thread)
{
	return budget_bars(thread) && budget_park(thread);
}

HAL_RARE_CALL __attribute__((noinline)) static void tell_of_wake(struct thread *thread, const struct cpu *cpu)
{
	event_wake(thread->object.id, cpu->id, thread->activity->priority);
}

/* It waits in the queue of a processor, which is told if it should run there. The use of its activity is counted. */
static __attribute__((noinline)) void wake_into_queue(struct cpu *cpu, struct thread *thread)
{
	u8 priority = thread->activity->priority;
	u64 deadline_ns = thread->activity->deadline_ns;

	enqueue(cpu, thread); /* from here on the thread may run, and end */
	atomic_fence();       /* who goes idle or drops its slice sees the queue, or is seen here */
	if (atomic_load(&cpu->idle) == 0 && !has_no_slice(cpu) && !may_beat(cpu, priority, deadline_ns))
		return;
	sched_look_again(cpu->id);
}

/* Of several that are woken in one entry the queue finds the best, in order of arrival. */
static __attribute__((noinline)) void wake_several(struct cpu *here, struct thread *thread)
{
	struct thread *before = here->next;

	atomic_store(&here->next, nullptr);
	enqueue(here, before);
	wake_into_queue(here, thread);
}

/* Woken on its own processor, a thread that is better than the running one goes on at the end of this entry without
 * having been in the queue. */
static FORCE_INLINE void wake_here(struct cpu *here, struct thread *thread, const struct activity *activity)
{
	if (!beats_current(here, activity->priority, activity->deadline_ns)) {
		wake_into_queue(here, thread);
		return;
	}
	here->attention |= ATTEND_CHOOSE;
	if (UNLIKELY(here->next != nullptr)) {
		wake_several(here, thread);
		return;
	}
	thread->state = THREAD_STATE_READY;
	atomic_store(&here->next, thread);
}

void sched_wake(struct thread *thread)
{
	struct cpu *here = hal_this_cpu();
	struct activity *activity = thread->activity;

	thread_end_alarm(thread);
	if (UNLIKELY(activity->exhausted != 0) && must_not_wake(thread))
		return;
	struct cpu *cpu = cpu_count() == 1 ? here : balance_place(thread);

	if (UNLIKELY(!activity_ready(activity, cpu, true)))
		prepare_to_wake(activity, cpu);
	if (trace_on(EVENT_CLASS_SCHED))
		tell_of_wake(thread, cpu);
	share_use(activity);
	if (LIKELY(cpu == here))
		wake_here(here, thread, activity);
	else
		wake_into_queue(cpu, thread);
}

/* ---- switching ---- */

HAL_RARE_CALL void sched_save_fpu(struct thread *thread) { hal_fpu_switch(&thread->fpu, nullptr); }
HAL_RARE_CALL void sched_load_fpu(struct thread *thread) { hal_fpu_switch(nullptr, &thread->fpu); }

static void load_thread(struct cpu *cpu, struct thread *next)
{
	sched_load(cpu, next);
	if (UNLIKELY(thread_uses_fpu(next)))
		sched_load_fpu(next);
	if (trace_on(EVENT_CLASS_SYSCALL))
		trace_call_ends(next);
}

void sched_switch_to(struct thread *next, enum switch_reason reason)
{
	struct cpu *cpu = hal_this_cpu();

	event_switch_thread(next, reason, next->activity->priority, next->activity->deadline_ns);
	load_thread(cpu, next);
}

/* Takes the best thread of this processor's queue out of it. */
static struct thread *dequeue_best(struct cpu *cpu)
{
	lock_take(&cpu->queue.lock);
	return sched_dequeue(cpu, run_queue_first(&cpu->queue));
}

/* The one that was woken here, if it is more important than all in the queue; else it is put there. */
static struct thread *take_next(struct cpu *cpu)
{
	struct thread *next = cpu->next;
	i32 highest = atomic_load(&cpu->queue.highest);

	if (next == nullptr)
		return nullptr;
	atomic_store(&cpu->next, nullptr);
	if (LIKELY(next->activity->priority > highest))
		return next;
	enqueue(cpu, next);
	return nullptr;
}

static struct thread *choose(struct cpu *cpu)
{
	struct thread *next = take_next(cpu);

	if (cpu_count() > 1) {
		struct thread *pulled = balance_pull(cpu, next != nullptr ? next->activity->priority : atomic_load(&cpu->queue.highest));

		if (pulled != nullptr && next != nullptr)
			enqueue(cpu, next);
		if (pulled != nullptr)
			return pulled;
	}
	return next != nullptr ? next : dequeue_best(cpu);
}

static u64 first_user_ns; /* atomic */

u64 sched_first_user_ns(void) { return atomic_load(&first_user_ns); }

/* A queue's use of the activity becomes the processor's. */
static void run(struct cpu *cpu, struct thread *next)
{
	struct activity *activity = next->activity, *before = cpu->payer;
	u64 now_ns = before == nullptr && cpu->paid_until_ns != 0 ? cpu->paid_until_ns : pay(cpu); /* read once an entry */

	if (UNLIKELY(atomic_load(&first_user_ns) == 0))
		atomic_store(&first_user_ns, hal_clock_ns());
	event_switch_thread(next, cpu->switch_reason, next->activity->priority, next->activity->deadline_ns);
	cpu->switch_reason = SWITCH_REASON_BLOCKED;
	share_chosen(cpu, activity);
	if (before != nullptr)
		share_unuse(cpu, before);
	begin_paying(cpu, activity, now_ns);
	load_thread(cpu, next);
}

/* The payer's use goes with it. */
void sched_put_back(struct cpu *cpu, struct thread *current, enum switch_reason reason)
{
	struct activity *payer = cpu->payer;

	sched_leave(cpu, current);
	atomic_store(&cpu->payer, nullptr);
	if (payer != current->activity) {
		share_use(current->activity);
		share_unuse(cpu, payer);
	}
	enqueue(cpu, current);
	if (cpu->switch_reason == SWITCH_REASON_BLOCKED)
		cpu->switch_reason = reason;
}

/* It has used up the budget that it runs on: it waits for the next. */
static void park_current(struct cpu *cpu)
{
	struct thread *current = cpu->current;

	sched_leave(cpu, current);
	cpu->switch_reason = SWITCH_REASON_BUDGET_END;
	if (budget_park(current))
		return;
	share_use(current->activity);
	enqueue(cpu, current);
}

static bool somebody_waits(const struct cpu *cpu)
{
	return cpu->next != nullptr || atomic_load(&cpu->queue.highest) != NO_PRIORITY;
}

/* Whether the first in the queue should run instead of the running thread. */
static bool first_is_better(struct cpu *cpu)
{
	lock_take(&cpu->queue.lock);
	const struct thread *first = run_queue_first(&cpu->queue);
	bool better = first != nullptr && beats_current(cpu, first->queued_priority, first->run_node.key);

	if (better)
		event_preempt(first->object.id, first->queued_priority, first->run_node.key);
	lock_release(&cpu->queue.lock);
	return better;
}

/* Somebody came to a thread that was alone and had no slice. He was placed by a clock that stood still meanwhile. */
static void end_solitude(struct cpu *cpu)
{
	u64 now_ns = pay(cpu);
	struct thread *came = dequeue_best(cpu);

	share_chosen(cpu, cpu->payer);
	timers_set_slice(&cpu->timers, now_ns + cpu->payer->left_ns);
	if (cpu->next != nullptr)
		activity_begin(cpu->next->activity, cpu, now_ns, true);
	if (came == nullptr)
		return;
	activity_begin(came->activity, cpu, now_ns, true);
	enqueue(cpu, came);
}

/* Whether another should. Who was woken to go on next may no longer be better: the activity has changed. */
static bool another_is_better(struct cpu *cpu)
{
	struct thread *next = cpu->next;

	if (has_no_slice(cpu) && cpu->current->activity == cpu->payer && somebody_waits(cpu))
		end_solitude(cpu);
	if (next != nullptr && beats_current(cpu, next->activity->priority, next->activity->deadline_ns)) {
		event_preempt(next->object.id, next->activity->priority, next->activity->deadline_ns);
		return true;
	}
	if (next != nullptr) {
		atomic_store(&cpu->next, nullptr);
		enqueue(cpu, next);
	}
	return atomic_load(&cpu->queue.highest) >= cpu->current->activity->priority && first_is_better(cpu);
}

/* One of those who wait goes to where it is better off. */
static void relieve(struct cpu *cpu)
{
	struct cpu *to = cpu;
	struct thread *thread = balance_relieve(cpu, &to);

	if (thread == nullptr)
		return;
	activity_begin(thread->activity, to, cpu->paid_until_ns, false);
	atomic_store(&thread->cpu, to->id);
	wake_into_queue(to, thread);
}

/* Puts the running thread back into the queue if another should run instead. */
static void preempt(struct cpu *cpu)
{
	if (cpu->switch_reason == SWITCH_REASON_SLICE_END && cpu_count() > 1)
		relieve(cpu);
	if (!another_is_better(cpu)) {
		cpu->switch_reason = SWITCH_REASON_BLOCKED;
		return;
	}
	activity_begin(cpu->current->activity, cpu, pay(cpu), false); /* its place depends on what it has used */
	sched_put_back(cpu, cpu->current, SWITCH_REASON_PREEMPTED);
}

void sched_tick(bool slice_over)
{
	struct cpu *cpu = hal_this_cpu();

	cpu->attention |= ATTEND_CHOOSE;
	if (!slice_over || cpu->current == nullptr)
		return;
	share_forget(cpu);
	set_slice(cpu, pay(cpu));
	cpu->switch_reason = SWITCH_REASON_SLICE_END;
}

void sched_kick(struct thread *thread)
{
	u32 cpu = atomic_load(&thread->cpu), here = hal_this_cpu()->id;

	if (budget_unpark(thread)) {
		share_use(thread->activity);
		enqueue(hal_this_cpu(), thread);
		cpu = here;
	}
	if (cpu == here || atomic_load(&thread->state) == THREAD_STATE_RUNNING)
		sched_look_again(cpu);
	/* WHY: whoever ends it waits for that, and not for its turn among others. Who is to stop may go on before it has. */
	if ((atomic_load(&thread->flags) & THREAD_KILLED) != 0 && hal_this_cpu()->current != nullptr)
		queued_place(thread->activity, thread, hal_this_cpu()->current->activity->priority);
}

void sched_look_again(u32 cpu)
{
	if (cpu == hal_this_cpu()->id)
		hal_this_cpu()->attention |= ATTEND_CHOOSE;
	else
		hal_ipi_send(cpu, HAL_IPI_RESCHEDULE);
}

void sched_activity_changed(struct activity *activity)
{
	atomic_fence(); /* whoever parks or is queued sees the change, or is found here */
	struct thread *parked = activity_barred(activity) ? nullptr : atomic_exchange(&activity->parked, nullptr);

	if (parked != nullptr)
		sched_wake(parked);
	queued_renew(activity); /* a server may be there besides */
	for (u32 i = 0; i < cpu_count(); i++)
		if (atomic_load(&cpu_at(i)->payer) == activity)
			sched_look_again(i);
}

/* ---- suspension ---- */

/* Whoever turns the state from SUSPENDED to READY owns the thread. */
static bool take_suspended(struct thread *thread)
{
	enum thread_state suspended = THREAD_STATE_SUSPENDED;

	return atomic_compare_exchange(&thread->state, &suspended, THREAD_STATE_READY);
}

void sched_suspend_self(struct thread *thread)
{
	sched_leave(hal_this_cpu(), thread);
	event_block(thread, THREAD_STATE_SUSPENDED, 0, U64_MAX);
	atomic_store(&thread->state, THREAD_STATE_SUSPENDED);
	atomic_fence(); /* a resume sees the state, or its change of the flags is seen here */
	if (thread_told(thread) != THREAD_STOP && take_suspended(thread))
		sched_wake(thread);
}

bool sched_withdraw_suspended(struct thread *thread)
{
	atomic_and(&thread->flags, ~(u32)THREAD_STOP);
	return take_suspended(thread);
}

/* ---- leaving the kernel ---- */

/* Deaths and suspensions happen here, to the running thread, and nowhere else. */
static void obey_flags(struct cpu *cpu, struct thread *current)
{
	u32 flags = atomic_load(&current->flags);

	if ((flags & THREAD_KILLED) != 0) {
		thread_die(current);
		cpu->switch_reason = SWITCH_REASON_EXITED;
	} else if ((flags & THREAD_STOP) != 0) {
		sched_suspend_self(current);
	}
}

/* What is reaped may be the activity that paid last, or the address space that was active last: neither stays when
 * nobody runs. INV-PAYER. */
static void do_work(struct cpu *cpu)
{
	if (!work_is_due(cpu))
		return;
	if (cpu->current == nullptr) {
		pay_off(cpu);
		hal_space_leave();
	}
	object_reap();
}

NORETURN static void idle(struct cpu *cpu)
{
	event_switch_thread(nullptr, SWITCH_REASON_IDLE, 0, 0);
	cpu->switch_reason = SWITCH_REASON_IDLE;
	bool work = (cpu->attention & (ATTEND_WORK | ATTEND_INHERIT)) != 0;

	timers_set_slice(&cpu->timers, work ? hal_clock_ns() + WORK_RETRY_NS : U64_MAX);
	timers_arm();
	atomic_store_release(&cpu->grace_seen, atomic_load_acquire(&object_grace_wanted));
	hal_idle();
}

/* Idle means: holds nothing, not even an address space or a payer. */
static struct thread *choose_or_idle(struct cpu *cpu)
{
	struct thread *next = choose(cpu);

	if (LIKELY(next != nullptr))
		return next;
	pay_off(cpu);
	share_forget(cpu);
	hal_space_leave();
	atomic_store_release(&cpu->idle, 1u); /* behind every use of what is not counted */
	atomic_fence(); /* a waker sees the processor idle, or its thread is seen here */
	next = choose(cpu);
	if (next == nullptr)
		next = balance_steal(cpu);
	if (next == nullptr)
		idle(cpu);
	(void)atomic_exchange(&cpu->idle, 0u);
	atomic_fence_after_update(); /* before anything is looked up */
	return next;
}

/* Whether the running thread may go on as it is: nobody is to choose, and nothing stands against it. */
static bool may_go_on(const struct cpu *cpu)
{
	const struct thread *current = cpu->current;

	return current != nullptr && (cpu->attention & (ATTEND_CHOOSE | ATTEND_TRACE)) == 0 && thread_told(current) == 0 &&
		current->activity == cpu->payer && !budget_bars(current) && activity_may_use(current->activity, cpu);
}

/* With another activity than so far it may no longer be the best: a server is back on its own. */
static void review(struct cpu *cpu)
{
	struct thread *current = cpu->current;

	if (UNLIKELY(thread_told(current) != 0)) {
		obey_flags(cpu, current);
		return;
	}
	if (budget_bars(current)) {
		park_current(cpu);
		return;
	}
	if (UNLIKELY(!activity_may_use(current->activity, cpu))) {
		sched_leave(cpu, current);
		sched_wake(current); /* elsewhere */
		return;
	}
	cpu->attention &= ~(u32)ATTEND_CHOOSE;
	preempt(cpu);
	if (cpu->current == nullptr)
		return;
	if (current->activity != cpu->payer)
		change_payer(cpu);
	else if (current->activity->budget_ns != 0)
		set_slice(cpu, pay(cpu)); /* it may be another than the slice was set for */
}

static void run_somebody(struct cpu *cpu)
{
	if (UNLIKELY((cpu->attention & ATTEND_WORK) != 0) && !somebody_waits(cpu))
		do_work(cpu);
	run(cpu, choose_or_idle(cpu));
}

/* Who runs is chosen before dead objects are worked on, and does not wait for that if it is more important than what
 * ran `before`: another entry does it, at the latest that of the timer, which is set for it. What dies may have
 * had a waiter, which may be more important in turn. */
static void settle_current(struct cpu *cpu, u32 before)
{
	for (;;) {
		if (FERROUS_TRACE && (cpu->attention & ATTEND_TRACE) != 0)
			trace_notify();
		if (UNLIKELY((cpu->attention & ATTEND_INHERIT) != 0))
			inherit_propagate();
		if (cpu->current != nullptr && !may_go_on(cpu))
			review(cpu);
		if (cpu->current == nullptr)
			run_somebody(cpu);
		if (!may_go_on(cpu) || ((cpu->attention & ATTEND_INHERIT) != 0 && !hal_interrupt_pending()))
			continue;
		if (LIKELY((cpu->attention & ATTEND_WORK) == 0 || cpu->current->activity->priority > before))
			return;
		do_work(cpu);
		if (may_go_on(cpu))
			return;
	}
}

void sched_settle(struct cpu *cpu, u32 before)
{
	settle_current(cpu, before);
	cpu->attention &= ~(u32)ATTEND_BUDGET;
	if (UNLIKELY(cpu->payer->exhausted))
		cpu->attention |= ATTEND_BUDGET;
	if (UNLIKELY((cpu->attention & ATTEND_INHERIT) != 0 || work_is_due(cpu)))
		timers_set_slice(&cpu->timers, min_u64(cpu->timers.slice_end_ns, hal_clock_ns() + WORK_RETRY_NS));
}
