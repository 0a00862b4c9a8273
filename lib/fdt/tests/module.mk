# SPDX-License-Identifier: Apache-2.0
# Host test and fuzzer of reading device trees. The folder is a module too: its builder also serves other tests.
MODULE := lib/fdt/tests
SRCS := builder.c
DEPS := lib/base
include $(MK)/module.mk

HOST_TEST := fdt
SRCS := fdt_test.c
DEPS := lib/base lib/elf/tests lib/fdt lib/fdt/tests
include $(MK)/host_test.mk

HOST_FUZZ := fdt
SRCS := fdt_fuzz.c
DEPS := lib/base lib/base/fuzz lib/elf/tests lib/fdt lib/fdt/tests
include $(MK)/host_fuzz.mk

HOST_TEST := fdt_lines
SRCS := lines_test.c
DEPS := lib/base lib/elf/tests lib/fdt lib/fdt/tests
include $(MK)/host_test.mk
