# SPDX-License-Identifier: Apache-2.0
# The ELF machine number of aarch64.
MODULE := lib/elf/arch/aarch64
SRCS := native.c
DEPS := lib/elf lib/base
include $(MK)/module.mk
