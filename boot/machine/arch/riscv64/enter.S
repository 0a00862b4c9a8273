/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaving a loader for the kernel. This code is mapped where it runs, before and after.
 * SPEC: RISC-V Privileged Architecture 20211203, 4.1.11 "satp"
 */
#include "boot/common/arch/riscv64/format.h"

	.text
/* void machine_enter(u64 root, u64 entry, u64 info, u64 stack) */
	.globl machine_enter
	.type machine_enter, @function
machine_enter:
	csrw sie, zero
	csrci sstatus, 2
	srli a0, a0, 12
	lla t0, machine_mode
	ld t0, 0(t0)
	slli t0, t0, SATP_MODE_SHIFT
	or a0, a0, t0
	sfence.vma
	csrw satp, a0
	sfence.vma
	mv sp, a3
	mv t1, a1
	mv a0, a2
	lla a1, machine_boot_hart
	ld a1, 0(a1)
	li s0, 0
	li ra, 0
	jr t1
	.size machine_enter, . - machine_enter
