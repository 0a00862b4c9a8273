/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: dispatch of exceptions and interrupts to the core.
 */
#include "kernel/arch/aarch64/trap.h"
#include "abi/structs.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/gic.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/common/trap_code.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/irq.h"
#include "kernel/hal/mmu.h"

static_assert(__builtin_offsetof(struct kernel_trap, sp) == TRAP_SP);
static_assert(__builtin_offsetof(struct kernel_trap, pc) == TRAP_PC);
static_assert(__builtin_offsetof(struct kernel_trap, pstate) == TRAP_PSTATE);
static_assert(__builtin_offsetof(struct kernel_trap, esr) == TRAP_ESR);
static_assert(__builtin_offsetof(struct kernel_trap, far) == TRAP_FAR);
static_assert(__builtin_offsetof(struct kernel_trap, vector) == TRAP_VECTOR);
static_assert(sizeof(struct kernel_trap) == TRAP_BYTES);

/* ---- interrupts ---- */

static bool device_interrupt(struct gic_taken taken, bool was_idle)
{
	hal_irq_mask(taken.line);
	gic_end(taken);
	core_irq(taken.line, was_idle);
	return true;
}

/* True if the core was called, and may have chosen what runs next. */
static bool interrupt(bool was_idle)
{
	struct gic_taken taken = gic_take();

	if (taken.line >= GIC_NONE)
		return false;
	if (taken.line >= GIC_SHARED_FIRST)
		return device_interrupt(taken, was_idle);
	if (taken.line == aarch64_platform.timer_line) {
		bool fired = clock_timer_fired();

		gic_end(taken);
		if (fired)
			core_timer(was_idle);
		return fired;
	}
	gic_end(taken);
	if (taken.line == GIC_HALT)
		hal_halt();
	if (taken.line != GIC_RESCHEDULE)
		return false;
	core_ipi(HAL_IPI_RESCHEDULE, was_idle);
	return true;
}

void trap_interrupt(void) { (void)interrupt(false); }

void trap_in_idle(void)
{
	if (!interrupt(true))
		hal_idle();
}

/* Nobody asks others for anything here: translations are forgotten by broadcast. */
void hal_tlb_serve(void) {}

/* ---- exceptions in user mode ---- */

/* What the tables say, or say not. WHY the others are no page faults: the core would find the page there, and user mode would try
 * again for ever. */
static bool is_of_tables(u64 esr)
{
	u32 status = (u32)(esr & ESR_STATUS);

	return status >= STATUS_TRANSLATION && status <= STATUS_PERMISSION_END;
}

static void data_abort(u64 esr)
{
	u64 address = SYSTEM_READ(far_el1);

	if ((esr & ESR_STATUS) == STATUS_ALIGNMENT)
		core_user_fault(FAULT_KIND_ALIGNMENT, address, esr);
	else if (!is_of_tables(esr))
		core_user_fault(FAULT_KIND_PROTECTION, address, esr);
	else
		core_user_fault((esr & ESR_WRITE) != 0 ? FAULT_KIND_WRITE : FAULT_KIND_READ, address, esr);
}

static void fetch_abort(u64 esr)
{
	u64 address = SYSTEM_READ(far_el1);

	if (features_is_wrong_signature(address))
		core_user_fault(FAULT_KIND_SIGNATURE, address, esr);
	else
		core_user_fault(is_of_tables(esr) ? FAULT_KIND_EXECUTE : FAULT_KIND_PROTECTION, address, esr);
}

static void breakpoint(u64 esr)
{
	u32 code = trap_code_of(esr);

	core_user_fault(code == TRAP_NONE ? FAULT_KIND_BREAKPOINT : FAULT_KIND_TRAP, 0, code);
}

void trap_in_user(u64 esr)
{
	switch (trap_class(esr)) {
	case TRAP_FETCH_USER: fetch_abort(esr); return;
	case TRAP_DATA_USER: data_abort(esr); return;
	case TRAP_FPU: core_fpu_first_use(); return;
	case TRAP_BRK: breakpoint(esr); return;
	case TRAP_SIGNATURE: core_user_fault(FAULT_KIND_SIGNATURE, 0, esr); return;
	case TRAP_UNKNOWN:
	case TRAP_SVE:
	case TRAP_SME: core_user_fault(FAULT_KIND_INSTRUCTION, 0, esr); return;
	case TRAP_PC_ALIGNMENT:
	case TRAP_SP_ALIGNMENT: core_user_fault(FAULT_KIND_ALIGNMENT, 0, esr); return;
	case TRAP_FPU_EXCEPTION: core_user_fault(FAULT_KIND_ARITHMETIC, 0, esr); return;
	case TRAP_BREAKPOINT_USER:
	case TRAP_STEP_USER:
	case TRAP_WATCHPOINT_USER: core_user_fault(FAULT_KIND_BREAKPOINT, 0, esr); return;
	default: core_user_fault(FAULT_KIND_PROTECTION, 0, esr); return;
	}
}

/* Not the user's doing, or not survivable: the report shows the user's registers. */
void trap_error_in_user(u64 esr)
{
	const struct hal_frame *frame = hal_this_cpu()->arch.frame;
	struct kernel_trap trap = { .sp = frame->sp, .pc = frame->pc, .pstate = frame->pstate, .esr = esr };

	fault_report(&trap);
}

void trap_in_kernel(const struct kernel_trap *trap) { fault_report(trap); }
