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

/* Whether the capability was narrowed to one line, that there is. */
static bool is_line(const struct cap *irq)
{
	return cap_range_count(irq) == 1 && cap_range_first(irq) < min_u64(IRQ_LINES_MAX, hal_irq_count());
}

struct sys_result syscall_irq_bind(struct thread *self, const struct cap *irq, const struct cap *signal, u64 bits)
{
	u32 number = (u32)cap_range_first(irq);
	struct signal_binding made, before;

	(void)self;
	if (!is_line(irq))
		return sys_fail(STATUS_RANGE);
	if (!hal_irq_enable(number, 0))
		return sys_fail(STATUS_NOT_SUPPORTED);
	if (!binding_make(&made, signal, bits, irq->lineage))
		return sys_fail(STATUS_DEAD);
	lock_take(&lines_lock);
	struct signal_binding *line = ELEM(lines, number);

	before = *line;
	*line = made;
	bool valid = lineage_valid(irq->lineage); /* INV-REVOKE */

	if (valid)
		hal_irq_unmask(number);
	lock_release(&lines_lock);
	binding_drop(&before);
	if (!valid)
		irq_undo();
	return sys_status(valid ? STATUS_OK : STATUS_REVOKED);
}

struct sys_result syscall_irq_ack(struct thread *self, const struct cap *irq)
{
	u32 number = (u32)cap_range_first(irq);

	(void)self;
	if (!is_line(irq))
		return sys_fail(STATUS_RANGE);
	lock_take(&lines_lock);
	bool bound = ELEM(lines, number)->signal != nullptr;

	if (bound)
		hal_irq_unmask(number);
	lock_release(&lines_lock);
	return sys_status(bound ? STATUS_OK : STATUS_NOT_FOUND);
}

struct sys_result syscall_irq_message(struct thread *self, const struct cap *irq, struct irq_message *message)
{
	u32 number = (u32)cap_range_first(irq);

	(void)self;
	if (!is_line(irq))
		return sys_fail(STATUS_RANGE);
	return sys_status(hal_irq_message(number, &message->address, &message->data) ? STATUS_OK : STATUS_NOT_SUPPORTED);
}

/* WHY under the lock: controllers have several lines in a word. */
struct sys_result syscall_irq_edge(struct thread *self, const struct cap *irq)
{
	u32 number = (u32)cap_range_first(irq);

	(void)self;
	if (!is_line(irq))
		return sys_fail(STATUS_RANGE);
	lock_take(&lines_lock);
	bool done = hal_irq_edge(number);

	lock_release(&lines_lock);
	return sys_status(done ? STATUS_OK : STATUS_NOT_SUPPORTED);
}

/* ---- ports ---- */

static enum status port_check(const struct cap *ports, u32 offset, u32 width, u32 *port)
{
	if (width != 1 && width != 2 && width != 4)
		return STATUS_INVALID;
	if ((u64)offset + width > cap_range_count(ports))
		return STATUS_RANGE;
	*port = (u32)cap_range_first(ports) + offset;
	return (u64)*port + width <= hal_port_count() ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

struct sys_result syscall_port_read(struct thread *self, const struct cap *ioport, u32 offset, u32 width)
{
	u32 port = 0;
	enum status status = port_check(ioport, offset, width, &port);

	(void)self;
	return status == STATUS_OK ? sys_ok(hal_port_read(port, width)) : sys_fail(status);
}

struct sys_result syscall_port_write(struct thread *self, const struct cap *ioport, u32 offset, u32 width, u32 value)
{
	u32 port = 0;
	enum status status = port_check(ioport, offset, width, &port);

	(void)self;
	if (status == STATUS_OK)
		hal_port_write(port, width, value);
	return sys_status(status);
}
