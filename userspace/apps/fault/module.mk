# SPDX-License-Identifier: Apache-2.0
# fault: does what is forbidden, to see that it ends this program only.
PROGRAM := fault
SRCS := main.c raw_faults.c arch/$(ARCH)/instructions.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
