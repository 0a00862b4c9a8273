# SPDX-License-Identifier: Apache-2.0
# The ELF machine number of riscv64.
MODULE := lib/elf/arch/riscv64
SRCS := native.c
DEPS := lib/elf lib/base
include $(MK)/module.mk
