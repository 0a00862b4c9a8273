/* SPDX-License-Identifier: Apache-2.0
 *
 * All handlers of system calls, for a proof: what each is handed. tests/prove/handlers.py writes it from abi/syscalls.toml.
 */
#ifndef TESTS_PROVE_INCLUDE_HANDLERS_H
#define TESTS_PROVE_INCLUDE_HANDLERS_H

#include "abi/kernel_calls.h"

struct sys_result syscall_null(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_NULL, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

struct sys_result syscall_clock(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_CLOCK, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

struct sys_result syscall_random(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_RANDOM, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

struct sys_result syscall_yield(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_YIELD, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

struct sys_result syscall_exit(struct thread *self, u64 status)
{
	called(SYSCALL_EXIT, self);
	handed_number(status, self->frame.arg0, U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_thread_exit(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_THREAD_EXIT, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

void syscall_call(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_CALL, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

void syscall_send(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_SEND, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

void syscall_receive(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_RECEIVE, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

void syscall_reply(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_REPLY, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

void syscall_reply_receive(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_REPLY_RECEIVE, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

struct sys_result syscall_buffer_read(struct thread *self, struct reply *reply, u64 offset, struct user_span to)
{
	called(SYSCALL_BUFFER_READ, self);
	handed((const struct object *)reply, OBJECT_REPLY, REPLY_RIGHT_USE, self->frame.arg0);
	handed_number(offset, self->frame.arg1, U64_MAX);
	handed_span(to, self->frame.word[0], self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_buffer_write(struct thread *self, struct reply *reply, u64 offset, struct user_span from)
{
	called(SYSCALL_BUFFER_WRITE, self);
	handed((const struct object *)reply, OBJECT_REPLY, REPLY_RIGHT_USE, self->frame.arg0);
	handed_number(offset, self->frame.arg1, U64_MAX);
	handed_span(from, self->frame.word[0], self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_cap_derive(struct thread *self, handle_t parent, u32 rights, u64 value, u64 count)
{
	called(SYSCALL_CAP_DERIVE, self);
	handed_number(parent.v, self->frame.arg0, U32_MAX);
	handed_number(rights, self->frame.arg1, U32_MAX);
	handed_number(value, self->frame.word[0], U64_MAX);
	handed_number(count, self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_cap_grant(struct thread *self, struct process *process, handle_t source, u32 rights)
{
	called(SYSCALL_CAP_GRANT, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_GRANT, self->frame.arg0);
	handed_number(source.v, self->frame.arg1, U32_MAX);
	handed_number(rights, self->frame.word[0], U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_cap_revoke(struct thread *self, handle_t source)
{
	called(SYSCALL_CAP_REVOKE, self);
	handed_number(source.v, self->frame.arg0, U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_cap_drop(struct thread *self, handle_t source)
{
	called(SYSCALL_CAP_DROP, self);
	handed_number(source.v, self->frame.arg0, U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_cap_inspect(struct thread *self, handle_t source, struct cap_info *info)
{
	called(SYSCALL_CAP_INSPECT, self);
	handed_number(source.v, self->frame.arg0, U32_MAX);
	to_copy_out(info, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_group_create(struct thread *self, struct group *parent,
	const struct group_limits *limits, struct user_span name)
{
	called(SYSCALL_GROUP_CREATE, self);
	handed((const struct object *)parent, OBJECT_GROUP, GROUP_RIGHT_LIMIT, self->frame.arg0);
	copied_in(limits, self->frame.arg1);
	handed_span(name, self->frame.word[0], self->frame.word[1], 32);
	return any_answer(self);
}

struct sys_result syscall_group_set_limits(struct thread *self, struct group *group, const struct group_limits *limits)
{
	called(SYSCALL_GROUP_SET_LIMITS, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_LIMIT, self->frame.arg0);
	copied_in(limits, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_group_stat(struct thread *self, struct group *group, struct group_stat *stat)
{
	called(SYSCALL_GROUP_STAT, self);
	handed((const struct object *)group, OBJECT_GROUP, RIGHT_INSPECT, self->frame.arg0);
	to_copy_out(stat, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_group_destroy(struct thread *self, struct group *group)
{
	called(SYSCALL_GROUP_DESTROY, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_DESTROY, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_group_next_process(struct thread *self, struct group *group, u64 after, struct process_info *info)
{
	called(SYSCALL_GROUP_NEXT_PROCESS, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_LIST, self->frame.arg0);
	handed_number(after, self->frame.arg1, U64_MAX);
	to_copy_out(info, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_group_open_process(struct thread *self, struct group *group, u64 id, u32 rights)
{
	called(SYSCALL_GROUP_OPEN_PROCESS, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_LIST, self->frame.arg0);
	handed_number(id, self->frame.arg1, U64_MAX);
	handed_number(rights, self->frame.word[0], U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_memory_create(struct thread *self, struct group *group, u64 bytes)
{
	called(SYSCALL_MEMORY_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	handed_number(bytes, self->frame.arg1, U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_map(struct thread *self, struct process *process, handle_t memory, u64 address,
	u64 offset, u64 bytes, u32 protection)
{
	called(SYSCALL_MAP, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_MAP, self->frame.arg0);
	handed_number(memory.v, self->frame.arg1, U32_MAX);
	handed_number(address, self->frame.word[0], U64_MAX);
	handed_number(offset, self->frame.word[1], U64_MAX);
	handed_number(bytes, self->frame.word[2], U64_MAX);
	handed_flags(protection, self->frame.word[3], MAP_FLAGS_ALL);
	return any_answer(self);
}

struct sys_result syscall_unmap(struct thread *self, struct process *process, u64 address, u64 bytes)
{
	called(SYSCALL_UNMAP, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_MAP, self->frame.arg0);
	handed_number(address, self->frame.arg1, U64_MAX);
	handed_number(bytes, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_protect(struct thread *self, struct process *process, u64 address, u64 bytes, u32 protection)
{
	called(SYSCALL_PROTECT, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_MAP, self->frame.arg0);
	handed_number(address, self->frame.arg1, U64_MAX);
	handed_number(bytes, self->frame.word[0], U64_MAX);
	handed_flags(protection, self->frame.word[1], MAP_FLAGS_ALL);
	return any_answer(self);
}

struct sys_result syscall_code_seal(struct thread *self, struct code *code, const struct cap *memory)
{
	called(SYSCALL_CODE_SEAL, self);
	handed((const struct object *)code, OBJECT_CODE, CODE_RIGHT_SEAL, self->frame.arg0);
	handed_cap(memory, OBJECT_MEMORY, MEMORY_RIGHT_READ, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_process_create(struct thread *self, struct group *group, const struct cap *names,
	const struct cap *faults, struct user_span name)
{
	called(SYSCALL_PROCESS_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	if (names != nullptr || self->frame.arg1 != 0)
		handed_cap(names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_LOOKUP, self->frame.arg1);
	if (faults != nullptr || self->frame.word[0] != 0)
		handed_cap(faults, OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, self->frame.word[0]);
	handed_span(name, self->frame.word[1], self->frame.word[2], 32);
	return any_answer(self);
}

struct sys_result syscall_process_kill(struct thread *self, struct process *process, u64 status)
{
	called(SYSCALL_PROCESS_KILL, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_KILL, self->frame.arg0);
	handed_number(status, self->frame.arg1, U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_process_watch(struct thread *self, const struct cap *process, const struct cap *signal, u64 bits)
{
	called(SYSCALL_PROCESS_WATCH, self);
	handed_cap(process, OBJECT_PROCESS, PROCESS_RIGHT_WATCH, self->frame.arg0);
	handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE, self->frame.arg1);
	handed_number(bits, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_process_stat(struct thread *self, struct process *process, struct process_info *info)
{
	called(SYSCALL_PROCESS_STAT, self);
	handed((const struct object *)process, OBJECT_PROCESS, RIGHT_INSPECT, self->frame.arg0);
	to_copy_out(info, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_process_read(struct thread *self, struct process *process, u64 address, struct user_span to)
{
	called(SYSCALL_PROCESS_READ, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_DEBUG, self->frame.arg0);
	handed_number(address, self->frame.arg1, U64_MAX);
	handed_span(to, self->frame.word[0], self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_process_next_cap(struct thread *self, struct process *process, u32 slot, struct cap_info *info)
{
	called(SYSCALL_PROCESS_NEXT_CAP, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_DEBUG, self->frame.arg0);
	handed_number(slot, self->frame.arg1, U32_MAX);
	to_copy_out(info, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_process_names(struct thread *self, struct process *process)
{
	called(SYSCALL_PROCESS_NAMES, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_DEBUG, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_thread_create(struct thread *self, struct process *process,
	const struct thread_start *start, struct activity *activity)
{
	called(SYSCALL_THREAD_CREATE, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_THREAD, self->frame.arg0);
	copied_in(start, self->frame.arg1);
	if (activity != nullptr || self->frame.word[0] != 0)
		handed((const struct object *)activity, OBJECT_ACTIVITY, ACTIVITY_RIGHT_USE, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_thread_kill(struct thread *self, struct thread *thread)
{
	called(SYSCALL_THREAD_KILL, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_CONTROL, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_thread_suspend(struct thread *self, struct thread *thread)
{
	called(SYSCALL_THREAD_SUSPEND, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_CONTROL, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_thread_resume(struct thread *self, struct thread *thread)
{
	called(SYSCALL_THREAD_RESUME, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_CONTROL, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_thread_registers(struct thread *self, struct thread *thread, struct thread_registers *registers)
{
	called(SYSCALL_THREAD_REGISTERS, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_DEBUG, self->frame.arg0);
	to_copy_out(registers, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_thread_set_tls(struct thread *self, u64 address)
{
	called(SYSCALL_THREAD_SET_TLS, self);
	handed_number(address, self->frame.arg0, U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_activity_create(struct thread *self, struct group *group, const struct activity_params *params)
{
	called(SYSCALL_ACTIVITY_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	copied_in(params, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_activity_set(struct thread *self, struct activity *activity, const struct activity_params *params)
{
	called(SYSCALL_ACTIVITY_SET, self);
	handed((const struct object *)activity, OBJECT_ACTIVITY, ACTIVITY_RIGHT_SET, self->frame.arg0);
	copied_in(params, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_thread_bind(struct thread *self, struct thread *thread, struct activity *activity)
{
	called(SYSCALL_THREAD_BIND, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_SCHEDULE, self->frame.arg0);
	handed((const struct object *)activity, OBJECT_ACTIVITY, ACTIVITY_RIGHT_USE, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_signal_create(struct thread *self, struct group *group)
{
	called(SYSCALL_SIGNAL_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_signal_raise(struct thread *self, struct signal *signal, u64 bits)
{
	called(SYSCALL_SIGNAL_RAISE, self);
	handed((const struct object *)signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE, self->frame.arg0);
	handed_number(bits, self->frame.arg1, U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_signal_wait(struct thread *self, struct signal *signal, u64 mask, u64 deadline_ns)
{
	called(SYSCALL_SIGNAL_WAIT, self);
	handed((const struct object *)signal, OBJECT_SIGNAL, SIGNAL_RIGHT_WAIT, self->frame.arg0);
	handed_number(mask, self->frame.arg1, U64_MAX);
	handed_number(deadline_ns, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_endpoint_create(struct thread *self, struct group *group, u32 depth)
{
	called(SYSCALL_ENDPOINT_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	handed_number(depth, self->frame.arg1, 64);
	return any_answer(self);
}

struct sys_result syscall_endpoint_bind(struct thread *self, const struct cap *endpoint, const struct cap *signal, u64 mask)
{
	called(SYSCALL_ENDPOINT_BIND, self);
	handed_cap(endpoint, OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE, self->frame.arg0);
	handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_WAIT, self->frame.arg1);
	handed_number(mask, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_endpoint_watch_badge(struct thread *self, const struct cap *badged)
{
	called(SYSCALL_ENDPOINT_WATCH_BADGE, self);
	handed_cap(badged, OBJECT_ENDPOINT, ENDPOINT_RIGHT_BADGE, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_reply_create(struct thread *self, struct group *group)
{
	called(SYSCALL_REPLY_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_timer_create(struct thread *self, struct group *group, const struct cap *signal, u64 bits)
{
	called(SYSCALL_TIMER_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE | SIGNAL_RIGHT_WAIT, self->frame.arg1);
	handed_number(bits, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_timer_set(struct thread *self, struct timer *timer, u64 deadline_ns, u64 period_ns)
{
	called(SYSCALL_TIMER_SET, self);
	handed((const struct object *)timer, OBJECT_TIMER, TIMER_RIGHT_SET, self->frame.arg0);
	handed_number(deadline_ns, self->frame.arg1, U64_MAX);
	handed_number(period_ns, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_irq_bind(struct thread *self, const struct cap *irq, const struct cap *signal, u64 bits)
{
	called(SYSCALL_IRQ_BIND, self);
	handed_cap(irq, OBJECT_IRQ, IRQ_RIGHT_BIND, self->frame.arg0);
	handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE, self->frame.arg1);
	handed_number(bits, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_irq_ack(struct thread *self, const struct cap *irq)
{
	called(SYSCALL_IRQ_ACK, self);
	handed_cap(irq, OBJECT_IRQ, IRQ_RIGHT_BIND, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_port_read(struct thread *self, const struct cap *ioport, u32 offset, u32 width)
{
	called(SYSCALL_PORT_READ, self);
	handed_cap(ioport, OBJECT_IOPORT, IOPORT_RIGHT_READ, self->frame.arg0);
	handed_number(offset, self->frame.arg1, U32_MAX);
	handed_number(width, self->frame.word[0], U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_port_write(struct thread *self, const struct cap *ioport, u32 offset, u32 width, u32 value)
{
	called(SYSCALL_PORT_WRITE, self);
	handed_cap(ioport, OBJECT_IOPORT, IOPORT_RIGHT_WRITE, self->frame.arg0);
	handed_number(offset, self->frame.arg1, U32_MAX);
	handed_number(width, self->frame.word[0], U32_MAX);
	handed_number(value, self->frame.word[1], U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_ns_create(struct thread *self, struct group *group)
{
	called(SYSCALL_NS_CREATE, self);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_ns_clone(struct thread *self, struct namespace *names, struct group *group)
{
	called(SYSCALL_NS_CLONE, self);
	handed((const struct object *)names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_CLONE, self->frame.arg0);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_ns_bind(struct thread *self, struct namespace *names, struct user_span path, handle_t source, u32 order)
{
	called(SYSCALL_NS_BIND, self);
	handed((const struct object *)names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_BIND, self->frame.arg0);
	handed_span(path, self->frame.arg1, self->frame.word[0], 64);
	handed_number(source.v, self->frame.word[1], U32_MAX);
	handed_number(order, self->frame.word[2], 2);
	return any_answer(self);
}

struct sys_result syscall_ns_unbind(struct thread *self, struct namespace *names, struct user_span path)
{
	called(SYSCALL_NS_UNBIND, self);
	handed((const struct object *)names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_BIND, self->frame.arg0);
	handed_span(path, self->frame.arg1, self->frame.word[0], 64);
	return any_answer(self);
}

struct sys_result syscall_ns_lookup(struct thread *self, struct namespace *names, struct user_span path, u32 index)
{
	called(SYSCALL_NS_LOOKUP, self);
	handed((const struct object *)names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_LOOKUP, self->frame.arg0);
	handed_span(path, self->frame.arg1, self->frame.word[0], 256);
	handed_number(index, self->frame.word[1], U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_ns_entry(struct thread *self, struct namespace *names, u32 index, struct ns_entry *entry)
{
	called(SYSCALL_NS_ENTRY, self);
	handed((const struct object *)names, OBJECT_NAMESPACE, NAMESPACE_RIGHT_LOOKUP, self->frame.arg0);
	handed_number(index, self->frame.arg1, U32_MAX);
	to_copy_out(entry, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_klog_write(struct thread *self, struct klog *klog, struct user_span text)
{
	called(SYSCALL_KLOG_WRITE, self);
	handed((const struct object *)klog, OBJECT_KLOG, KLOG_RIGHT_WRITE, self->frame.arg0);
	handed_span(text, self->frame.arg1, self->frame.word[0], 256);
	return any_answer(self);
}

struct sys_result syscall_klog_read(struct thread *self, struct klog *klog, u64 position, struct user_span to)
{
	called(SYSCALL_KLOG_READ, self);
	handed((const struct object *)klog, OBJECT_KLOG, KLOG_RIGHT_READ, self->frame.arg0);
	handed_number(position, self->frame.arg1, U64_MAX);
	handed_span(to, self->frame.word[0], self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_klog_bind(struct thread *self, const struct cap *klog, const struct cap *signal, u64 bits)
{
	called(SYSCALL_KLOG_BIND, self);
	handed_cap(klog, OBJECT_KLOG, KLOG_RIGHT_READ, self->frame.arg0);
	handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE, self->frame.arg1);
	handed_number(bits, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_trace_ring(struct thread *self, const struct cap *trace, u32 cpu)
{
	called(SYSCALL_TRACE_RING, self);
	handed_cap(trace, OBJECT_TRACE, TRACE_RIGHT_READ, self->frame.arg0);
	handed_number(cpu, self->frame.arg1, U32_MAX);
	return any_answer(self);
}

struct sys_result syscall_trace_control(struct thread *self, const struct cap *trace, u64 classes,
	u64 group, const struct cap *signal, u64 bits)
{
	called(SYSCALL_TRACE_CONTROL, self);
	handed_cap(trace, OBJECT_TRACE, TRACE_RIGHT_CONTROL, self->frame.arg0);
	handed_number(classes, self->frame.arg1, U64_MAX);
	handed_number(group, self->frame.word[0], U64_MAX);
	if (signal != nullptr || self->frame.word[1] != 0)
		handed_cap(signal, OBJECT_SIGNAL, SIGNAL_RIGHT_RAISE, self->frame.word[1]);
	handed_number(bits, self->frame.word[2], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_machine_stat(struct thread *self, struct machine *machine, struct machine_stat *stat)
{
	called(SYSCALL_MACHINE_STAT, self);
	handed((const struct object *)machine, OBJECT_MACHINE, RIGHT_INSPECT, self->frame.arg0);
	to_copy_out(stat, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_machine_power(struct thread *self, struct machine *machine, u32 action)
{
	called(SYSCALL_MACHINE_POWER, self);
	handed((const struct object *)machine, OBJECT_MACHINE, MACHINE_RIGHT_POWER, self->frame.arg0);
	handed_number(action, self->frame.arg1, 1);
	return any_answer(self);
}

void syscall_forward(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_FORWARD, self);
	PROVE(frame == &self->frame, "a message call has its own registers");
	answered_itself(self);
}

struct sys_result syscall_machine_cpu_stat(struct thread *self, struct machine *machine, u32 cpu, struct cpu_stat *stat)
{
	called(SYSCALL_MACHINE_CPU_STAT, self);
	handed((const struct object *)machine, OBJECT_MACHINE, RIGHT_INSPECT, self->frame.arg0);
	handed_number(cpu, self->frame.arg1, U32_MAX);
	to_copy_out(stat, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_wait_word(struct thread *self, u64 address, u32 expected, struct thread *owner, u64 deadline_ns)
{
	called(SYSCALL_WAIT_WORD, self);
	handed_number(address, self->frame.arg0, U64_MAX);
	handed_number(expected, self->frame.arg1, U32_MAX);
	if (owner != nullptr || self->frame.word[0] != 0)
		handed((const struct object *)owner, OBJECT_THREAD, THREAD_RIGHT_SCHEDULE, self->frame.word[0]);
	handed_number(deadline_ns, self->frame.word[1], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_wake_word(struct thread *self, u64 address, u32 count, u32 flags)
{
	called(SYSCALL_WAKE_WORD, self);
	handed_number(address, self->frame.arg0, U64_MAX);
	handed_number(count, self->frame.arg1, U32_MAX);
	handed_flags(flags, self->frame.word[0], WAKE_FLAGS_ALL);
	return any_answer(self);
}

struct sys_result syscall_thread_self(struct thread *self, struct hal_frame *frame)
{
	called(SYSCALL_THREAD_SELF, self);
	PROVE(frame == &self->frame, "it is the entry itself");
	return any_answer(self);
}

struct sys_result syscall_dma_memory_create(struct thread *self, struct dma *dma, struct group *group, u64 bytes)
{
	called(SYSCALL_DMA_MEMORY_CREATE, self);
	handed((const struct object *)dma, OBJECT_DMA, DMA_RIGHT_MAKE, self->frame.arg0);
	handed((const struct object *)group, OBJECT_GROUP, GROUP_RIGHT_CREATE, self->frame.arg1);
	handed_number(bytes, self->frame.word[0], U64_MAX);
	return any_answer(self);
}

struct sys_result syscall_dma_address(struct thread *self, const struct cap *memory)
{
	called(SYSCALL_DMA_ADDRESS, self);
	handed_cap(memory, OBJECT_MEMORY, RIGHT_INSPECT | MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_irq_message(struct thread *self, const struct cap *irq, struct irq_message *message)
{
	called(SYSCALL_IRQ_MESSAGE, self);
	handed_cap(irq, OBJECT_IRQ, IRQ_RIGHT_BIND, self->frame.arg0);
	to_copy_out(message, self->frame.arg1);
	return any_answer(self);
}

struct sys_result syscall_process_next_thread(struct thread *self, struct process *process, u64 after, struct thread_info *info)
{
	called(SYSCALL_PROCESS_NEXT_THREAD, self);
	handed((const struct object *)process, OBJECT_PROCESS, PROCESS_RIGHT_DEBUG, self->frame.arg0);
	handed_number(after, self->frame.arg1, U64_MAX);
	to_copy_out(info, self->frame.word[0]);
	return any_answer(self);
}

struct sys_result syscall_irq_edge(struct thread *self, const struct cap *irq)
{
	called(SYSCALL_IRQ_EDGE, self);
	handed_cap(irq, OBJECT_IRQ, IRQ_RIGHT_BIND, self->frame.arg0);
	return any_answer(self);
}

struct sys_result syscall_group_full(struct thread *self, struct group *group, u32 resource, u64 amount,
	struct group_limit *limit)
{
	called(SYSCALL_GROUP_FULL, self);
	handed((const struct object *)group, OBJECT_GROUP, RIGHT_INSPECT, self->frame.arg0);
	handed_number(resource, self->frame.arg1, 4);
	handed_number(amount, self->frame.word[0], U64_MAX);
	to_copy_out(limit, self->frame.word[1]);
	return any_answer(self);
}

struct sys_result syscall_thread_cancel(struct thread *self, struct thread *thread)
{
	called(SYSCALL_THREAD_CANCEL, self);
	handed((const struct object *)thread, OBJECT_THREAD, THREAD_RIGHT_CONTROL, self->frame.arg0);
	return any_answer(self);
}

#endif
