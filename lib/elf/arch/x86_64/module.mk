# SPDX-License-Identifier: Apache-2.0
# The ELF machine number of x86_64.
MODULE := lib/elf/arch/x86_64
SRCS := native.c
DEPS := lib/elf lib/base
include $(MK)/module.mk
