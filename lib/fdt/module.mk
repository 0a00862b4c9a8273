# SPDX-License-Identifier: Apache-2.0
# lib/fdt: reading flattened device trees, as hostile input.
MODULE := lib/fdt
SRCS := fdt.c find.c lines.c
DEPS := lib/base
include $(MK)/module.mk
