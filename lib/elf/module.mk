# SPDX-License-Identifier: Apache-2.0
# ELF executables as hostile input; see elf.h.
MODULE := lib/elf
SRCS := elf.c dynamic.c relocate.c text.c
DEPS := lib/base lib/elf/arch/$(ARCH)
include $(MK)/module.mk
