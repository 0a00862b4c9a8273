# SPDX-License-Identifier: Apache-2.0
# kernel/arch/aarch64: 64-bit Arm: entries, tables, address spaces, interrupt controller, starting processors.
MODULE := kernel/arch/aarch64
SRCS := entry.S fpu.S acpi.c console.c cpu.c fault.c features.c fpu.c frame.c gic.c paging.c platform.c power.c smp.c tlb.c trap.c
DEPS := abi boot boot/common/arch/aarch64 kernel/arch/aarch64/acpi kernel/arch/common kernel/arch/common/paging kernel/arch/common/tree kernel/core/cpu kernel/core/random kernel/hal kernel/raw lib/acpi lib/base lib/fdt
include $(MK)/module.mk
