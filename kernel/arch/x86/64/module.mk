# SPDX-License-Identifier: Apache-2.0
# kernel/arch/x86/64: 64-bit x86: entries, tables, address spaces, starting processors.
MODULE := kernel/arch/x86/64
SRCS := entry.S syscall.S trap.S trampoline.S boot.c fault.c fpu.c frame.c paging.c smp.c space.c tables.c tlb.c trap.c trap_code.c
DEPS := abi boot lib/base kernel/arch/common kernel/arch/x86/common kernel/arch/x86/common/acpi kernel/core/cpu kernel/raw
include $(MK)/module.mk
