# SPDX-License-Identifier: Apache-2.0
# lib/symbols: from an offset in a program to its function and source line.
MODULE := lib/symbols
SRCS := symbols.c
DEPS := lib/base
include $(MK)/module.mk
