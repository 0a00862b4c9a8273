/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: where entry.S goes on in C, and what exceptions say. All run with interrupts off.
 * SPEC: Arm ARM (DDI 0487), D24.2 ESR_EL1.
 */
#ifndef KERNEL_ARCH_AARCH64_TRAP_H
#define KERNEL_ARCH_AARCH64_TRAP_H

#include "hal_arch/offsets.h"
#include "lib/base/safe.h"

enum trap_class : u32 {
	TRAP_UNKNOWN = 0x00, TRAP_WAIT = 0x01, TRAP_FPU = 0x07, TRAP_SVE = 0x19, TRAP_BRANCH_TARGET = 0x0d,
	TRAP_ILLEGAL_STATE = 0x0e, TRAP_SYSTEM_REGISTER = 0x18, TRAP_SIGNATURE = 0x1c, TRAP_SME = 0x1d,
	TRAP_FETCH_USER = 0x20, TRAP_FETCH = 0x21, TRAP_PC_ALIGNMENT = 0x22, TRAP_DATA_USER = 0x24, TRAP_DATA = 0x25,
	TRAP_SP_ALIGNMENT = 0x26, TRAP_FPU_EXCEPTION = 0x2c, TRAP_ERROR = 0x2f, TRAP_BREAKPOINT_USER = 0x30, TRAP_STEP_USER = 0x32,
	TRAP_WATCHPOINT_USER = 0x34, TRAP_BRK = 0x3c,
};
enum : u64 { ESR_WRITE = 1u << 6, ESR_STATUS = 0x3f, ESR_IMMEDIATE = 0xffff };
enum : u32 {
	STATUS_TRANSLATION = 0x04, STATUS_PERMISSION = 0x0c, STATUS_PERMISSION_END = 0x0f, STATUS_EXTERNAL = 0x10,
	STATUS_ALIGNMENT = 0x21,
};

static inline u32 trap_class(u64 esr) { return (u32)(esr >> 26 & 0x3f); }

/* What entry.S keeps of an exception in the kernel. */
struct kernel_trap {
	u64 x[31];
	u64 sp, pc, pstate, esr, far, vector, unused;
};

void trap_in_user(u64 esr);
void trap_interrupt(void);
void trap_in_idle(void);
NORETURN void trap_error_in_user(u64 esr);
NORETURN void trap_in_kernel(const struct kernel_trap *trap);

/* Reports and stops the machine. */
NORETURN void fault_report(const struct kernel_trap *trap);

/* What a BRK means that the compiler placed where a check fails, as trap_code.h has it. */
u32 trap_code_of(u64 esr);

#endif
