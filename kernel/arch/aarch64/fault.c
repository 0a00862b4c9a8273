/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the report of an exception in the kernel. Here only the words and the registers are chosen;
 * the core prints them (core_kernel_fault).
 */
#include "kernel/arch/aarch64/trap.h"
#include "kernel/arch/common/trap_code.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "lib/base/addr.h"

enum : u32 { REGISTERS = 20, FRAME_POINTER = 29, LINK = 30 };

/* clang-19's BRK numbers: 1 for __builtin_trap, 0x55nn for check nn, 0x8000 and above for kcfi. */
enum : u64 { BRK_PLAIN = 1, BRK_CHECK = 0x5500, BRK_CHECK_END = 0x5600, BRK_KCFI = 0x8000, BRK_KCFI_END = 0x8400 };

static const struct register_names register_names = { .name = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
	"x10", "x11", "x19", "x20", "x29", "x30", "sp", "pstate", "far", "esr",
} };

u32 trap_code_of(u64 esr)
{
	u64 immediate = esr & ESR_IMMEDIATE;

	if (immediate == BRK_PLAIN)
		return TRAP_PLAIN;
	if (immediate >= BRK_CHECK && immediate < BRK_CHECK_END)
		return TRAP_CHECK + (u32)(immediate - BRK_CHECK);
	return immediate >= BRK_KCFI && immediate < BRK_KCFI_END ? TRAP_CHECK + TRAP_KIND_FUNCTION_TYPE : TRAP_NONE;
}

static const char *data_abort_name(const struct kernel_trap *trap)
{
	const struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u32 status = (u32)(trap->esr & ESR_STATUS);
	bool write = (trap->esr & ESR_WRITE) != 0;

	for (u32 i = 0; i < ARRAY_LEN(cpu->guard_page); i++)
		if (cpu->guard_page[i] != 0 && page_floor(trap->far) == cpu->guard_page[i])
			return "kernel stack overflow";
	if (status == STATUS_ALIGNMENT)
		return "misaligned access";
	if (status == STATUS_EXTERNAL)
		return "nothing answered at the address (external abort)";
	if (status >> 2 == STATUS_PERMISSION >> 2)
		return write ? "page fault: write to read-only memory" : "page fault: read of memory that the kernel may not reach";
	return write ? "page fault: write to memory that is not mapped" : "page fault: read of memory that is not mapped";
}

static const char *name_of(const struct kernel_trap *trap)
{
	switch (trap_class(trap->esr)) {
	case TRAP_UNKNOWN: return "invalid instruction";
	case TRAP_BRANCH_TARGET: return "jump to a place that is no branch target";
	case TRAP_ILLEGAL_STATE: return "illegal execution state";
	case TRAP_FETCH: return "page fault: execution of what is not executable";
	case TRAP_PC_ALIGNMENT: return "misaligned program counter";
	case TRAP_SP_ALIGNMENT: return "misaligned stack pointer";
	case TRAP_DATA: return data_abort_name(trap);
	case TRAP_ERROR: return "system error (SError)";
	case TRAP_BRK: return trap_code_name(trap_code_of(trap->esr));
	default: return "unknown exception";
	}
}

void fault_report(const struct kernel_trap *trap)
{
	struct kernel_fault fault = {
		.what = name_of(trap),
		.address = trap_class(trap->esr) == TRAP_DATA || trap_class(trap->esr) == TRAP_FETCH ? trap->far : 0,
		.code = trap->esr,
		.ip = trap->pc,
		.sp = trap->sp,
		.fp = trap->x[FRAME_POINTER],
		.registers = {
			trap->x[0], trap->x[1], trap->x[2], trap->x[3], trap->x[4], trap->x[5], trap->x[6], trap->x[7],
			trap->x[8], trap->x[9], trap->x[10], trap->x[11], trap->x[19], trap->x[20], trap->x[FRAME_POINTER],
			trap->x[LINK], trap->sp, trap->pstate, trap->far, trap->esr,
		},
		.names = &register_names,
		.register_count = REGISTERS,
	};

	core_kernel_fault(&fault);
}
