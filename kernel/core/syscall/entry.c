/* SPDX-License-Identifier: Apache-2.0
 *
 * The ways into the kernel but for system calls (ipc/fastpath.c): faults of user mode, interrupts. Each ends in
 * sched_leave_kernel, which decides who runs.
 */
#include "abi/event_emit.h"
#include "kernel/core/cap/sweep.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/fastpath.h"
#include "kernel/core/ipc/send.h"
#include "kernel/core/irq/irq.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/syscall/result.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/time.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

/* A call that was refused a slot for now has done nothing yet. One that failed will not go on where it was. */
HAL_RARE_CALL void syscall_finish_otherwise(struct hal_frame *frame, struct sys_result result)
{
	if (result.status == SYS_AGAIN || sweep_goes_on((enum status)result.status)) {
		hal_frame_restart(frame, frame->status);
		return;
	}
	hal_this_cpu()->current->copied = 0;
	frame->status = result.status;
	frame->arg0 = result.value;
}

/* ---- faults ---- */

static u32 access_of(u32 kind)
{
	switch (kind) {
	case FAULT_KIND_READ:
		return HAL_PROT_READ;
	case FAULT_KIND_WRITE:
		return HAL_PROT_WRITE;
	case FAULT_KIND_EXECUTE:
		return HAL_PROT_EXECUTE;
	default:
		return 0;
	}
}

/* Tells the process' fault handler, or ends the process. The thread's registers stay as they were:
 * an answer of 0 lets it try again. */
static void report_fault(struct thread *self, u32 kind, u64 address, u64 code)
{
	struct process *process = self->process;

	event_fault(kind, address, hal_frame_ip(&self->frame), process->object.id);
	self->fault[0] = kind;
	self->fault[1] = address;
	self->fault[2] = hal_frame_ip(&self->frame);
	self->fault[3] = hal_frame_sp(&self->frame);
	self->fault[4] = process->object.id;
	self->fault[5] = self->object.id;
	self->fault[6] = code;
	self->fault[7] = hal_frame_fp(&self->frame);
	if (process->faults.object == nullptr || !lineage_valid(process->faults.lineage)) {
		process_end(process, kind, EXIT_REASON_FAULTED);
		return;
	}
	u64 info = msg_info_make(0, FAULT_WORDS, 0, 0, 0);

	self->traits |= THREAD_FAULTED;
	fast_fault(hal_this_cpu(), self);
	enum status status = send_call(self, object_as_endpoint(process->faults.object), process->faults.value, info,
		MSG_KIND_NOTE_FAULT, U64_MAX);

	if (status == STATUS_OK)
		return;
	self->traits &= ~(u32)THREAD_FAULTED;
	if (status != STATUS_CANCELLED) /* else it tries again, if it goes on */
		process_end(process, kind, EXIT_REASON_FAULTED);
}

void core_user_fault(u32 kind, u64 address, u64 code)
{
	struct thread *self = hal_this_cpu()->current;
	u32 access = access_of(kind);

	if (access != 0) {
		enum status status = space_fault(&self->process->space, address, access);

		if (LIKELY(status == STATUS_OK)) {
			event_page_in(self->process->object.id, address);
			sched_leave_kernel(hal_this_cpu());
			return;
		}
		if (status != STATUS_BAD_ADDRESS)
			kind = FAULT_KIND_OUT_OF_MEMORY;
	}
	report_fault(self, kind, address, code);
	sched_leave_kernel(hal_this_cpu());
}

void core_fpu_first_use(void)
{
	struct thread *self = hal_this_cpu()->current;

	self->traits |= THREAD_USES_FPU;
	hal_fpu_init(&self->fpu);
	hal_fpu_switch(nullptr, &self->fpu);
}

/* ---- interrupts ---- */

static void left_idle(bool was_idle)
{
	if (!was_idle)
		return;
	(void)atomic_exchange(&hal_this_cpu()->idle, 0u);
	atomic_fence_after_update(); /* before anything is looked up */
}

void core_timer(bool was_idle)
{
	u64 now_ns = hal_clock_ns();

	left_idle(was_idle);
	event_timer(now_ns);
	sched_tick(timers_expire(now_ns));
	timers_arm();
	sched_leave_kernel(hal_this_cpu());
}

void core_irq(u32 line, bool was_idle)
{
	left_idle(was_idle);
	event_irq(line);
	irq_fired(line);
	sched_leave_kernel(hal_this_cpu());
}

void core_ipi(u32 kind, bool was_idle)
{
	left_idle(was_idle);
	event_ipi(kind);
	hal_this_cpu()->attention |= ATTEND_CHOOSE;
	sched_leave_kernel(hal_this_cpu());
}
