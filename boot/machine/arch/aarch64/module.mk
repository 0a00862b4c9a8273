# SPDX-License-Identifier: Apache-2.0
# What loaders need from an aarch64 machine.
MODULE := boot/machine/arch/aarch64
SRCS := enter.S machine.c serial.c
DEPS := boot/common/arch/aarch64 boot/machine lib/base
include $(MK)/module.mk
