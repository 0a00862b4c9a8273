/* SPDX-License-Identifier: Apache-2.0
 *
 * The common switches between two threads of a processor, the one that runs and one that is ready: a yield, and the end
 * of an entry that woke a more important thread. What is not ordinary is left to sched.c, which decides anew.
 *
 * In both the running one comes into the queue, its use of its activity goes over to that, and the other's to the
 * processor: no weight changes. There is an end of the slice in any case, for somebody waits.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/sched/running.h"

/* Slow paths keep all registers, so that nothing is saved for their sake in the common case. */

HAL_RARE_CALL __attribute__((noinline)) static void tell_of_switch(struct thread *next, enum switch_reason reason)
{
	event_switch_thread(next, reason, next->activity->priority, next->activity->deadline_ns);
	trace_call_ends(next);
}

HAL_RARE_CALL __attribute__((noinline)) static void tell_of_preemption(const struct thread *next)
{
	event_preempt(next->object.id, next->activity->priority, next->activity->deadline_ns);
}

/* Goes on with `next`, whose use is the processor's, instead of one that has been charged up to now and is in the queue.
 * Who comes into the queue meanwhile, or changes an activity, sees that nobody runs here, or who, or is seen at the end:
 * loading is a fence. */
static FORCE_INLINE void go_on_with(struct cpu *cpu, struct thread *next, u64 now_ns, enum switch_reason reason)
{
	struct activity *payer = next->activity;

	cpu->switch_reason = SWITCH_REASON_BLOCKED;
	share_chosen(cpu, payer);
	atomic_store(&cpu->payer, payer);
	activity_begin(payer, cpu, now_ns, false);
	timers_set_slice(&cpu->timers, now_ns + payer->left_ns);
	sched_load(cpu, next);
	if (UNLIKELY(thread_uses_fpu(next)))
		sched_load_fpu(next);
	if (trace_on(EVENT_CLASS_SCHED | EVENT_CLASS_SYSCALL))
		tell_of_switch(next, reason);
	if (UNLIKELY(atomic_load(&cpu->queue.highest) > atomic_load(&payer->priority)))
		cpu->attention |= ATTEND_CHOOSE;
}

/* ---- yielding ---- */

/* On one processor nobody comes or goes meanwhile: the two change places in the queue. */
static FORCE_INLINE struct thread *swap(struct cpu *cpu, struct thread *thread, const struct activity *activity)
{
	queued_note(cpu, thread);
	lock_take(&cpu->queue.lock);
	struct thread *first = run_queue_swap(&cpu->queue, thread, activity->priority, activity->deadline_ns);

	lock_release(&cpu->queue.lock);
	queued_taken(first);
	return first;
}

/* Changes places with the first of the same priority, if somebody waits there and is the best. */
struct sys_result syscall_yield(struct thread *self)
{
	struct cpu *cpu = hal_this_cpu();
	struct activity *activity = self->activity;
	u32 priority = activity->priority;

	if (atomic_load(&cpu->queue.highest) != priority)
		return sys_ok(0);
	u64 now_ns = sched_charge(cpu, activity);

	activity_yield(activity, run_queue_peek(&cpu->queue, priority), now_ns);
	if (UNLIKELY(cpu_count() > 1 || activity->priority != priority)) {
		self->frame.status = STATUS_OK; /* it may run elsewhere before this call returns */
		self->frame.arg0 = 0;
		sched_put_back(cpu, self, SWITCH_REASON_YIELDED); /* there may be a better one elsewhere, or here */
		return sys_none();
	}
	sched_leave(cpu, self);
	struct thread *next = swap(cpu, self, activity);

	go_on_with(cpu, next, now_ns, SWITCH_REASON_YIELDED);
	if (UNLIKELY(!sched_may_run(cpu, cpu->payer)))
		cpu->attention |= ATTEND_CHOOSE;
	return sys_ok(0);
}

/* ---- leaving the kernel ---- */

/* Whether all that is to be done is to go on with who was woken: he is more important than the running thread and all
 * that wait. */
static FORCE_INLINE bool only_goes_over(const struct cpu *cpu, const struct thread *current, const struct thread *next)
{
	if (UNLIKELY(next == nullptr) || UNLIKELY(current == nullptr) || UNLIKELY(cpu->attention != ATTEND_CHOOSE))
		return false;
	u32 priority = next->activity->priority, highest = atomic_load(&cpu->queue.highest);

	return LIKELY(current->activity == cpu->payer) && LIKELY(priority > current->activity->priority) &&
		(highest == NO_PRIORITY || priority > highest);
}

/* True: the processor is ready to leave the kernel. */
static FORCE_INLINE bool go_over(struct cpu *cpu)
{
	struct thread *next = cpu->next, *current = cpu->current;

	if (UNLIKELY(!only_goes_over(cpu, current, next)))
		return false;
	atomic_store(&cpu->next, nullptr); /* first: charging may end a budget, and so wake others */
	cpu->attention = 0;
	if (trace_on(EVENT_CLASS_SCHED))
		tell_of_preemption(next);
	struct activity *activity = current->activity;
	u64 now_ns = sched_charge(cpu, activity);

	activity_begin(activity, cpu, now_ns, false); /* its place depends on what it has used */
	sched_leave(cpu, current);
	sched_enqueue(cpu, current);
	go_on_with(cpu, next, now_ns, SWITCH_REASON_PREEMPTED);
	return LIKELY((atomic_load(&next->flags) | cpu->attention) == 0) && sched_may_run(cpu, cpu->payer);
}

HAL_LAST_CALL void sched_leave_kernel_slowly(struct cpu *cpu)
{
	const struct activity *before = cpu->payer;

	if (UNLIKELY(!go_over(cpu)))
		sched_settle(cpu, before != nullptr ? before->priority : 0);
	sched_leave_grace(cpu);
}
