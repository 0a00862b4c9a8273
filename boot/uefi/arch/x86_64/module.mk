# SPDX-License-Identifier: Apache-2.0
# What the UEFI loader needs from an x86_64 machine.
MODULE := boot/uefi/arch/x86_64
SRCS := machine.c serial.c
DEPS := boot/uefi lib/base
include $(MK)/module.mk
