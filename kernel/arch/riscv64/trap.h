/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: where entry.S goes on in C, and what traps say. All run with interrupts off.
 * SPEC: RISC-V Privileged Architecture 20211203, table 4.2 "Supervisor cause register values"
 */
#ifndef KERNEL_ARCH_RISCV64_TRAP_H
#define KERNEL_ARCH_RISCV64_TRAP_H

#include "hal_arch/offsets.h"
#include "lib/base/safe.h"

enum trap_cause : u64 {
	TRAP_FETCH_ALIGNMENT = 0, TRAP_FETCH_ACCESS = 1, TRAP_INSTRUCTION = 2, TRAP_BREAKPOINT = 3, TRAP_LOAD_ALIGNMENT = 4,
	TRAP_LOAD_ACCESS = 5, TRAP_STORE_ALIGNMENT = 6, TRAP_STORE_ACCESS = 7, TRAP_FETCH_PAGE = 12, TRAP_LOAD_PAGE = 13,
	TRAP_STORE_PAGE = 15,
	TRAP_IS_INTERRUPT = 1ull << 63,
};
enum : u32 { INTERRUPT_SOFTWARE = 1, INTERRUPT_TIMER = 5, INTERRUPT_EXTERNAL = 9 };
#define INTERRUPT_BIT(which) (1ull << (which))

/* What entry.S keeps of a trap in the kernel. */
struct kernel_trap {
	u64 x[31];  /* x1 to x31 */
	u64 pc, cause, value, status, unused;
};

void trap_in_user(u64 cause);
void trap_in_idle(void);
NORETURN void trap_in_kernel(const struct kernel_trap *trap);

/* What an invalid instruction means that the compiler placed where a check fails, as trap_code.h has it. */
u32 trap_code_of(u64 instruction);

#endif
