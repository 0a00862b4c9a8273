# SPDX-License-Identifier: Apache-2.0
# lib/first: what the kernel gives the first process.
MODULE := lib/first
SRCS := first.c
DEPS := lib/base lib/rt abi
include $(MK)/module.mk
