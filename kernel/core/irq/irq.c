/* SPDX-License-Identifier: Apache-2.0
 *
 * Interrupt lines and I/O ports as capabilities. See irq.h.
 *
 * A binding is replaced, not refused, when the same line is bound again: a driver that died leaves
 * its line bound, and its successor holds the same capability.
 */
#include "kernel/core/irq/irq.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/irq.h"

struct STABLE irq_line {
	struct signal *signal;  /* counted; null: not bound */
	u64 bits;
};

static struct lock lines_lock;
static struct irq_line lines[IRQ_LINES_MAX]; /* under lines_lock */

void irq_init(void) { lock_init(&lines_lock, LOCK_IRQ); }

void irq_fired(u32 line)
{
	struct signal *signal = nullptr;
	u64 bits = 0;

	if (line >= IRQ_LINES_MAX)
		return;
	lock_take(&lines_lock);
	if (lines[line].signal != nullptr && object_try_ref(&lines[line].signal->object)) {
		signal = lines[line].signal;
		bits = lines[line].bits;
	}
	lock_release(&lines_lock);
	if (signal == nullptr)
		return;
	signal_raise(signal, bits);
	object_unref(&signal->object);
}

/* The one unit of a capability that was narrowed to one. */
static enum status single(struct thread *self, handle_t handle, u32 *line)
{
	struct cap cap;
	enum status status = cap_resolve_full(self->process, handle, OBJECT_IRQ, IRQ_RIGHT_BIND, &cap);

	if (status != STATUS_OK)
		return status;
	if (cap_range_count(&cap) != 1 || cap_range_first(&cap) >= min_u64(IRQ_LINES_MAX, hal_irq_count()))
		return STATUS_RANGE;
	*line = (u32)cap_range_first(&cap);
	return STATUS_OK;
}

struct sys_result syscall_irq_bind(struct thread *self, handle_t irq, struct signal *signal, u64 bits)
{
	u32 number = 0;
	enum status status = single(self, irq, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	if (!hal_irq_enable(number, 0))
		return sys_fail(STATUS_NOT_SUPPORTED);
	if (!object_try_ref(&signal->object))
		return sys_fail(STATUS_DEAD);
	lock_take(&lines_lock);
	struct irq_line *line = ELEM(lines, number);
	struct signal *before = line->signal;

	line->signal = signal;
	line->bits = bits;
	lock_release(&lines_lock);
	if (before != nullptr)
		object_unref(&before->object);
	hal_irq_unmask(number);
	return sys_ok(0);
}

struct sys_result syscall_irq_ack(struct thread *self, handle_t irq)
{
	u32 number = 0;
	enum status status = single(self, irq, &number);

	if (status != STATUS_OK)
		return sys_fail(status);
	lock_take(&lines_lock);
	bool bound = lines[number].signal != nullptr;

	lock_release(&lines_lock);
	if (!bound)
		return sys_fail(STATUS_NOT_FOUND);
	hal_irq_unmask(number);
	return sys_ok(0);
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
