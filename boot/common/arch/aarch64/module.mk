# SPDX-License-Identifier: Apache-2.0
# The page tables a loader hands the kernel, for aarch64.
MODULE := boot/common/arch/aarch64
SRCS := format.c
DEPS := boot boot/common lib/base
include $(MK)/module.mk
