# SPDX-License-Identifier: Apache-2.0
# lib/limits: which limit refused, in words.
MODULE := lib/limits
SRCS := limits.c
DEPS := lib/base lib/rt abi
include $(MK)/module.mk
