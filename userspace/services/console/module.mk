# SPDX-License-Identifier: Apache-2.0
# console: what a person types and reads, on the serial line. What needs no system is a module, for its tests.
MODULE := userspace/services/console
SRCS := discipline.c
DEPS := lib/base
include $(MK)/module.mk

PROGRAM := console
SRCS := main.c discipline.c input.c line.c output.c
DEPS := lib/base lib/path lib/rt lib/9p lib/service lib/waiting abi
include $(MK)/program.mk
