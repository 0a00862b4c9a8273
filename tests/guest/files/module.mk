# SPDX-License-Identifier: Apache-2.0
# files-test: the base services and lib/9p, tested on the booted system.
PROGRAM := files-test
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn abi
include $(MK)/program.mk
