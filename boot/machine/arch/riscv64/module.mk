# SPDX-License-Identifier: Apache-2.0
# What loaders need from a riscv64 machine.
MODULE := boot/machine/arch/riscv64
SRCS := enter.S machine.c serial.c
DEPS := boot/common/arch/riscv64 boot/machine lib/base
include $(MK)/module.mk
