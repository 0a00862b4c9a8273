/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on processes.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

struct sys_result syscall_process_create(struct thread *self, struct group *group, const struct cap *names,
	const struct cap *faults, struct user_span name)
{
	u8 text[PROCESS_NAME_BYTES];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(text), name.bytes);
	struct process *process = nullptr;
	enum status status = user_copy_in(self->process, into, name.at);

	if (status == STATUS_OK)
		status = cap_reserve(self->process, 1); /* before there is a process */
	if (status != STATUS_OK)
		return sys_fail(status);
	status = process_make(group, names, faults, span_of(into), &process);
	if (status != STATUS_OK) {
		cap_unreserve(self->process, 1);
		return sys_fail(status);
	}
	return sys_reserved_handle(self, &process->object, PROCESS_RIGHTS_ALL);
}

struct sys_result syscall_exit(struct thread *self, u64 status)
{
	process_end(self->process, status, EXIT_REASON_EXITED);
	return sys_none();
}

struct sys_result syscall_process_kill(struct thread *self, struct process *process, u64 status)
{
	(void)self;
	process_end(process, status, EXIT_REASON_KILLED);
	return sys_ok(0);
}

struct sys_result syscall_process_watch(struct thread *self, const struct cap *through, const struct cap *signal, u64 bits)
{
	struct process *process = object_as_process(through->object);
	enum status status = STATUS_OK;

	(void)self;
	lock_take(&process->lock);
	bool gone = process->state == PROCESS_STATE_DEAD;

	if (!gone && binding_valid(&process->watcher)) {
		status = STATUS_BUSY;
	} else if (!gone) {
		binding_drop(&process->watcher); /* one that may not be told any more; nobody watches lineages of processes and signals */
		status = binding_make(&process->watcher, signal, bits, through->lineage) ? STATUS_OK : STATUS_DEAD;
	}
	lock_release(&process->lock);
	if (gone)
		signal_raise(object_as_signal(signal->object), bits);
	return sys_status(status);
}

struct sys_result syscall_process_stat(struct thread *self, struct process *process, struct process_info *info)
{
	(void)self;
	process_describe(process, info);
	return sys_ok(0);
}

struct sys_result syscall_process_read(struct thread *self, struct process *process, u64 address, struct user_span to)
{
	struct user_range from = { process, { address } };
	struct sys_result result = user_copy_across(self, from, (struct user_range){ self->process, to.at }, to.bytes);

	return result.value != 0 ? sys_ok(result.value) : result;
}

struct sys_result syscall_process_next_cap(struct thread *self, struct process *process, u32 slot, struct cap_info *info)
{
	bool more = false;
	enum status status = process->closed ? STATUS_NOT_FOUND : cap_next(process, &slot, info, &more);

	if (!more)
		return status == STATUS_OK ? sys_ok(slot) : sys_fail(status);
	self->frame.arg1 = slot; /* the argument: the call goes on from there */
	return sys_again();
}

/* What the process' maker gave it, with the rights that the maker had. */
struct sys_result syscall_process_names(struct thread *self, struct process *process)
{
	lock_take(&process->lock);
	struct cap names = process->names;
	bool there = names.object != nullptr && !process->closed && cap_hold(&names);

	lock_release(&process->lock);
	return there ? sys_grant(self->process, &names) : sys_fail(STATUS_NOT_FOUND);
}
