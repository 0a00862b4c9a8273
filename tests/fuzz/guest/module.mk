# SPDX-License-Identifier: Apache-2.0
# sysfuzz: programs of random system calls, guided by what they made the kernel run. The first process of image/fuzz.image.
PROGRAM := sysfuzz
SRCS := main.c argument.c cover.c arch/$(ARCH)/float.S arch/$(ARCH)/registers.c function.c grow.c line.c objects.c own.c random.c raw.c round.c worker.c
DEPS := lib/base lib/first lib/image lib/mmio lib/rt abi
include $(MK)/program.mk
