# SPDX-License-Identifier: Apache-2.0
# lib/trace: following the kernel's event rings.
MODULE := lib/trace
SRCS := reader.c
DEPS := abi lib/base
include $(MK)/module.mk
