# SPDX-License-Identifier: Apache-2.0
# lib/keep: state of a service that outlives its process.
MODULE := lib/keep
SRCS := keep.c log.c
DEPS := lib/base lib/rt abi
include $(MK)/module.mk
