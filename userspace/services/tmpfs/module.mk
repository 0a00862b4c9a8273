# SPDX-License-Identifier: Apache-2.0
# tmpfs: files in memory, at /tmp.
PROGRAM := tmpfs
SRCS := main.c node.c blocks.c
DEPS := lib/base lib/keep lib/path lib/rt lib/service abi
include $(MK)/program.mk
