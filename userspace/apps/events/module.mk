# SPDX-License-Identifier: Apache-2.0
# events: the last trace events.
PROGRAM := events
SRCS := main.c ring.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
