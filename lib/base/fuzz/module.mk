# SPDX-License-Identifier: Apache-2.0
# What every fuzz target of the host links: the entry that libFuzzer calls.
MODULE := lib/base/fuzz
SRCS := entry.c
DEPS := lib/base
include $(MK)/module.mk
