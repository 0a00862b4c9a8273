# SPDX-License-Identifier: Apache-2.0
# Host test and fuzzer of the client of a shared folder, with servers that lie. The folder is a module too: both use its server.
MODULE := lib/9p2000/tests
SRCS := server.c
DEPS := lib/9p2000 lib/base
include $(MK)/module.mk

HOST_TEST := 9p2000
SRCS := 9p2000_test.c
DEPS := abi lib/9p2000 lib/9p2000/tests lib/base lib/elf/tests lib/path
include $(MK)/host_test.mk

HOST_FUZZ := 9p2000
SRCS := 9p2000_fuzz.c
DEPS := abi lib/9p2000 lib/9p2000/tests lib/base lib/base/fuzz lib/elf/tests lib/path
include $(MK)/host_fuzz.mk
