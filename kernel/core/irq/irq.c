/* SPDX-License-Identifier: Apache-2.0
 *
 * Interrupt lines and I/O ports as capabilities. See irq.h.
 *
 * A binding is replaced, not refused, when the same line is bound again: a driver that died leaves
 * its line bound, and its successor holds the same capability.
 */
#include "kernel/core/irq/irq.h"
#include "abi/kernel_calls.h"
#include "abi/structs.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/binding.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/irq.h"

static struct lock lines_lock;
static struct signal_binding lines[IRQ_LINES_MAX]; /* under lines_lock */

void irq_init(void) { lock_init(&lines_lock, LOCK_IRQ); }

void irq_fired(u32 line)
{
	if (line >= IRQ_LINES_MAX)
		return;
	lock_take(&lines_lock);
	struct signal_binding binding = *ELEM(lines, line);

	lock_release(&lines_lock);
	binding_raise(&binding); /* what it names lives for this stay in the kernel */
}

void irq_undo(void)
{
	for (u32 number = 0; number < IRQ_LINES_MAX; number++) {
		struct signal_binding before = {};

		lock_take(&lines_lock);
		struct signal_binding *line = ELEM(lines, number);

		if (line->signal != nullptr && !lineage_valid(line->through)) {
			hal_irq_mask(number);
			before = *line;
			*line = (struct signal_binding){};
		}
		lock_release(&lines_lock);
		binding_drop(&before);
	}
}

/* The one unit of a capability that was narrowed to one. */
static enum status single(struct thread *self, handle_t handle, struct cap *cap, u32 *line)
{
	enum status status = cap_resolve_full(self->process, handle, OBJECT_IRQ, IRQ_RIGHT_BIND, cap);

	if (status != STATUS_OK)
		return status;
	if (cap_range_count(cap) != 1 || cap_range_first(cap) >= min_u64(IRQ_LINES_MAX, hal_irq_count()))
		return STATUS_RANGE;
	*line = (u32)cap_range_first(cap);
	return STATUS_OK;
}

struct sys_result syscall_irq_bind(struct thread *self, handle_t irq, const struct cap *signal, u64 bits)
{
	u32 number = 0;
	struct cap cap;
	struct signal_binding made, before;
	enum status status = single(self, irq, &cap, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	if (!hal_irq_enable(number, 0))
		return sys_fail(STATUS_NOT_SUPPORTED);
	if (!binding_make(&made, signal, bits, cap.lineage))
		return sys_fail(STATUS_DEAD);
	lock_take(&lines_lock);
	struct signal_binding *line = ELEM(lines, number);

	before = *line;
	*line = made;
	bool valid = lineage_valid(cap.lineage); /* INV-REVOKE */

	if (valid)
		hal_irq_unmask(number);
	lock_release(&lines_lock);
	binding_drop(&before);
	if (!valid)
		irq_undo();
	return sys_status(valid ? STATUS_OK : STATUS_REVOKED);
}

struct sys_result syscall_irq_ack(struct thread *self, handle_t irq)
{
	u32 number = 0;
	struct cap cap;
	enum status status = single(self, irq, &cap, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	lock_take(&lines_lock);
	bool bound = ELEM(lines, number)->signal != nullptr;

	if (bound)
		hal_irq_unmask(number);
	lock_release(&lines_lock);
	return sys_status(bound ? STATUS_OK : STATUS_NOT_FOUND);
}

struct sys_result syscall_irq_message(struct thread *self, handle_t irq, struct irq_message *message)
{
	u32 number = 0;
	struct cap cap;
	enum status status = single(self, irq, &cap, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	return sys_status(hal_irq_message(number, &message->address, &message->data) ? STATUS_OK : STATUS_NOT_SUPPORTED);
}

/* WHY under the lock: controllers have several lines in a word. */
struct sys_result syscall_irq_edge(struct thread *self, handle_t irq)
{
	u32 number = 0;
	struct cap cap;
	enum status status = single(self, irq, &cap, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	lock_take(&lines_lock);
	bool done = hal_irq_edge(number);

	lock_release(&lines_lock);
	return sys_status(done ? STATUS_OK : STATUS_NOT_SUPPORTED);
}

/* ---- ports ---- */

static enum status port_check(struct thread *self, handle_t handle, u32 right, u32 offset, u32 width, u32 *port)
{
	struct cap cap;
	enum status status = cap_resolve_full(self->process, handle, OBJECT_IOPORT, right, &cap);

	if (status != STATUS_OK)
		return status;
	if (width != 1 && width != 2 && width != 4)
		return STATUS_INVALID;
	if ((u64)offset + width > cap_range_count(&cap))
		return STATUS_RANGE;
	*port = (u32)cap_range_first(&cap) + offset;
	return (u64)*port + width <= hal_port_count() ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

struct sys_result syscall_port_read(struct thread *self, handle_t ioport, u32 offset, u32 width)
{
	u32 port = 0;
	enum status status = port_check(self, ioport, IOPORT_RIGHT_READ, offset, width, &port);

	return status == STATUS_OK ? sys_ok(hal_port_read(port, width)) : sys_fail(status);
}

struct sys_result syscall_port_write(struct thread *self, handle_t ioport, u32 offset, u32 width, u32 value)
{
	u32 port = 0;
	enum status status = port_check(self, ioport, IOPORT_RIGHT_WRITE, offset, width, &port);

	if (status == STATUS_OK)
		hal_port_write(port, width, value);
	return sys_status(status);
}
