# SPDX-License-Identifier: Apache-2.0
# rm: remove files.
PROGRAM := rm
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
