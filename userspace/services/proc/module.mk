# SPDX-License-Identifier: Apache-2.0
# proc: processes as files, at /proc.
PROGRAM := proc
SRCS := main.c describe.c
DEPS := lib/base lib/path lib/rt lib/service abi
include $(MK)/program.mk
