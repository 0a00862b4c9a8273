# SPDX-License-Identifier: Apache-2.0
# What init holds for the keeper: the requests, and the keeper's side of them.
MODULE := lib/safe
SRCS := safe.c
DEPS := lib/base lib/rt abi
include $(MK)/module.mk
