/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: calls of firmware. See sbi.h. SPEC: RISC-V SBI 1.0, chapters 6 to 10
 */
#include "kernel/arch/riscv64/sbi.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/hal/power.h"

/* Extensions by the letters of their names. */
enum : u64 { SBI_TIME = 0x54494d45, SBI_IPI = 0x735049, SBI_FENCE = 0x52464e43, SBI_HART = 0x48534d, SBI_RESET = 0x53525354 };
enum : u64 { FENCE_FETCH = 0, FENCE_ID = 2, RESET_OFF = 0, RESET_COLD = 1 };

void sbi_set_timer(u64 at_ticks) { (void)riscv64_firmware(SBI_TIME, 0, at_ticks, 0, 0, 0, 0); }

bool sbi_start_cpu(u64 hart, u64 entry, u64 argument)
{
	return riscv64_firmware(SBI_HART, 0, hart, entry, argument, 0, 0).error == 0;
}

void sbi_interrupt(u64 mask, u64 base) { (void)riscv64_firmware(SBI_IPI, 0, mask, base, 0, 0, 0); }
void sbi_fetch_anew(u64 mask, u64 base) { (void)riscv64_firmware(SBI_FENCE, FENCE_FETCH, mask, base, 0, 0, 0); }

void sbi_forget(u64 mask, u64 base, u64 at, u64 bytes, u64 id)
{
	(void)riscv64_firmware(SBI_FENCE, FENCE_ID, mask, base, at, bytes, id);
}

void hal_power_off(void) { (void)riscv64_firmware(SBI_RESET, 0, RESET_OFF, 0, 0, 0, 0); }
void hal_reboot(void) { (void)riscv64_firmware(SBI_RESET, 0, RESET_COLD, 0, 0, 0, 0); }
