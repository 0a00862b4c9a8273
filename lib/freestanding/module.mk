# SPDX-License-Identifier: Apache-2.0
# lib/freestanding: what the compiler expects to find where there is no C library.
MODULE := lib/freestanding
SRCS := memory.c
DEPS := lib/base
include $(MK)/module.mk
