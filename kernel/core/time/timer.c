/* SPDX-License-Identifier: Apache-2.0
 *
 * Timer objects. See timer.h.
 */
#include "kernel/core/time/timer.h"
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/cpu.h"
#include "kernel/raw/downcast.h"

enum : u64 { PERIOD_MIN_NS = 100000 };

/* Periods that were missed are left out: the next one is in the future. */
static u64 next_due(u64 due_ns, u64 period_ns, u64 now_ns)
{
	if (due_ns + period_ns > now_ns)
		return due_ns + period_ns;
	return now_ns + period_ns - (now_ns - due_ns) % period_ns;
}

void timer_fire(struct timer *timer, u64 now_ns)
{
	binding_raise(&timer->signal);
	if (atomic_exchange(&timer->setting, 1u) != 0)
		return; /* whoever sets it now decides */
	/* Claimed: from here on what it was set to last is there, and stays. */
	u64 due_ns = timer->alarm.node.key, period_ns = timer->period_ns;

	if (period_ns != 0 && !tree_contains(&timer->alarm.node))
		alarm_set(&timer->alarm, next_due(due_ns, period_ns, now_ns));
	atomic_store_release(&timer->setting, 0u);
}

bool timer_close(struct timer *timer)
{
	/* Claimed for good: a fire that is under way on another processor cannot arm it again. */
	while (atomic_exchange(&timer->setting, 1u) != 0)
		hal_relax();
	(void)alarm_cancel(&timer->alarm);
	binding_release(&timer->signal); /* not dropped: that fire may be about to raise it */
	return true;
}

struct sys_result syscall_timer_create(struct thread *self, struct group *group, const struct cap *signal, u64 bits)
{
	struct object *object = nullptr;
	struct signal_binding binding;
	enum status status = binding_make(&binding, signal, bits) ? STATUS_OK : STATUS_DEAD;

	if (status != STATUS_OK)
		return sys_fail(status);
	status = object_create(OBJECT_TIMER, group, &object);
	if (status != STATUS_OK) {
		binding_drop(&binding);
		return sys_fail(status);
	}
	struct timer *timer = object_as_timer(object);

	timer->signal = binding;
	timer->alarm.kind = ALARM_TIMER;
	return sys_new_handle(self, object, TIMER_RIGHTS_ALL, 0);
}

struct sys_result syscall_timer_set(struct thread *self, struct timer *timer, u64 deadline_ns, u64 period_ns)
{
	(void)self;
	if (period_ns != 0 && (period_ns < PERIOD_MIN_NS || period_ns > (1ull << 60)))
		return sys_fail(STATUS_INVALID);
	while (atomic_exchange(&timer->setting, 1u) != 0) {
		if (timer->object.dead)
			return sys_fail(STATUS_DEAD);
		hal_relax(); /* another processor is between its exchange and its store */
	}
	(void)alarm_cancel(&timer->alarm);
	timer->period_ns = deadline_ns != 0 ? period_ns : 0; /* 0: a fire under way does not arm it again */
	if (deadline_ns != 0)
		alarm_set(&timer->alarm, deadline_ns);
	atomic_store_release(&timer->setting, 0u);
	return sys_ok(0);
}
