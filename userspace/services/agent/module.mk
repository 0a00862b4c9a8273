# SPDX-License-Identifier: Apache-2.0
# agent: runs commands for the host over the control line. What needs no system is a module, for its tests.
MODULE := userspace/services/agent
SRCS := protocol.c
DEPS := lib/base
include $(MK)/module.mk

PROGRAM := agent
SRCS := main.c protocol.c line.c request.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn lib/authority abi
include $(MK)/program.mk
