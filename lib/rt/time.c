/* SPDX-License-Identifier: Apache-2.0
 *
 * Time, sleeping, and the line to the system's log.
 */
#include "lib/base/text.h"
#include "lib/rt/rt.h"
#include "lib/rt/thread.h"
#include "abi/stubs.h"

u64 rt_now_ns(void)
{
	u64 now;

	return sys_clock(&now) == STATUS_OK ? now : 0;
}

u64 rt_deadline_in(u64 ns)
{
	u64 deadline;

	return ckd_add(&deadline, rt_now_ns(), ns) ? U64_MAX : deadline;
}

/* WHY a signal: nobody raises it, so that waiting for it is sleeping. */
static handle_t sleep_signal;

void rt_sleep_until(u64 deadline_ns)
{
	u64 bits;

	if (handle_is_none(sleep_signal) && sys_signal_create(rt_group(), &sleep_signal) != STATUS_OK) {
		while (rt_now_ns() < deadline_ns)
			sys_yield();
		return;
	}
	bool cancelled = false;

	while (rt_now_ns() < deadline_ns) {
		enum status status = sys_signal_wait(sleep_signal, 1, deadline_ns, &bits);

		cancelled |= status == STATUS_CANCELLED;
		if (status != STATUS_TIMED_OUT && status != STATUS_CANCELLED)
			break;
	}
	if (cancelled)
		rt_thread_cancel_later();
}

void rt_log(struct span text)
{
	handle_t log = rt_handle(span_text("log"));

	if (handle_is_none(log))
		return;
	u64 now_us = rt_now_ns() / 1000;
	TEXT_BUFFER(line, 256);

	/* As the kernel writes its own lines. */
	text_add(&line, "[");
	text_add_zeros(&line, now_us / 1000000, 3);
	text_add(&line, ".");
	text_add_zeros(&line, now_us % 1000000, 6);
	text_add(&line, "] ");
	text_add_span(&line, rt_program());
	text_add(&line, ": ");
	text_add_span(&line, span_first(text, 254 - line.used));
	text_add(&line, "\n");
	sys_klog_write(log, text_span(&line));
}
