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
	if (reason == SWITCH_REASON_PREEMPTED)
		event_preempt(next->object.id, next->activity->priority, next->activity->deadline_ns);
	event_switch_thread(next, reason, next->activity->priority, next->activity->deadline_ns);
	trace_call_ends(next);
}

/* Goes on with `next`, who runs on `payer`, which is ready and whose use is the processor's, instead of one that has been
 * charged up to now and is in the queue. */
static FORCE_INLINE void go_on_with(struct cpu *cpu, struct thread *next, struct activity *payer, u64 now_ns,
	enum switch_reason reason)
{
	atomic_store(&cpu->payer, payer);
	share_chosen(cpu, payer);
	timers_set_slice(&cpu->timers, now_ns + payer->left_ns);
	sched_load(cpu, next);
	if (UNLIKELY(thread_uses_fpu(next)))
		sched_load_fpu(next);
	if (trace_on(EVENT_CLASS_SCHED | EVENT_CLASS_SYSCALL))
		tell_of_switch(next, reason);
}

/* ---- yielding ---- */

/* Changes places with the first of the same priority, if somebody waits there and is the best. On one processor nobody comes
 * or goes meanwhile, so that the queue needs no lock and nothing has to be looked at again. */
struct sys_result syscall_yield(struct thread *self, struct hal_frame *frame)
{
	struct cpu *cpu = hal_this_cpu();
	struct activity *activity = self->activity;
	u8 priority = activity->priority;

	if (atomic_load(&cpu->queue.highest) != priority)
		return sys_ok(0);
	u64 now_ns = sched_charge(cpu, activity);

	activity_yield(activity, run_queue_peek(&cpu->queue, priority), now_ns);
	if (UNLIKELY(cpu_count() > 1 || activity->priority != priority)) {
		frame->status = STATUS_OK; /* it may run elsewhere before this call returns */
		frame->arg0 = 0;
		sched_put_back(cpu, self, SWITCH_REASON_YIELDED); /* there may be a better one elsewhere, or here */
		return sys_none();
	}
	sched_leave(cpu, self);
	queued_note(cpu, self, activity);
	struct thread *next = run_queue_swap(&cpu->queue, self, priority, activity->deadline_ns);
	struct activity *payer = next->activity;

	queued_taken(next, payer);
	activity_go_on(payer, cpu, now_ns);
	go_on_with(cpu, next, payer, now_ns, SWITCH_REASON_YIELDED);
	if (UNLIKELY(atomic_load(&payer->exhausted) != 0))
		cpu->attention |= ATTEND_CHOOSE;
	return sys_ok(0);
}

/* ---- leaving the kernel ---- */

/* Goes on with who was woken, if that is all that is to be done: he is more important than the running thread and all
 * that wait. True: the processor is ready to leave the kernel. */
static FORCE_INLINE bool go_over(struct cpu *cpu)
{
	struct thread *next = cpu->next, *current = cpu->current;

	if (UNLIKELY(next == nullptr) || UNLIKELY(current == nullptr) || UNLIKELY(cpu->attention != ATTEND_CHOOSE))
		return false;
	struct activity *activity = current->activity, *payer = next->activity;
	u8 priority = payer->priority;

	if (UNLIKELY(activity != cpu->payer) || UNLIKELY(priority <= activity->priority) ||
	    UNLIKELY(priority <= atomic_load(&cpu->queue.highest)))
		return false;
	atomic_store(&cpu->next, nullptr); /* first: charging may end a budget, and so wake others */
	cpu->attention = 0;
	cpu->switch_reason = SWITCH_REASON_BLOCKED; /* it may have been the end of a slice */
	u64 now_ns = sched_charge(cpu, activity);

	activity_go_on(activity, cpu, now_ns); /* its place depends on what it has used */
	sched_leave(cpu, current);
	sched_enqueue(cpu, current, activity);
	go_on_with(cpu, next, payer, now_ns, SWITCH_REASON_PREEMPTED);
	/* Who comes into the queue meanwhile, or changes an activity, sees that nobody runs here, or who, or is seen now: loading
	 * is a fence. */
	if (LIKELY((atomic_load(&next->flags) | cpu->attention | atomic_load(&payer->exhausted)) == 0) &&
	    LIKELY(atomic_load(&cpu->queue.highest) <= atomic_load(&payer->priority)) && LIKELY(activity_may_use(payer, cpu)))
		return true;
	cpu->attention |= ATTEND_CHOOSE;
	return false;
}

HAL_LAST_CALL void sched_leave_kernel_slowly(struct cpu *cpu)
{
	const struct activity *before = cpu->payer;

	if (UNLIKELY(!go_over(cpu)))
		sched_settle(cpu, before != nullptr ? before->priority : 0);
	sched_leave_grace(cpu);
}
