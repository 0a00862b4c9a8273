# SPDX-License-Identifier: Apache-2.0
# lib/waiting: a service's answers that wait in order.
MODULE := lib/waiting
SRCS := waiting.c
DEPS := lib/base lib/path lib/rt lib/service abi
include $(MK)/module.mk
