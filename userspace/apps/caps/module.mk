# SPDX-License-Identifier: Apache-2.0
# caps: capabilities of a process.
PROGRAM := caps
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
