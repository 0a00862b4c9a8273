/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what firmware does for the kernel. SPEC: RISC-V Supervisor Binary Interface 1.0
 */
#ifndef KERNEL_ARCH_RISCV64_SBI_H
#define KERNEL_ARCH_RISCV64_SBI_H

#include "lib/base/safe.h"

void sbi_set_timer(u64 at_ticks);

/* Starts a processor at a physical address, with its number in a0 and the argument in a1, translation off. False:
 * firmware refuses. */
[[nodiscard]] bool sbi_start_cpu(u64 hart, u64 entry, u64 argument);

/* Of the processors whose bits are set in `mask', bit 0 being that of number `base'. Each returns when all have done it;
 * they need not take an interrupt of the kernel for it. */
void sbi_interrupt(u64 mask, u64 base);
void sbi_fetch_anew(u64 mask, u64 base);
void sbi_forget(u64 mask, u64 base, u64 at, u64 bytes, u64 id);

#endif
