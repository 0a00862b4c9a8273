/* SPDX-License-Identifier: Apache-2.0
 *
 * Timer objects. See timer.h.
 */
#include "kernel/core/time/timer.h"
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/time.h"
#include "kernel/raw/downcast.h"

enum : u64 { PERIOD_MIN_NS = 100000 };
enum : u32 { RESUME_STEP = 16 };

/* Periods that were missed are left out: the next one is in the future. */
static u64 next_due(u64 due_ns, u64 period_ns, u64 now_ns)
{
	if (due_ns + period_ns > now_ns)
		return due_ns + period_ns;
	return now_ns + period_ns - (now_ns - due_ns) % period_ns;
}

/* ---- with the signal's lock held ---- */

static void disarm(struct timer *timer)
{
	if (timer->lapsed)
		tree_remove(&timer->signal.signal->lapsed, &timer->alarm.node);
	else
		(void)alarm_cancel(&timer->alarm);
	timer->lapsed = false;
}

/* It is not. */
static void arm(struct timer *timer, u64 at_ns)
{
	timer->due_ns = at_ns;
	alarm_set(&timer->alarm, at_ns);
}

/* It lapses, or is armed for its next time. */
static void go_on(struct timer *timer, u64 now_ns)
{
	struct signal *signal = timer->signal.signal;
	u64 bits = timer->signal.bits;

	tree_insert(&signal->lapsed, &timer->alarm.node, signal->takings);
	timer->lapsed = true;
	atomic_fence(); /* whoever takes a bit sees it there, or that is seen here */
	if ((atomic_load(&signal->bits) & bits) == bits)
		return;
	disarm(timer);
	arm(timer, next_due(timer->due_ns, timer->period_ns, now_ns));
}

bool timer_resume(struct signal *signal)
{
	u64 now_ns = hal_clock_ns();

	for (u32 step = 0; step < RESUME_STEP; step++) {
		struct tree_node *first = tree_first(&signal->lapsed);

		if (first == nullptr || first->key == signal->takings)
			return true;
		struct timer *timer = TREE_ENTRY(first, struct timer, alarm.node);

		disarm(timer);
		go_on(timer, now_ns);
	}
	return false;
}

/* ---- firing ---- */

/* What it was set to meanwhile counts. One whose binding is revoked would raise nothing any more. */
void timer_fire(struct timer *timer, u64 now_ns)
{
	struct signal *signal = timer->signal.signal;

	binding_raise(&timer->signal);
	lock_take(&signal->lock);
	if (timer->period_ns != 0 && !timer->object.dead && !tree_contains(&timer->alarm.node) && binding_valid(&timer->signal))
		go_on(timer, now_ns);
	lock_release(&signal->lock);
}

bool timer_close(struct timer *timer)
{
	struct signal *signal = timer->signal.signal;

	lock_take(&signal->lock);
	disarm(timer);
	lock_release(&signal->lock);
	binding_release(&timer->signal); /* not dropped: a fire that is under way may be about to raise it */
	return true;
}

struct sys_result syscall_timer_create(struct thread *self, struct group *group, const struct cap *signal, u64 bits)
{
	struct object *object = nullptr;
	struct signal_binding binding;

	if (!binding_make(&binding, signal, bits, nullptr))
		return sys_fail(STATUS_DEAD);
	enum status status = object_create(OBJECT_TIMER, group, &object);
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
	struct signal *signal = timer->signal.signal;

	lock_take(&signal->lock);
	bool dead = timer->object.dead;

	if (!dead) {
		disarm(timer);
		timer->period_ns = deadline_ns != 0 ? period_ns : 0; /* 0: a fire under way does not arm it again */
		if (deadline_ns != 0)
			arm(timer, deadline_ns);
	}
	lock_release(&signal->lock);
	return sys_status(dead ? STATUS_DEAD : STATUS_OK);
}
