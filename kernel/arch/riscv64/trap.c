/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: dispatch of exceptions and interrupts to the core.
 */
#include "kernel/arch/riscv64/trap.h"
#include "abi/structs.h"
#include "kernel/arch/common/trap_code.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/fpu.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"

/* ---- interrupts ---- */

/* Another processor asks: what was stored before it did is seen behind the exchange. */
static bool asked(bool was_idle)
{
	CSR_CLEAR(sip, INTERRUPT_BIT(INTERRUPT_SOFTWARE));
	riscv64_device_fence();
	u32 kinds = atomic_exchange(&hal_this_cpu()->arch.asked, 0u);

	if ((kinds >> HAL_IPI_HALT & 1) != 0)
		hal_halt();
	if ((kinds >> HAL_IPI_RESCHEDULE & 1) == 0)
		return false;
	core_ipi(HAL_IPI_RESCHEDULE, was_idle);
	return true;
}

static bool device_interrupt(bool was_idle)
{
	u32 line = lines_take();

	if (line == LINE_NONE)
		return false;
	core_irq(line, was_idle);
	return true;
}

static bool timer_interrupt(bool was_idle)
{
	bool fired = clock_timer_fired();

	if (fired)
		core_timer(was_idle);
	return fired;
}

/* One that is pending; the others come at once behind it. True if the core was called, and may have chosen what runs
 * next. */
static bool interrupt(bool was_idle)
{
	u64 pending = CSR_READ(sip) & CSR_READ(sie);

	if ((pending & INTERRUPT_BIT(INTERRUPT_EXTERNAL)) != 0)
		return device_interrupt(was_idle);
	if ((pending & INTERRUPT_BIT(INTERRUPT_SOFTWARE)) != 0)
		return asked(was_idle);
	return (pending & INTERRUPT_BIT(INTERRUPT_TIMER)) != 0 && timer_interrupt(was_idle);
}

void trap_in_idle(void)
{
	if (!interrupt(true))
		hal_idle();
}

/* Nobody asks others for this: firmware makes them forget translations. */
void hal_tlb_serve(void) {}

/* ---- exceptions in user mode ---- */

/* WHY no look at the instruction: with the unit off, any may be one for it. If it is not, it comes here again. */
static void bad_instruction(u64 instruction)
{
	if (riscv64_features.floats && (CSR_READ(sstatus) & STATUS_FLOATS) == 0) {
		core_fpu_first_use();
		return;
	}
	u32 code = trap_code_of(instruction);

	core_user_fault(code == TRAP_NONE ? FAULT_KIND_INSTRUCTION : FAULT_KIND_TRAP, 0, code == TRAP_NONE ? instruction : code);
}

/* The processor may have cached that there is nothing, or less than there is now. SPEC: 4.2.1 "SFENCE.VMA" */
static void page_fault(u32 kind, u64 cause)
{
	u64 address = CSR_READ(stval);
	const struct hal_space *space = hal_this_cpu()->arch.space;

	if (space != nullptr)
		riscv64_forget_page(address, space->asid);
	core_user_fault(kind, address, cause);
}

static void exception(u64 cause)
{
	switch (cause) {
	case TRAP_FETCH_PAGE: page_fault(FAULT_KIND_EXECUTE, cause); return;
	case TRAP_LOAD_PAGE: page_fault(FAULT_KIND_READ, cause); return;
	case TRAP_STORE_PAGE: page_fault(FAULT_KIND_WRITE, cause); return;
	case TRAP_INSTRUCTION: bad_instruction(CSR_READ(stval)); return;
	case TRAP_BREAKPOINT: core_user_fault(FAULT_KIND_BREAKPOINT, 0, TRAP_NONE); return;
	case TRAP_FETCH_ALIGNMENT:
	case TRAP_LOAD_ALIGNMENT:
	case TRAP_STORE_ALIGNMENT: core_user_fault(FAULT_KIND_ALIGNMENT, CSR_READ(stval), cause); return;
	default: core_user_fault(FAULT_KIND_PROTECTION, CSR_READ(stval), cause); return;
	}
}

void trap_in_user(u64 cause)
{
	if ((cause & TRAP_IS_INTERRUPT) != 0)
		(void)interrupt(false);
	else
		exception(cause);
}
