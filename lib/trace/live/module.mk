# SPDX-License-Identifier: Apache-2.0
# lib/trace/live: the event rings of the machine that one runs on.
MODULE := lib/trace/live
SRCS := rings.c describe.c
DEPS := abi lib/base lib/rt lib/trace
include $(MK)/module.mk
