# SPDX-License-Identifier: Apache-2.0
# cat: print files.
PROGRAM := cat
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
