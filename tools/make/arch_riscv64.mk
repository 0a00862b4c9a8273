# SPDX-License-Identifier: Apache-2.0
#
# riscv64: targets, folders and flags that no other architecture shares.

ARCH_TARGET := riscv64-unknown-none-elf
ARCH_EFI_TARGET := $(ARCH_TARGET)
ARCH_EFI_NAME := BOOTRISCV64.EFI
# WHY: LLVM's linker makes no such files for riscv64, so the loader is linked flat and brings its own header.
ARCH_EFI_HEAD := boot/uefi/arch/riscv64
ARCH_RAW_NAME := boot.image
ARCH_BOOTS := raw disk
ARCH_KERNEL_MODULES := kernel/arch/riscv64
ARCH_KERNEL_INCLUDE := kernel/arch/riscv64/include
ARCH_USER_INCLUDE := lib/rt/arch/riscv64/include

# WHY lp64 everywhere: objects that pass floating point in registers do not link with those that do not, and nothing
# of the tree passes any. A program that says FPU := yes may use the registers all the same.
# WHY no small data: nobody sets gp. WHY misaligned accesses: else copies and formats go byte by byte; where a processor
# cannot do them, firmware does (SPEC: RISC-V Unprivileged ISA 20191213, 2.6), and they are rare.
ARCH_FLAGS := -march=rv64gc -mabi=lp64 -mcmodel=medany -msmall-data-limit=0 -mno-strict-align
ARCH_GENERAL_REGS := -march=rv64imac_zicsr_zifencei
ARCH_KERNEL_FLAGS := $(ARCH_GENERAL_REGS)
ARCH_RAW_FLAGS := $(ARCH_GENERAL_REGS) -mabi=lp64 -mcmodel=medany -msmall-data-limit=0
ARCH_EFI_FLAGS := $(ARCH_RAW_FLAGS) -fPIE -fdirect-access-external-data
# WHY: entry code has saved all registers, but the compiler knows no functions here that keep none. So what is on the way of
# a system call does without s2 to s11, and saves three registers instead of thirteen.
ARCH_ENTRY_FLAGS := $(patsubst %,-ffixed-x%,18 19 20 21 22 23 24 25 26 27)
