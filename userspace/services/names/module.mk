# SPDX-License-Identifier: Apache-2.0
# names: services posted at run time, at /svc.
PROGRAM := names
SRCS := main.c
DEPS := lib/base lib/keep lib/path lib/rt lib/service abi
include $(MK)/program.mk
