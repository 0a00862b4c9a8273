# SPDX-License-Identifier: Apache-2.0
# sleep: wait.
PROGRAM := sleep
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
