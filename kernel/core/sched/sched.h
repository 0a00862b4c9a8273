/* SPDX-License-Identifier: Apache-2.0
 *
 * Which thread runs where. Policy in one place: the highest priority first, within one the
 * earliest deadline; best effort by virtual deadlines (activity.c). A call switches directly and
 * never comes here.
 */
#ifndef KERNEL_CORE_SCHED_SCHED_H
#define KERNEL_CORE_SCHED_SCHED_H

#include "abi/events.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "hal_arch/switch.h"
#include "kernel/core/types.h"
#include "lib/base/safe.h"

/* A thread that waited, or is new, can run: puts it into a run queue and makes the processor look
 * if it should run now. The caller owns the thread. */
void sched_wake(struct thread *thread);

/* Floating point of a thread that uses it, which leaves the processor or has come to it. */
HAL_RARE_CALL void sched_save_fpu(struct thread *thread);
HAL_RARE_CALL void sched_load_fpu(struct thread *thread);

/* The running thread waits, was suspended or ended, or goes into a queue: nobody is current from here on. */
static FORCE_INLINE void sched_leave(struct cpu *cpu, struct thread *thread)
{
	if (UNLIKELY(thread_uses_fpu(thread)))
		sched_save_fpu(thread);
	cpu->current = nullptr;
}

/* The running thread, which has been charged, goes back into the queue. */
void sched_put_back(struct cpu *cpu, struct thread *current, enum switch_reason reason);

/* Makes a thread that this processor owns, and that has an activity, the running one at once: the
 * direct switch of a call or an answer. Nobody is current. */
void sched_switch_to(struct thread *next, enum switch_reason reason);

/* The running thread's slice or budget may be over; others may be better. */
void sched_tick(bool slice_over);

/* Makes the processor on which the thread is ready or running notice a change of flags. */
void sched_kick(struct thread *thread);

/* That processor looks whether another should run there. */
void sched_look_again(u32 cpu);

/* Its parameters or budget, or what it inherits, have changed: who waited for the budget is ready, who is queued gets
 * another place, and who runs may no longer be the best. */
void sched_activity_changed(struct activity *activity);

/* Time of the first switch to user mode since the kernel's entry; 0 before. */
u64 sched_first_user_ns(void);

/* Suspension: see thread_suspend. */
void sched_suspend_self(struct thread *thread);
bool sched_withdraw_suspended(struct thread *thread);

/* Makes `next` what returns to user mode, but for floating point. It is in no queue and owned by this
 * processor. Processor and state come before the look at its flags on the way out: who sets one either sees
 * the thread running here, or is seen. */
static FORCE_INLINE void sched_load(struct cpu *cpu, struct thread *next)
{
	atomic_store(&next->cpu, cpu->id);
	atomic_store_and_fence(&next->state, THREAD_STATE_RUNNING);
	cpu->current = next;
	cpu->arch.frame = &next->frame;
	hal_space_activate(&cpu->arch, &next->process->space.hal);
	hal_tls_load(next->tls);
}

/* The end of every stay in the kernel: flags of the running thread, choice of the next, work
 * that waits. Returns when a thread is current; idles otherwise. The first has the common case; the second is told the
 * priority that ran before. */
HAL_LAST_CALL void sched_leave_kernel_slowly(struct cpu *cpu);
void sched_settle(struct cpu *cpu, u32 before);

/* From here on the processor holds nothing from before: object.h. */
static FORCE_INLINE void sched_leave_grace(struct cpu *cpu)
{
	atomic_store_release(&cpu->grace_seen, atomic_load_acquire(&object_grace_wanted));
}

static FORCE_INLINE void sched_leave_kernel(struct cpu *cpu)
{
	const struct thread *current = cpu->current;

	/* Unless nobody wants anything of it or of the processor. */
	if (UNLIKELY(current == nullptr || (atomic_load(&current->flags) | cpu->attention) != 0 || current->activity != cpu->payer))
		sched_leave_kernel_slowly(cpu);
	else
		sched_leave_grace(cpu);
}

#endif
