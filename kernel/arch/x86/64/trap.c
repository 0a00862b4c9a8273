/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: dispatch of exceptions and interrupts to the core.
 */
#include "kernel/arch/common/trap_code.h"
#include "kernel/arch/x86/64/trap.h"
#include "abi/structs.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/clock.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/ioapic.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/irq.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

static u64 halt_requests;  /* bit i: processor i */

void trap_request_halt(u32 cpu) { atomic_or(&halt_requests, 1ull << cpu); }

static bool halt_requested(void) { return (atomic_load_acquire(&halt_requests) >> hal_this_cpu()->arch.id & 1) != 0; }

/* ---- interrupts ---- */

static bool line_interrupt(u32 line, bool was_idle)
{
	bool tell = ioapic_arrived(line);

	apic_end();
	if (tell)
		core_irq(line, was_idle);
	return tell;
}

/* True if the core was called, and may have chosen what runs next. */
static bool interrupt(u64 vector, bool was_idle)
{
	if (vector >= VECTOR_LINE_0 && vector < VECTOR_LINE_END)
		return line_interrupt((u32)vector - VECTOR_LINE_0, was_idle);
	switch (vector) {
	case VECTOR_TIMER:
		apic_end();
		if (!clock_timer_fired())
			return false;
		core_timer(was_idle);
		return true;
	case VECTOR_RESCHEDULE:
		apic_end();
		core_ipi(HAL_IPI_RESCHEDULE, was_idle);
		return true;
	case VECTOR_TLB:
		apic_end();
		hal_tlb_serve();
		return false;
	case VECTOR_APIC_ERROR:
		apic_end();
		return false;
	default:
		/* Spurious ones, of the local or an old controller, are not ended. */
		return false;
	}
}

void trap_in_idle(u64 vector)
{
	if (!interrupt(vector, true))
		hal_idle();
}

/* ---- exceptions in user mode ---- */

/* The instruction that user mode stopped at, if its page is there to be read. WHY no lock: the
 * tables of the running space are not freed while it runs; at worst other bytes are read. */
static u32 user_trap_code(u64 ip)
{
	const struct hal_space *space = hal_this_cpu()->arch.space;
	u8 bytes[TRAP_CODE_BYTES] = {};
	paddr_t frame;
	u32 prot;

	if (space == nullptr || hal_space_query(space, (uaddr_t){ ip }, &frame, &prot) != HAL_MMU_OK ||
	    (prot & HAL_PROT_EXECUTE) == 0)
		return TRAP_NONE;
	u64 offset = ip & PAGE_MASK;

	/* Trap instructions are short; one that crosses the page is only named less exactly. */
	span_copy(MSPAN_OF_ARRAY(bytes),
		  span_of(frame_bytes(frame, offset, min_u64(TRAP_CODE_BYTES, PAGE_BYTES - offset))));
	return trap_code(&bytes);
}

static void page_fault(u64 error)
{
	u64 address = x86_read_cr2();

	if ((error & PAGE_FAULT_FETCH) != 0)
		core_user_fault(FAULT_KIND_EXECUTE, address, error);
	else if ((error & PAGE_FAULT_WRITE) != 0)
		core_user_fault(FAULT_KIND_WRITE, address, error);
	else
		core_user_fault(FAULT_KIND_READ, address, error);
}

/* Not inline: its buffer would cost every exception a guarded frame. */
__attribute__((noinline)) static void invalid_instruction(void)
{
	u32 code = user_trap_code(hal_this_cpu()->arch.frame->rip);

	core_user_fault(code == TRAP_NONE ? FAULT_KIND_INSTRUCTION : FAULT_KIND_TRAP, 0, code);
}

static void exception(u64 vector, u64 error)
{
	switch (vector) {
	case VECTOR_PAGE_FAULT: page_fault(error); return;
	case VECTOR_BAD_INSTRUCTION: invalid_instruction(); return;
	case VECTOR_NO_FPU: core_fpu_first_use(); return;
	case VECTOR_DIVIDE:
	case VECTOR_FPU:
	case VECTOR_SIMD: core_user_fault(FAULT_KIND_ARITHMETIC, 0, vector); return;
	case VECTOR_DEBUG:
	case VECTOR_BREAKPOINT: core_user_fault(FAULT_KIND_BREAKPOINT, 0, vector); return;
	case VECTOR_OVERFLOW: core_user_fault(FAULT_KIND_TRAP, 0, vector); return;
	case VECTOR_ALIGNMENT: core_user_fault(FAULT_KIND_ALIGNMENT, 0, error); return;
	default: core_user_fault(FAULT_KIND_PROTECTION, 0, error); return;
	}
}

/* Not the user's doing, or not survivable: the report shows the user's registers. */
NORETURN static void report_from_user(u64 vector, u64 error)
{
	const struct hal_frame *frame = hal_this_cpu()->arch.frame;
	struct kernel_trap trap = {
		.rax = frame->status, .rbx = frame->word[4], .rcx = frame->rcx, .rdx = frame->word[0],
		.rbp = 0, .rsi = frame->arg1, .rdi = frame->arg0, .r8 = frame->word[2], .r9 = frame->word[3],
		.r10 = frame->word[1], .r11 = frame->r11, .r12 = frame->word[5], .r13 = frame->word[6],
		.r14 = frame->word[7], .r15 = frame->deadline, .vector = vector, .error = error,
		.rip = frame->rip, .cs = frame->cs, .rflags = frame->rflags, .rsp = frame->rsp, .ss = frame->ss,
	};

	fault_report(&trap);
}

static bool is_fatal(u64 vector, u64 error)
{
	return vector == VECTOR_NMI || vector == VECTOR_DOUBLE_FAULT || vector == VECTOR_MACHINE_CHECK ||
	       (vector == VECTOR_PAGE_FAULT && (error & PAGE_FAULT_RESERVED) != 0);
}

void trap_in_user(u64 vector, u64 error)
{
	if (vector >= VECTOR_FIRST_INTERRUPT) {
		(void)interrupt(vector, false);
		return;
	}
	if (vector == VECTOR_NMI && halt_requested())
		hal_halt();
	if (is_fatal(vector, error))
		report_from_user(vector, error);
	exception(vector, error);
}

void trap_in_kernel(const struct kernel_trap *trap)
{
	if (trap->vector == VECTOR_NMI && halt_requested())
		hal_halt();
	fault_report(trap);
}
