/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: simulated processors and the ways into the kernel core and out of it.
 */
#include "tests/host/fake_hal/state.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/frame.h"

struct cpu *fake_this_cpu = &core_boot_cpu;
struct fake_state fake;

enum leave : int { LEFT_TO_IDLE = 1, LEFT_TO_USER };

static jmp_buf way_out;

void fake_select(u32 cpu) { fake_this_cpu = cpu_at(cpu); }
bool fake_is_idle(u32 cpu) { return ELEM(fake.cpu, cpu)->idle; }

static void run_entry(enum fake_entry entry, const struct fake_arguments *a, bool was_idle)
{
	switch (entry) {
	case FAKE_ENTRY_SECONDARY:
		core_start_secondary(fake_this_cpu);
	case FAKE_ENTRY_SYSCALL:
		core_syscall();
		return;
	case FAKE_ENTRY_FAULT:
		core_user_fault(a->kind, a->address, 0);
		return;
	case FAKE_ENTRY_FPU:
		core_fpu_first_use();
		return;
	case FAKE_ENTRY_TIMER:
		core_timer(was_idle);
		return;
	case FAKE_ENTRY_IRQ:
		core_irq(a->kind, was_idle);
		return;
	case FAKE_ENTRY_IPI:
		core_ipi(HAL_IPI_RESCHEDULE, was_idle);
		return;
	case FAKE_ENTRY_START:
		return;
	}
}

/* What must hold whenever a processor is outside the kernel. */
static void check_left(const struct cpu *cpu, bool idle)
{
	for (u32 level = 0; level < LOCK_LEVELS; level++)
		INVARIANT(cpu->locks_held[level] == 0, "INV-LOCK-LEFT: a lock is held outside the kernel");
	INVARIANT(idle == (cpu->current == nullptr), "INV-CURRENT: idle with a running thread, or user mode without");
	INVARIANT(idle || cpu->arch.frame == &cpu->current->frame, "INV-FRAME: the frame is not the running thread's");
	INVARIANT(!idle || cpu->arch.space == nullptr, "INV-IDLE-SPACE: an address space is active while idle");
}

void fake_enter(u32 cpu, enum fake_entry entry, const struct fake_arguments *arguments)
{
	struct fake_cpu *state = ELEM(fake.cpu, cpu);
	bool was_idle = state->idle;

	fake_select(cpu);
UNSAFE_BEGIN("SAFETY: idling leaves the core through longjmp as on hardware it never returns; nothing on the skipped stack owns anything");
	int left = setjmp(way_out);
UNSAFE_END();
	if (left == 0)
		run_entry(entry, arguments, was_idle);
	state->idle = left == LEFT_TO_IDLE;
	check_left(fake_this_cpu, state->idle);
}

void fake_enter_start(const struct boot_info *info)
{
	fake_this_cpu = &core_boot_cpu;
UNSAFE_BEGIN("SAFETY: as in fake_enter; core_start ends in user mode or idle");
	int left = setjmp(way_out);
UNSAFE_END();
	if (left == 0)
		core_start(info);
	fake.cpu[0].idle = left == LEFT_TO_IDLE;
	check_left(fake_this_cpu, fake.cpu[0].idle);
}

/* ---- entries for tests ---- */

static void expect_user(u32 cpu)
{
	INVARIANT(!fake_is_idle(cpu), "TEST: the processor idles; only a thread makes system calls and faults");
}

void fake_syscall(u32 cpu)
{
	expect_user(cpu);
	fake_enter(cpu, FAKE_ENTRY_SYSCALL, nullptr);
}

void fake_fault(u32 cpu, u32 kind, u64 address)
{
	struct fake_arguments arguments = { .kind = kind, .address = address };

	expect_user(cpu);
	fake_enter(cpu, FAKE_ENTRY_FAULT, &arguments);
}

void fake_fpu_use(u32 cpu)
{
	expect_user(cpu);
	fake_enter(cpu, FAKE_ENTRY_FPU, nullptr);
}

void fake_timer(u32 cpu)
{
	ELEM(fake.cpu, cpu)->timer_ns = U64_MAX;
	fake_enter(cpu, FAKE_ENTRY_TIMER, nullptr);
}

void fake_irq(u32 cpu, u32 line)
{
	struct fake_arguments arguments = { .kind = line };

	*ELEM(fake.masked, line) = true;
	fake_enter(cpu, FAKE_ENTRY_IRQ, &arguments);
}

void fake_ipi(u32 cpu)
{
	ELEM(fake.cpu, cpu)->ipi = false;
	fake_enter(cpu, FAKE_ENTRY_IPI, nullptr);
}

bool fake_ipi_pending(u32 cpu) { return ELEM(fake.cpu, cpu)->ipi; }

void fake_settle(void)
{
	for (u32 cpu = 0; cpu < fake.cpus; cpu++) {
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

NORETURN void hal_idle(void)
{
UNSAFE_BEGIN("SAFETY: the other end is in fake_enter, which explains why");
	longjmp(way_out, LEFT_TO_IDLE);
UNSAFE_END();
}

NORETURN void hal_user_enter(void)
{
UNSAFE_BEGIN("SAFETY: the other end is in fake_enter, which explains why");
	longjmp(way_out, LEFT_TO_USER);
UNSAFE_END();
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
