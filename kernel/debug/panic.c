/* SPDX-License-Identifier: Apache-2.0
 *
 * Panic reports. See panic.h.
 */
#include "kernel/debug/panic.h"
#include "abi/events.h"
#include "abi/names.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/debug/symbols.h"
#include "kernel/hal/boot.h"
#include "kernel/raw/backtrace.h"

enum : u32 { LAST_EVENTS = 16, BACKTRACE_MAX = 24 };

static u32 panics;

void panic_stop_others(void)
{
	if (atomic_add(&panics, 1u) != 0)
		hal_halt();
	klog_panic_mode();
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i) != hal_this_cpu() && atomic_load(&cpu_at(i)->online))
			hal_ipi_send(i, HAL_IPI_HALT);
}

void panic_begin(const char *what)
{
	panic_stop_others();
	klog_text("\n");
	klog_begin("KERNEL PANIC on cpu ");
	klog_u64(hal_this_cpu()->id);
	klog_text(": ");
	klog_text(what);
	klog_end();
}

void panic_address(const char *label, u64 address)
{
	struct place place = symbols_find(address);

	klog_text("  ");
	klog_text(label);
	klog_text(" 0x");
	klog_hex(address);
	if (span_len(place.function) != 0) {
		klog_text(" ");
		klog_write(place.function);
		klog_text("+0x");
		klog_hex(place.offset);
	}
	if (span_len(place.file) != 0) {
		klog_text(" (");
		klog_write(place.file);
		klog_text(":");
		klog_u64(place.line);
		klog_text(")");
	}
	klog_end();
}

void panic_backtrace(u64 fp)
{
	u64 address = 0;

	for (u32 depth = 0; depth < BACKTRACE_MAX && backtrace_step(&fp, &address); depth++)
		panic_address("called from", address);
}

static void show_event(const struct event_record *record)
{
	klog_text("    ");
	klog_u64(record->time_ns);
	klog_text(" ns thread ");
	klog_u64(record->thread);
	klog_text(" ");
	klog_text(event_name(record->id));
	for (u32 i = 0; i < ARRAY_LEN(record->field); i++) {
		klog_text(" 0x");
		klog_hex(record->field[i]);
	}
	klog_end();
}

static void show_current(const struct thread *current)
{
	klog_text("  running: thread ");
	klog_u64(current->object.id);
	klog_text(" of process ");
	klog_u64(current->process->object.id);
	klog_text(" ");
	klog_write(span_until_zero(SPAN_OF_ARRAY(current->process->name)));
	if (current->activity != nullptr) {
		klog_text(", activity ");
		klog_u64(current->activity->object.id);
		klog_text(" priority ");
		klog_u64(current->activity->priority);
		klog_text(" trace 0x");
		klog_hex(current->activity->trace.trace_low);
	}
	klog_end();
}

void panic_end(void)
{
	const struct thread *current = hal_this_cpu()->current;

	if (current != nullptr)
		show_current(current);
	if (FERROUS_TRACE) {
		klog_text("  last events of this processor:\n");
		trace_last(LAST_EVENTS, show_event);
	}
	klog_text("  The machine is stopped.\n");
	hal_halt();
}

void core_kernel_fault(const struct kernel_fault *fault)
{
	panic_begin(fault->what);
	klog_text("  address 0x");
	klog_hex(fault->address);
	klog_text(" code 0x");
	klog_hex(fault->code);
	klog_end();
	panic_address("at", fault->ip);
	panic_backtrace(fault->fp);
	for (u32 i = 0; i < fault->register_count; i++) {
		klog_text(i % 4 == 0 ? "  " : " ");
		klog_text(*ELEM(fault->names->name, i));
		klog_text("=0x");
		klog_hex(*ELEM(fault->registers, i));
		if (i % 4 == 3)
			klog_text("\n");
	}
	klog_text("\n");
	panic_end();
}

void invariant_broken(const char *name)
{
	panic_begin(name);
	panic_backtrace(backtrace_here());
	panic_end();
}
