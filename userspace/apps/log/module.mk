# SPDX-License-Identifier: Apache-2.0
# log: the system's log.
PROGRAM := log
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
