/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: simulated processors and the ways into the kernel core and out of it. An entry runs on the
 * processor's own stack (context.h), so it may pause half way.
 */
#include "tests/host/fake_hal/state.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/frame.h"
#include "kernel/hal/mmu.h"
#include "tests/host/fake_hal/context.h"

struct cpu *fake_this_cpu = &core_boot_cpu;
struct fake_state fake;

/* Whether one of them is running at the moment; otherwise it is the test. */
static bool on_processor;

void fake_select(u32 cpu) { fake_this_cpu = cpu_at(cpu); }
bool fake_is_idle(u32 cpu) { return ELEM(fake.cpu, cpu)->idle; }
bool fake_is_inside(u32 cpu) { return ELEM(fake.cpu, cpu)->inside; }
bool fake_is_waiting(u32 cpu) { return ELEM(fake.cpu, cpu)->waiting; }

static struct fake_cpu *this_state(void) { return ELEM(fake.cpu, fake_this_cpu->id); }

/* ---- an entry, from the inside ---- */

/* Out of the kernel: whatever the processor was asked to flush is flushed, as by an interrupt. */
NORETURN static void leave(bool idle)
{
	struct fake_cpu *state = this_state();

	for (u32 i = 0; i < fake.cpus; i++)
		INVARIANT((fake.cpu[i].stale >> fake_this_cpu->id & 1) == 0, "INV-SHOOTDOWN: a processor was left out");
	state->idle = idle;
	state->inside = false;
	hal_tlb_serve();
	context_end(fake_this_cpu->id);
}

static void call_syscall(void)
{
	const struct hal_frame *frame = fake_this_cpu->arch.frame;

	core_syscall(fake_this_cpu, fake_this_cpu->current, frame->status, frame->deadline, frame->arg0, frame->arg1);
}

static void call_core(const struct fake_cpu *state)
{
	switch (state->entry) {
	case FAKE_ENTRY_START:
		core_start(&fake.boot);
	case FAKE_ENTRY_SECONDARY:
		core_start_secondary(fake_this_cpu);
	case FAKE_ENTRY_SYSCALL:
		call_syscall();
		return;
	case FAKE_ENTRY_FAULT:
		core_user_fault(state->arguments.kind, state->arguments.address, 0);
		return;
	case FAKE_ENTRY_FPU:
		core_fpu_first_use();
		return;
	case FAKE_ENTRY_TIMER:
		core_timer(state->was_idle);
		return;
	case FAKE_ENTRY_IRQ:
		core_irq(state->arguments.kind, state->was_idle);
		return;
	case FAKE_ENTRY_IPI:
		core_ipi(HAL_IPI_RESCHEDULE, state->was_idle);
		return;
	}
}

static void first_frame(void)
{
	call_core(this_state());
	leave(false);
}

void fake_wait(void)
{
	INVARIANT(on_processor, "TEST: the test would wait for a processor that stands still");
	this_state()->waiting = true;
	fake.until_pause = 0;
	context_pause(fake_this_cpu->id);
}

/* ---- an entry, from the outside ---- */

/* What must hold whenever a processor is outside the kernel. */
static void check_left(const struct cpu *cpu, bool idle)
{
	for (u32 level = 0; level < LOCK_LEVELS; level++)
		INVARIANT(cpu->locks_held[level] == 0, "INV-LOCK-LEFT: a lock is held outside the kernel");
	INVARIANT(idle == (cpu->current == nullptr), "INV-CURRENT: idle with a running thread, or user mode without");
	INVARIANT(idle || cpu->arch.frame == &cpu->current->frame, "INV-FRAME: the frame is not the running thread's");
	INVARIANT(!idle || cpu->arch.space == nullptr, "INV-IDLE-SPACE: an address space is active while idle");
}

void fake_go(u32 cpu, u64 points)
{
	struct fake_cpu *state = ELEM(fake.cpu, cpu);

	INVARIANT(state->inside && !on_processor, "TEST: only a processor in the kernel can go on there, one at a time");
	fake_select(cpu);
	state->waiting = false;
	fake.until_pause = points;
	on_processor = true;
	if (state->begun)
		context_resume(cpu);
	else {
		state->begun = true;
		context_begin(cpu, first_frame);
	}
	on_processor = false;
	fake.until_pause = 0;
	if (!state->inside)
		check_left(fake_this_cpu, state->idle);
}

/* Nobody else runs, so nobody would ever release what it waits for. */
static void run_alone(u32 cpu)
{
	fake_go(cpu, 0);
	INVARIANT(!fake_is_inside(cpu), "INV-FAKE-SPIN: a lock was left taken");
}

void fake_run_with(void (*run)(u32 cpu)) { fake.run = run; }

static void enter(u32 cpu, enum fake_entry entry, struct fake_arguments arguments)
{
	struct fake_cpu *state = ELEM(fake.cpu, cpu);

	INVARIANT(!state->inside, "TEST: a processor that is in the kernel cannot enter it");
	state->inside = true;
	state->begun = false;
	state->was_idle = state->idle;
	state->entry = entry;
	state->arguments = arguments;
	if (fake.run != nullptr)
		fake.run(cpu);
	else
		run_alone(cpu);
}

void fake_enter_start(const struct boot_info *info)
{
	fake_this_cpu = &core_boot_cpu;
	fake.boot = *info;
	enter(0, FAKE_ENTRY_START, (struct fake_arguments){});
}

void fake_enter_secondary(u32 cpu)
{
	ELEM(fake.cpu, cpu)->idle = true;
	enter(cpu, FAKE_ENTRY_SECONDARY, (struct fake_arguments){});
}

/* ---- entries for tests ---- */

static void expect_user(u32 cpu)
{
	INVARIANT(!fake_is_idle(cpu), "TEST: the processor idles; only a thread makes system calls and faults");
}

void fake_syscall(u32 cpu)
{
	expect_user(cpu);
	enter(cpu, FAKE_ENTRY_SYSCALL, (struct fake_arguments){});
}

void fake_fault(u32 cpu, u32 kind, u64 address)
{
	expect_user(cpu);
	enter(cpu, FAKE_ENTRY_FAULT, (struct fake_arguments){ .kind = kind, .address = address });
}

void fake_fpu_use(u32 cpu)
{
	expect_user(cpu);
	enter(cpu, FAKE_ENTRY_FPU, (struct fake_arguments){});
}

void fake_timer(u32 cpu)
{
	ELEM(fake.cpu, cpu)->timer_ns = U64_MAX;
	enter(cpu, FAKE_ENTRY_TIMER, (struct fake_arguments){});
}

void fake_irq(u32 cpu, u32 line)
{
	*ELEM(fake.masked, line) = true;
	enter(cpu, FAKE_ENTRY_IRQ, (struct fake_arguments){ .kind = line });
}

void fake_ipi(u32 cpu)
{
	ELEM(fake.cpu, cpu)->ipi = false;
	enter(cpu, FAKE_ENTRY_IPI, (struct fake_arguments){});
}

bool fake_ipi_pending(u32 cpu) { return ELEM(fake.cpu, cpu)->ipi; }

void fake_settle(void)
{
	for (u32 cpu = 0; cpu < fake.cpus; cpu++) {
		if (fake_is_inside(cpu))
			continue; /* it gets them when it has left */
		if (fake_ipi_pending(cpu))
			fake_ipi(cpu);
		else if (fake_timer_due(cpu))
			fake_timer(cpu);
		else
			continue;
		cpu = U32_MAX; /* it may have caused more: from the start */
	}
}

/* ---- kernel/hal/cpu.h ---- */

u32 hal_cpu_count(void) { return fake.cpus; }
u32 hal_cpu_node(u32 id) { return id % FAKE_NODES; }

/* The others are started by fake_start, each by an entry of its own. */
u32 hal_cpus_start(struct cpu *(*at)(u32 id))
{
	(void)at;
	return fake.cpus;
}

void hal_ipi_send(u32 cpu, enum hal_ipi kind)
{
	INVARIANT(cpu < fake.cpus, "INV-FAKE-IPI: an interrupt to a processor that is not there");
	fake.records.ipis++;
	if (kind == HAL_IPI_RESCHEDULE)
		ELEM(fake.cpu, cpu)->ipi = true;
}

NORETURN void hal_idle(void) { leave(true); }
NORETURN void hal_user_enter(void) { leave(false); }

NORETURN void hal_user_return(u64 arg0, u64 arg1)
{
	struct hal_frame *frame = fake_this_cpu->arch.frame;

	frame->status = 0;
	frame->arg0 = arg0;
	frame->arg1 = arg1;
	leave(false);
}

bool hal_interrupt_pending(void)
{
	fake.interrupt_asked++;
	return fake.interrupt_every != 0 && fake.interrupt_asked % fake.interrupt_every == 0;
}

void fake_interrupt_every(u32 every) { fake.interrupt_every = every; }

NORETURN void hal_halt(void)
{
	struct span said = fake_console();

	for (usize i = 0; i < span_len(said); i++)
		(void)fputc(span_u8(said, i), stderr);
	(void)fflush(stdout);
	abort();
}

bool hal_entropy(u64 *out)
{
	*out = 0x5eed; /* the same in every run */
	return true;
}
