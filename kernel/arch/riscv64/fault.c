/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the report of an exception in the kernel. Here only the words and the registers are chosen;
 * the core prints them (core_kernel_fault).
 */
#include "kernel/arch/common/trap_code.h"
#include "kernel/arch/riscv64/trap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"
#include "lib/base/addr.h"

static_assert(__builtin_offsetof(struct kernel_trap, pc) == TRAP_PC);
static_assert(__builtin_offsetof(struct kernel_trap, cause) == TRAP_CAUSE);
static_assert(__builtin_offsetof(struct kernel_trap, value) == TRAP_VALUE);
static_assert(__builtin_offsetof(struct kernel_trap, status) == TRAP_STATUS);
static_assert(sizeof(struct kernel_trap) == TRAP_BYTES);

/* Places of x1 to x31 in the trap. */
enum : u32 { RA = 0, SP = 1, TP = 3, T0 = 4, S0 = 7, S1 = 8, A0 = 9, S2 = 17, T6 = 30 };
enum : u32 { REGISTERS = 20 };

/* Both forms of clang-19's invalid instruction for checks; a processor that does not tell which it was says 0. */
enum : u64 { UNIMP = 0xc0001073, UNIMP_SHORT = 0 };

static const struct register_names register_names = { .name = {
	"ra", "sp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1",
	"a2", "a3", "a4", "a5", "s2", "s3", "t6", "status", "value", "cause",
} };

u32 trap_code_of(u64 instruction)
{
	return instruction == UNIMP || instruction == UNIMP_SHORT ? TRAP_PLAIN : TRAP_NONE;
}

/* What the register of the cause does not tell. */
static bool is_user_memory(u64 address)
{
	const struct hal_space *space = hal_this_cpu()->arch.space;
	paddr_t frame;
	u32 prot;

	return space != nullptr && hal_space_query(space, (uaddr_t){ address }, &frame, &prot) == HAL_MMU_OK;
}

static const char *page_fault_name(const struct kernel_trap *trap)
{
	const struct hal_cpu *cpu = &hal_this_cpu()->arch;

	for (u32 i = 0; i < ARRAY_LEN(cpu->guard_page); i++)
		if (cpu->guard_page[i] != 0 && page_floor(trap->value) == cpu->guard_page[i])
			return "kernel stack overflow";
	if (is_user_memory(trap->value))
		return trap->cause == TRAP_STORE_PAGE ? "page fault: write to memory that the kernel may not reach" :
							"page fault: read of memory that the kernel may not reach";
	return trap->cause == TRAP_STORE_PAGE ? "page fault: write to memory that is read-only or not mapped" :
						"page fault: read of memory that is not mapped";
}

/* The kernel's only breakpoints are what the compiler places before calls through pointers. */
static const char *name_of(const struct kernel_trap *trap)
{
	switch (trap->cause) {
	case TRAP_INSTRUCTION: return trap_code_name(trap_code_of(trap->value));
	case TRAP_BREAKPOINT: return trap_code_name(TRAP_CHECK + TRAP_KIND_FUNCTION_TYPE);
	case TRAP_FETCH_PAGE: return "page fault: execution of what is not executable";
	case TRAP_LOAD_PAGE:
	case TRAP_STORE_PAGE: return page_fault_name(trap);
	case TRAP_FETCH_ALIGNMENT: return "misaligned program counter";
	case TRAP_LOAD_ALIGNMENT:
	case TRAP_STORE_ALIGNMENT: return "misaligned access";
	case TRAP_FETCH_ACCESS:
	case TRAP_LOAD_ACCESS:
	case TRAP_STORE_ACCESS: return "nothing answered at the address (access fault)";
	default: return "unknown exception";
	}
}

void trap_in_kernel(const struct kernel_trap *trap)
{
	struct kernel_fault fault = {
		.what = name_of(trap),
		.address = trap->cause != TRAP_INSTRUCTION && trap->cause != TRAP_BREAKPOINT ? trap->value : 0,
		.code = trap->cause,
		.ip = trap->pc,
		.sp = trap->x[SP],
		.fp = trap->x[S0],
		.registers = {
			trap->x[RA], trap->x[SP], trap->x[TP], trap->x[T0], trap->x[T0 + 1], trap->x[T0 + 2], trap->x[S0], trap->x[S1],
			trap->x[A0], trap->x[A0 + 1], trap->x[A0 + 2], trap->x[A0 + 3], trap->x[A0 + 4], trap->x[A0 + 5], trap->x[S2],
			trap->x[S2 + 1], trap->x[T6], trap->status, trap->value, trap->cause,
		},
		.names = &register_names,
		.register_count = REGISTERS,
	};

	core_kernel_fault(&fault);
}
