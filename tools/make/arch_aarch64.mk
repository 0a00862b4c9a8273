# SPDX-License-Identifier: Apache-2.0
#
# aarch64: targets, folders and flags that no other architecture shares.

ARCH_TARGET := aarch64-unknown-none-elf
ARCH_EFI_TARGET := aarch64-unknown-windows
ARCH_EFI_NAME := BOOTAA64.EFI
ARCH_RAW_NAME := boot.image
ARCH_BOOTS := raw disk
ARCH_KERNEL_MODULES := kernel/arch/aarch64
ARCH_KERNEL_INCLUDE := kernel/arch/aarch64/include
ARCH_USER_INCLUDE := lib/rt/arch/aarch64/include

# Branch targets cost one hint at most. Programs sign return addresses, the kernel and the loaders do not: docs/adr/0054.
ARCH_FLAGS := -mbranch-protection=bti -mstack-protector-guard=global
ARCH_USER_FLAGS := -mbranch-protection=pac-ret+bti
ARCH_GENERAL_REGS := -mgeneral-regs-only
# WHY tiny: the kernel has less than a megabyte, so each address is one instruction away.
ARCH_KERNEL_FLAGS := $(ARCH_GENERAL_REGS) -mno-outline-atomics -mcmodel=tiny
ARCH_EFI_FLAGS := $(ARCH_GENERAL_REGS)
# With the MMU off every access must be aligned.
ARCH_RAW_FLAGS := $(ARCH_GENERAL_REGS) -mstrict-align
