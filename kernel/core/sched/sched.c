/* SPDX-License-Identifier: Apache-2.0
 *
 * The scheduler. See sched.h.
 *
 * Each processor's queue holds its ready threads; the running one is in no queue. Time is charged
 * to activities when the activity that a processor runs on changes, so a direct switch, which
 * keeps the activity, charges nothing and reads no clock.
 */
#include "kernel/core/sched/sched.h"
#include "abi/event_emit.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/object/object.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/budget.h"
#include "kernel/core/sched/share.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/time.h"

/* Threads that hold processor time above this are not made to wait for the work of others. */
enum : u32 { WORK_PRIORITY = 128 };
enum : u64 { WORK_RETRY_NS = 50000 };

/* How many threads of a queue a thief looks at for one that may run on his processor. */
enum : u32 { STEAL_LOOKS = 8 };

/* ---- charging ---- */

/* The payer is counted, because it may be gone before the processor notices. */
static void replace_payer(struct cpu *cpu, struct activity *payer)
{
	struct activity *before = cpu->payer;

	if (before == payer)
		return;
	if (payer != nullptr) {
		object_ref(&payer->object);
		share_use(payer);
	}
	atomic_store(&cpu->payer, payer);
	if (before != nullptr) {
		share_unuse(before);
		object_unref(&before->object);
	}
}

/* Charges the activity that paid so far and lets another pay; null: nobody, while idle. */
static void change_payer(struct cpu *cpu, struct activity *payer)
{
	u64 now_ns = hal_clock_ns();

	if (cpu->payer != nullptr)
		activity_charge(cpu->payer, now_ns - cpu->paid_until_ns, now_ns);
	cpu->paid_until_ns = now_ns;
	replace_payer(cpu, payer);
	if (payer == nullptr)
		return;
	activity_begin(payer, cpu, now_ns, false);
	/* Alone on its processor a thread needs no end of its slice: tickless. */
	bool alone = atomic_load(&cpu->queue.highest) == NO_PRIORITY && (payer->budget_ns == 0 || payer->exhausted);

	timers_set_slice(alone ? U64_MAX : now_ns + payer->left_ns);
	atomic_fence(); /* a waker sees that there is no slice, or its thread is seen here */
	if (alone && atomic_load(&cpu->queue.highest) != NO_PRIORITY)
		timers_set_slice(now_ns + payer->left_ns);
}

/* True if nothing would make the processor look at its queue again. */
static bool has_no_slice(const struct cpu *cpu) { return atomic_load(&cpu->timers.slice_end_ns) == U64_MAX; }

/* ---- queues ---- */

static void enqueue_on(struct cpu *cpu, struct thread *thread)
{
	struct activity *activity = thread->activity;

	share_use(activity); /* until it is chosen */
	thread->state = THREAD_STATE_READY;
	lock_take(&cpu->queue.lock);
	atomic_store(&thread->queued_cpu, cpu->id);
	atomic_store(&activity->queued, thread);
	run_queue_add(&cpu->queue, thread, activity->priority, activity->deadline_ns);
	lock_release(&cpu->queue.lock);
}

/* Puts the thread that was queued with an activity last to its new place. True: it still waits there, on the
 * processor of that number. */
static bool requeue(struct activity *activity, u32 *where)
{
	struct thread *thread = atomic_load(&activity->queued);

	if (thread == nullptr)
		return false;
	struct cpu *cpu = cpu_at(atomic_load(&thread->queued_cpu));

	lock_take(&cpu->queue.lock);
	bool waits = tree_contains(&thread->run_node) && thread->queued_cpu == cpu->id && thread->activity == activity;

	if (waits) {
		run_queue_remove(&cpu->queue, thread);
		run_queue_add(&cpu->queue, thread, activity->priority, activity->deadline_ns);
	}
	lock_release(&cpu->queue.lock);
	*where = cpu->id;
	return waits;
}

/* Idle, and nobody was put there who has not come to run yet. */
static bool is_free(const struct cpu *cpu)
{
	return atomic_load(&cpu->idle) != 0 && atomic_load(&cpu->queue.highest) == NO_PRIORITY;
}

/* The priority that a processor is busy with, in its queue too; 0 while idle. A guess. */
static u32 busy_with(const struct cpu *cpu)
{
	const struct thread *current = atomic_load(&cpu->current);
	const struct activity *running = current != nullptr ? atomic_load(&current->activity) : nullptr;
	u32 highest = atomic_load(&cpu->queue.highest), priority = running != nullptr ? atomic_load(&running->priority) : 0;

	return highest != NO_PRIORITY && highest > priority ? highest : priority;
}

static bool usable(const struct activity *activity, const struct cpu *cpu)
{
	return atomic_load(&cpu->online) != 0 && activity_may_use(activity, cpu);
}

/* None is free: the one it ran on, unless that is busy with as much and another with less; best effort stays. */
static struct cpu *least_busy(const struct activity *activity, struct cpu *last)
{
	struct cpu *best = usable(activity, last) ? last : nullptr;
	u32 least = best != nullptr ? busy_with(best) : NO_PRIORITY;

	if (best != nullptr && (activity->priority <= PRIORITY_BEST_EFFORT || least < activity->priority))
		return best;
	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *cpu = cpu_at(i);

		if (!usable(activity, cpu) || (best != nullptr && busy_with(cpu) >= least))
			continue;
		best = cpu;
		least = busy_with(cpu);
	}
	return best != nullptr ? best : last;
}

/* Where to wake: the processor it ran on last if that is free, else one that is. */
static struct cpu *place(const struct thread *thread)
{
	struct cpu *last = cpu_at(thread->cpu);
	const struct activity *activity = thread->activity;

	if (cpu_count() == 1 || (is_free(last) && usable(activity, last)))
		return last;
	for (u32 i = 0; i < cpu_count(); i++)
		if (is_free(cpu_at(i)) && usable(activity, cpu_at(i)))
			return cpu_at(i);
	return least_busy(activity, last);
}

/* True if that priority and deadline should run instead of what the processor runs. A guess for
 * other processors; their threads and activities live as long as this stay in the kernel. */
static bool beats_current(const struct cpu *cpu, u32 priority, u64 deadline_ns)
{
	const struct thread *current = atomic_load(&cpu->current);
	const struct activity *running = current != nullptr ? atomic_load(&current->activity) : nullptr;

	if (running == nullptr)
		return true;
	return priority != running->priority ? priority > running->priority : deadline_ns < running->deadline_ns;
}

/* The time, where it matters for a wake-up: reading the clock is slow. */
static u64 wake_time(const struct activity *activity)
{
	return activity->budget_ns != 0 || activity->left_ns == 0 ? hal_clock_ns() : 0;
}

void sched_wake(struct thread *thread)
{
	struct cpu *here = hal_this_cpu();

	(void)alarm_cancel(&thread->alarm);
	if (budget_bars(thread) && budget_park(thread))
		return;
	struct cpu *cpu = place(thread);

	activity_begin(thread->activity, cpu, wake_time(thread->activity), true);
	event_wake(thread->object.id, cpu->id, thread->activity->priority);
	u32 priority = thread->activity->priority;
	u64 deadline_ns = thread->activity->deadline_ns;

	enqueue_on(cpu, thread); /* from here on the thread may run, and end */
	atomic_fence();          /* who goes idle or drops its slice sees the queue, or is seen here */
	if (atomic_load(&cpu->idle) == 0 && !has_no_slice(cpu) && !beats_current(cpu, priority, deadline_ns))
		return;
	if (cpu == here)
		here->attention |= ATTEND_CHOOSE;
	else
		hal_ipi_send(cpu->id, HAL_IPI_RESCHEDULE);
}

/* ---- switching ---- */

static void switch_fpu(struct thread *from, struct thread *to)
{
	struct hal_fpu *save = from != nullptr && thread_uses_fpu(from) ? &from->fpu : nullptr;
	struct hal_fpu *load = to != nullptr && thread_uses_fpu(to) ? &to->fpu : nullptr;

	if (save != nullptr || load != nullptr)
		hal_fpu_switch(save, load);
}

static void load_thread(struct cpu *cpu, struct thread *next)
{
	sched_load(cpu, next);
	if (UNLIKELY(thread_uses_fpu(next)))
		switch_fpu(nullptr, next);
	if (trace_on(EVENT_CLASS_SYSCALL))
		trace_call_ends(next);
}

void sched_leave(struct thread *thread)
{
	struct cpu *cpu = hal_this_cpu();

	if (UNLIKELY(thread_uses_fpu(thread)))
		switch_fpu(thread, nullptr);
	cpu->current = nullptr;
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
	struct thread *thread = run_queue_first(&cpu->queue);

	if (thread != nullptr)
		run_queue_remove(&cpu->queue, thread);
	lock_release(&cpu->queue.lock);
	return thread;
}

/* Of the first few of a queue up to a priority, the first that may run here, taken out; null: none. */
static struct thread *take_from(struct cpu *victim, const struct cpu *here, u32 priority)
{
	lock_take(&victim->queue.lock);
	struct thread *thread = run_queue_first_up_to(&victim->queue, priority);

	for (u32 i = 0; i < STEAL_LOOKS && thread != nullptr && !activity_may_use(thread->activity, here); i++)
		thread = run_queue_next(thread);
	if (thread != nullptr && !activity_may_use(thread->activity, here))
		thread = nullptr;
	if (thread != nullptr)
		run_queue_remove(&victim->queue, thread);
	lock_release(&victim->queue.lock);
	if (thread != nullptr)
		event_steal(thread, victim->id);
	return thread;
}

/* Takes a best-effort thread from the processor that has most of them waiting. */
static struct thread *steal(struct cpu *cpu)
{
	struct cpu *victim = nullptr;
	u32 most = 0;

	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *other = cpu_at(i);
		u32 count = atomic_load(&other->queue.count);

		if (other != cpu && count > most) {
			most = count;
			victim = other;
		}
	}
	return victim != nullptr ? take_from(victim, cpu, PRIORITY_BEST_EFFORT) : nullptr;
}

/* Takes a thread above best effort that has to wait elsewhere and is more important than all that wait here. */
static struct thread *pull(struct cpu *cpu)
{
	struct cpu *victim = nullptr;
	u32 own = atomic_load(&cpu->queue.highest);
	u32 most = own != NO_PRIORITY && own > PRIORITY_BEST_EFFORT ? own : PRIORITY_BEST_EFFORT;

	for (u32 i = 0; i < cpu_count(); i++) {
		u32 highest = atomic_load(&cpu_at(i)->queue.highest);

		if (i == cpu->id || highest == NO_PRIORITY || highest <= most)
			continue;
		most = highest;
		victim = cpu_at(i);
	}
	return victim != nullptr ? take_from(victim, cpu, most) : nullptr;
}

static struct thread *choose(struct cpu *cpu)
{
	struct thread *pulled = cpu_count() > 1 ? pull(cpu) : nullptr;

	return pulled != nullptr ? pulled : dequeue_best(cpu);
}

static u64 first_user_ns; /* atomic */

u64 sched_first_user_ns(void) { return atomic_load(&first_user_ns); }

static void run(struct cpu *cpu, struct thread *next)
{
	if (UNLIKELY(atomic_load(&first_user_ns) == 0))
		atomic_store(&first_user_ns, hal_clock_ns());
	event_switch_thread(next, cpu->switch_reason, next->activity->priority, next->activity->deadline_ns);
	cpu->switch_reason = SWITCH_REASON_BLOCKED;
	share_chosen(cpu, next->activity);
	change_payer(cpu, next->activity);
	share_unuse(next->activity); /* that of the queue */
	load_thread(cpu, next);
}

/* The running thread goes back into the queue. */
static void put_back(struct cpu *cpu, struct thread *current)
{
	sched_leave(current);
	enqueue_on(cpu, current);
}

/* It has used up the budget that it runs on: it waits for the next. */
static void park_current(struct cpu *cpu)
{
	struct thread *current = cpu->current;

	sched_leave(current);
	cpu->switch_reason = SWITCH_REASON_BUDGET_END;
	if (!budget_park(current))
		enqueue_on(cpu, current);
}

/* The running thread is to run elsewhere: it is woken as if it had last run there. */
static void move_current(struct cpu *cpu, const struct cpu *to)
{
	struct thread *current = cpu->current;

	sched_leave(current);
	atomic_store(&current->cpu, to->id);
	sched_wake(current);
}

static u32 load_of(const struct cpu *cpu) { return atomic_load(&cpu->queue.count) + (atomic_load(&cpu->idle) == 0); }

/* Best effort is balanced where slices end: the processor with the fewest threads, if moving one there evens
 * numbers out; null: none. */
static struct cpu *lighter_than(const struct cpu *cpu, const struct activity *activity)
{
	struct cpu *best = nullptr;
	u32 least = load_of(cpu) - 1;

	if (!activity_is_best_effort(activity))
		return nullptr;
	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *other = cpu_at(i);

		if (load_of(other) >= least || !usable(activity, other))
			continue;
		best = other;
		least = load_of(other);
	}
	return best;
}

/* Puts the running thread back into the queue if another should run instead. */
static void preempt(struct cpu *cpu)
{
	struct thread *current = cpu->current;
	u32 highest = atomic_load(&cpu->queue.highest);

	if (highest == NO_PRIORITY)
		return;
	if (has_no_slice(cpu))
		timers_set_slice(hal_clock_ns() + current->activity->left_ns);
	if (highest < current->activity->priority)
		return;
	lock_take(&cpu->queue.lock);
	struct thread *first = run_queue_first(&cpu->queue);
	bool better = first != nullptr && beats_current(cpu, first->queued_priority, first->run_node.key);

	if (better)
		event_preempt(first->object.id, first->queued_priority, first->run_node.key);
	lock_release(&cpu->queue.lock);
	if (!better)
		return;
	change_payer(cpu, current->activity); /* its place in the queue depends on what it has used */
	struct cpu *lighter = cpu->switch_reason == SWITCH_REASON_SLICE_END ? lighter_than(cpu, current->activity) : nullptr;

	if (lighter != nullptr)
		move_current(cpu, lighter);
	else
		put_back(cpu, current);
	if (cpu->switch_reason == SWITCH_REASON_BLOCKED)
		cpu->switch_reason = SWITCH_REASON_PREEMPTED;
}

void sched_tick(bool slice_over)
{
	struct cpu *cpu = hal_this_cpu();

	cpu->attention |= ATTEND_CHOOSE;
	if (!slice_over || cpu->current == nullptr)
		return;
	change_payer(cpu, cpu->current->activity);
	cpu->switch_reason = SWITCH_REASON_SLICE_END;
}

/* Of whoever would run next; 0: nobody. */
static u64 first_deadline(struct cpu *cpu)
{
	lock_take(&cpu->queue.lock);
	const struct thread *first = run_queue_first(&cpu->queue);
	u64 deadline_ns = first != nullptr ? first->run_node.key : 0;

	lock_release(&cpu->queue.lock);
	return deadline_ns;
}

void sched_yield_current(void)
{
	struct cpu *cpu = hal_this_cpu();
	struct thread *current = cpu->current;

	if (atomic_load(&cpu->queue.highest) != current->activity->priority)
		return;
	change_payer(cpu, current->activity);
	activity_yield(current->activity, first_deadline(cpu), cpu->paid_until_ns);
	put_back(cpu, current);
	cpu->switch_reason = SWITCH_REASON_YIELDED;
}

void sched_kick(struct thread *thread)
{
	u32 cpu = atomic_load(&thread->cpu);

	if (budget_unpark(thread)) {
		enqueue_on(hal_this_cpu(), thread);
		hal_this_cpu()->attention |= ATTEND_CHOOSE;
		return;
	}
	if (cpu == hal_this_cpu()->id)
		hal_this_cpu()->attention |= ATTEND_CHOOSE;
	else if (atomic_load(&thread->state) == THREAD_STATE_RUNNING)
		hal_ipi_send(cpu, HAL_IPI_RESCHEDULE);
}

static void look_again(u32 cpu)
{
	if (cpu == hal_this_cpu()->id)
		hal_this_cpu()->attention |= ATTEND_CHOOSE;
	else
		hal_ipi_send(cpu, HAL_IPI_RESCHEDULE);
}

void sched_activity_changed(struct activity *activity)
{
	u32 where = 0;

	atomic_fence(); /* whoever parks sees the change, or is found here */
	struct thread *parked = atomic_load(&activity->exhausted) ? nullptr : atomic_exchange(&activity->parked, nullptr);

	if (parked != nullptr)
		sched_wake(parked);
	else if (requeue(activity, &where))
		look_again(where);
	for (u32 i = 0; i < cpu_count(); i++)
		if (atomic_load(&cpu_at(i)->payer) == activity)
			look_again(i);
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
	sched_leave(thread);
	event_block(thread, THREAD_STATE_SUSPENDED, 0, U64_MAX);
	atomic_store(&thread->state, THREAD_STATE_SUSPENDED);
	atomic_fence(); /* a resume sees the state, or its change of the flags is seen here */
	if (atomic_load(&thread->flags) != THREAD_STOP && take_suspended(thread))
		sched_wake(thread);
}

bool sched_withdraw_suspended(struct thread *thread)
{
	atomic_and(&thread->flags, ~(u32)THREAD_STOP);
	return take_suspended(thread);
}

/* ---- leaving the kernel ---- */

/* Deaths and suspensions happen here, to the running thread, and nowhere else. */
static void obey_flags(struct thread *current)
{
	u32 flags = atomic_load(&current->flags);

	if ((flags & THREAD_KILLED) != 0)
		thread_die(current);
	else if ((flags & THREAD_STOP) != 0)
		sched_suspend_self(current);
}

static void do_work(struct cpu *cpu)
{
	if (cpu->current != nullptr && cpu->current->activity->priority > WORK_PRIORITY)
		return;
	/* The address space that was active last may be among what is taken down. */
	if (cpu->current == nullptr)
		hal_space_leave();
	object_reap();
}

NORETURN static void idle(struct cpu *cpu)
{
	change_payer(cpu, nullptr);
	event_switch_thread(nullptr, SWITCH_REASON_IDLE, 0, 0);
	timers_set_slice((cpu->attention & ATTEND_WORK) != 0 ? hal_clock_ns() + WORK_RETRY_NS : U64_MAX);
	timers_arm();
	atomic_store_release(&cpu->grace_seen, atomic_load_acquire(&object_grace_wanted));
	hal_idle();
}

void sched_leave_kernel_slowly(struct cpu *cpu)
{
	for (;;) {
		if (FERROUS_TRACE && (cpu->attention & ATTEND_TRACE) != 0)
			trace_notify();
		if (cpu->current != nullptr && UNLIKELY(atomic_load(&cpu->current->flags) != 0)) {
			obey_flags(cpu->current);
			continue;
		}
		if (cpu->current != nullptr && budget_bars(cpu->current)) {
			park_current(cpu);
			continue;
		}
		if (cpu->current != nullptr && UNLIKELY(!activity_may_use(cpu->current->activity, cpu))) {
			move_current(cpu, cpu);
			continue;
		}
		/* With another activity than so far, the thread may no longer be the best: a server is back on its own. */
		if (cpu->current != nullptr &&
		    ((cpu->attention & ATTEND_CHOOSE) != 0 || cpu->current->activity != cpu->payer)) {
			cpu->attention &= ~(u32)ATTEND_CHOOSE;
			/* Its budget may be another than the slice was set for. */
			if (cpu->current->activity->budget_ns != 0)
				change_payer(cpu, cpu->current->activity);
			preempt(cpu);
		}
		if ((cpu->attention & ATTEND_WORK) != 0)
			do_work(cpu);
		if (cpu->current != nullptr && UNLIKELY((cpu->attention & ATTEND_CHOOSE) != 0))
			continue; /* what died had a waiter, which may be more important */
		if (LIKELY(cpu->current != nullptr))
			break;
		struct thread *next = choose(cpu);

		if (next == nullptr) {
			hal_space_leave(); /* idle means: holds nothing, not even an address space */
			atomic_store(&cpu->idle, 1u);
			atomic_fence(); /* a waker sees the processor idle, or its thread is seen here */
			next = choose(cpu);
			if (next == nullptr)
				next = steal(cpu);
			if (next == nullptr)
				idle(cpu);
			(void)atomic_exchange(&cpu->idle, 0u);
			atomic_fence_after_update(); /* before anything is looked up */
		}
		run(cpu, next);
	}
	if (UNLIKELY(cpu->current->activity != cpu->payer))
		change_payer(cpu, cpu->current->activity);
	cpu->attention &= ~(u32)ATTEND_BUDGET;
	if (UNLIKELY(cpu->current->activity->exhausted))
		cpu->attention |= ATTEND_BUDGET;
	if ((cpu->attention & ATTEND_WORK) != 0)
		timers_set_slice(min_u64(cpu->timers.slice_end_ns, hal_clock_ns() + WORK_RETRY_NS));
}
