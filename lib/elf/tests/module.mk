# SPDX-License-Identifier: Apache-2.0
# Host tests and the fuzzer of lib/elf. The folder is a module too: its sample and its reporting
# also serve boot/common/tests.
MODULE := lib/elf/tests
SRCS := report.c sample.c
DEPS := lib/elf lib/base
include $(MK)/module.mk

HOST_TEST := elf
SRCS := elf_test.c
DEPS := lib/elf/tests lib/elf lib/base
include $(MK)/host_test.mk

HOST_FUZZ := elf
SRCS := elf_fuzz.c
DEPS := lib/base/fuzz lib/elf/tests lib/elf lib/base
include $(MK)/host_fuzz.mk
