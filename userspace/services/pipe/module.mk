# SPDX-License-Identifier: Apache-2.0
# pipe: streams between programs.
PROGRAM := pipe
SRCS := main.c
DEPS := lib/base lib/keep lib/path lib/rt lib/service lib/waiting abi
include $(MK)/program.mk
