# SPDX-License-Identifier: Apache-2.0
# agent: runs commands for the host over the control line.
PROGRAM := agent
SRCS := main.c protocol.c line.c request.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn lib/authority abi
include $(MK)/program.mk
