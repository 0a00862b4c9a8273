# SPDX-License-Identifier: Apache-2.0
#
# x86_64: targets, folders and flags that no other architecture shares.

ARCH_TARGET := x86_64-unknown-none-elf
ARCH_EFI_TARGET := x86_64-unknown-windows
ARCH_EFI_NAME := BOOTX64.EFI
ARCH_BOOTS := disk
ARCH_KERNEL_MODULES := kernel/arch/x86/common kernel/arch/x86/64
ARCH_KERNEL_INCLUDE := kernel/arch/x86/64/include
ARCH_USER_INCLUDE := lib/rt/arch/x86_64/include

# WHY: the guard is one global, seeded at start-up, because there is no thread pointer to find
# another by when the first function runs.
ARCH_FLAGS := -fcf-protection=full -mstack-protector-guard=global
ARCH_GENERAL_REGS := -mgeneral-regs-only
ARCH_KERNEL_FLAGS := -mno-red-zone $(ARCH_GENERAL_REGS)
ARCH_EFI_FLAGS := -mno-red-zone $(ARCH_GENERAL_REGS)
