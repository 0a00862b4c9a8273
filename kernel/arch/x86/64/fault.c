/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the report of an exception in kernel mode. Here only the words and the registers
 * are chosen; the core prints them (core_kernel_fault).
 */
#include "kernel/arch/common/trap_code.h"
#include "kernel/arch/x86/64/fault.h"
#include "kernel/raw/image.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "lib/base/span.h"

enum : u32 { EXCEPTIONS = 32, REGISTERS = 20 };

static const char *const names[EXCEPTIONS] = {
	"division error", "debug exception", "non-maskable interrupt", "breakpoint",
	"overflow", "bound range exceeded", "invalid instruction", "floating point used in the kernel",
	"double fault", "coprocessor overrun", "invalid task state segment", "segment not present",
	"stack segment fault", "general protection fault", "page fault", nullptr,
	"floating point error", "misaligned access", "machine check", "vector floating point error",
	"virtualization exception", "control protection exception (return or jump to a place that is none)",
};

static const struct register_names register_names = { .name = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9",
	"r10", "r11", "r12", "r13", "r14", "r15", "flags", "cr2", "cr3", "error",
} };

UNSAFE_BEGIN("SAFETY: both read only mapped, constant parts of the kernel image, whose bounds the linker gives");
static struct span text(void)
{
	return (struct span){ kernel_text_start, (usize)(kernel_text_end - kernel_text_start) };
}

static struct span kcfi_traps(void)
{
	return (struct span){ kernel_kcfi_traps_start, (usize)(kernel_kcfi_traps_end - kernel_kcfi_traps_start) };
}
UNSAFE_END();

/* The compiler lists its kcfi traps as 32-bit distances from the list entry to the trap. */
static bool is_kcfi_trap(u64 ip)
{
	struct span list = kcfi_traps();

	for (u64 at = 0; span_has(list, at, 4); at += 4)
		if (span_address(list) + at + (u64)(i64)(i32)span_le32(list, at) == ip)
			return true;
	return false;
}

static const char *instruction_name(u64 ip)
{
	u8 bytes[TRAP_CODE_BYTES];
	struct span code;

	if (!span_sub(text(), ip - span_address(text()), TRAP_CODE_BYTES, &code))
		return names[VECTOR_BAD_INSTRUCTION];
	if (is_kcfi_trap(ip))
		return "a function was called through a pointer of another type (kcfi)";
	span_copy(MSPAN_OF_ARRAY(bytes), code);
	return trap_code_name(trap_code(&bytes));
}

static const char *page_fault_name(u64 address, u64 error)
{
	const struct hal_cpu *cpu = &hal_this_cpu()->arch;

	for (u32 i = 0; i < ARRAY_LEN(cpu->guard_page); i++)
		if (cpu->guard_page[i] != 0 && page_floor(address) == cpu->guard_page[i])
			return "kernel stack overflow";
	if ((error & PAGE_FAULT_RESERVED) != 0)
		return "page fault: a page table entry is corrupt";
	if ((error & PAGE_FAULT_FETCH) != 0)
		return "page fault: execution of what is not executable";
	if ((error & PAGE_FAULT_WRITE) != 0)
		return (error & PAGE_FAULT_PRESENT) != 0 ? "page fault: write to read-only memory"
							  : "page fault: write to memory that is not mapped";
	return (error & PAGE_FAULT_PRESENT) != 0 ? "page fault: read of memory that the kernel may not reach"
						  : "page fault: read of memory that is not mapped";
}

static const char *name_of(const struct kernel_trap *trap, u64 address)
{
	if (trap->vector == VECTOR_PAGE_FAULT)
		return page_fault_name(address, trap->error);
	if (trap->vector == VECTOR_BAD_INSTRUCTION)
		return instruction_name(trap->rip);
	/* A stack overflow that hits an interrupt's entry arrives as a double fault. */
	if (trap->vector == VECTOR_DOUBLE_FAULT && page_floor(trap->rsp - 1) == hal_this_cpu()->arch.guard_page[0])
		return "kernel stack overflow (double fault)";
	if (trap->vector < EXCEPTIONS && names[trap->vector] != nullptr)
		return names[trap->vector];
	return "unknown exception";
}

void fault_report(const struct kernel_trap *trap)
{
	u64 address = x86_read_cr2();
	struct kernel_fault fault = {
		.what = name_of(trap, address),
		.address = trap->vector == VECTOR_PAGE_FAULT ? address : 0,
		.code = trap->error,
		.ip = trap->rip,
		.sp = trap->rsp,
		.fp = trap->rbp,
		.registers = {
			trap->rax, trap->rbx, trap->rcx, trap->rdx, trap->rsi, trap->rdi, trap->rbp, trap->rsp,
			trap->r8, trap->r9, trap->r10, trap->r11, trap->r12, trap->r13, trap->r14, trap->r15,
			trap->rflags, address, x86_read_cr3(), trap->error,
		},
		.names = &register_names,
		.register_count = REGISTERS,
	};

	core_kernel_fault(&fault);
}
