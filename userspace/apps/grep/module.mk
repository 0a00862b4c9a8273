# SPDX-License-Identifier: Apache-2.0
# grep: print the lines that hold a text.
PROGRAM := grep
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
