/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on processes.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

struct sys_result syscall_process_create(struct thread *self, struct group *group, struct namespace *names,
	handle_t faults, struct user_span name)
{
	struct cap cap = {};
	u8 text[PROCESS_NAME_BYTES];
	struct mspan into = mspan_first(MSPAN_OF_ARRAY(text), name.bytes);
	struct process *process = nullptr;
	enum status status = user_copy_in(self->process, into, name.at);

	if (status == STATUS_OK && faults.v != 0)
		status = cap_resolve_full(self->process, faults, OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, &cap);
	if (status == STATUS_OK)
		status = process_make(group, names, faults.v != 0 ? object_as_endpoint(cap.object) : nullptr, cap.value,
			span_of(into), &process);
	if (status != STATUS_OK)
		return sys_fail(status);
	struct sys_result result = sys_new_handle(self, &process->object, PROCESS_RIGHTS_ALL, 0);

	if (result.status != STATUS_OK)
		process_end(process, 0, EXIT_REASON_KILLED);
	return result;
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

struct sys_result syscall_process_watch(struct thread *self, struct process *process, struct signal *signal, u64 bits)
{
	enum status status = STATUS_OK;

	(void)self;
	lock_take(&process->lock);
	bool gone = process->state == PROCESS_STATE_DEAD;

	if (!gone && process->watcher != nullptr) {
		status = STATUS_BUSY;
	} else if (!gone) {
		object_ref(&signal->object);
		process->watcher = signal;
		process->watcher_bits = bits;
	}
	lock_release(&process->lock);
	if (gone)
		signal_raise(signal, bits);
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
	u64 copied = 0;
	enum status status = user_copy_across(process, (uaddr_t){ address }, self->process, to.at,
		min_u64(to.bytes, 65536), &copied);

	return status == STATUS_OK || copied != 0 ? sys_ok(copied) : sys_fail(status);
}

struct sys_result syscall_process_next_cap(struct thread *self, struct process *process, u32 slot, struct cap_info *info)
{
	u32 next = 0;
	enum status status = process->freed ? STATUS_NOT_FOUND : cap_next(process, slot, info, &next);

	(void)self;
	return status == STATUS_OK ? sys_ok(next) : sys_fail(status);
}

struct sys_result syscall_process_names(struct thread *self, struct process *process)
{
	struct namespace *names = process->names;

	if (names == nullptr || !object_try_ref(namespace_object(names)))
		return sys_fail(STATUS_NOT_FOUND);
	return sys_new_handle(self, namespace_object(names), NAMESPACE_RIGHTS_ALL, 0);
}
