# SPDX-License-Identifier: Apache-2.0
# uptime: time since the start.
PROGRAM := uptime
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
