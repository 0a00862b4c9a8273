/* SPDX-License-Identifier: Apache-2.0
 *
 * Giving up. See give_up.h. tools/run/control.py knows the two sentences at the end.
 */
#include "kernel/core/boot/give_up.h"
#include "abi/names.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/frame.h"
#include "kernel/debug/panic.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/power.h"

static void kib(u64 bytes)
{
	klog_u64(bytes / 1024);
	klog_text(" KiB ");
}

static void free_memory(void)
{
	kib(frame_available() * PAGE_BYTES);
	klog_text("free of ");
	klog_u64(frame_total() * PAGE_BYTES / 1024);
	klog_text(" KiB");
}

void boot_no_memory(const char *what, u64 asked_bytes)
{
	klog_begin("ferrous: no memory for ");
	klog_text(what);
	klog_text(": ");
	kib(asked_bytes);
	klog_text("asked, ");
	free_memory();
	klog_end();
}

/* From now on nothing else happens, and all that is written is shown. */
static void stand_still(void)
{
	panic_stop_others();
	klog_show_end();
}

NORETURN static void turn_off(void)
{
	klog_begin("ferrous: the system cannot go on; turning the machine off");
	klog_end();
	hal_power_off();
	klog_text("  The machine is stopped.\n");
	hal_halt();
}

void boot_give_up(void)
{
	stand_still();
	turn_off();
}

void boot_first_ended(enum exit_reason reason, u64 status)
{
	stand_still();
	/* What exits has said why. */
	if (reason != EXIT_REASON_EXITED) {
		klog_begin("ferrous: init ended: ");
		klog_text(exit_reason_name(reason));
		klog_text(reason == EXIT_REASON_FAULTED ? " " : "");
		klog_text(reason == EXIT_REASON_FAULTED ? fault_kind_name((u32)status) : "");
		klog_text("; ");
		free_memory();
		klog_end();
	}
	turn_off();
}
