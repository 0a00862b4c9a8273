# SPDX-License-Identifier: Apache-2.0
# mem: memory of the machine.
PROGRAM := mem
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
