# SPDX-License-Identifier: Apache-2.0
# kernel/arch/riscv64: 64-bit RISC-V: entries, address spaces, interrupt controller, firmware.
MODULE := kernel/arch/riscv64
SRCS := entry.S fpu.S aplic.c console.c cpu.c fault.c features.c fpu.c frame.c imsic.c lines.c paging.c platform.c plic.c sbi.c smp.c tlb.c trap.c
DEPS := abi boot boot/common/arch/riscv64 kernel/arch/common kernel/arch/common/paging kernel/arch/common/tree kernel/core/cpu kernel/hal kernel/raw lib/base lib/fdt
include $(MK)/module.mk
