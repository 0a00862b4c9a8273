# SPDX-License-Identifier: Apache-2.0
# What loaders need from an x86_64 machine.
MODULE := boot/machine/arch/x86_64
SRCS := machine.c serial.c
DEPS := boot/machine lib/base
include $(MK)/module.mk
