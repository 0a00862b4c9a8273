# SPDX-License-Identifier: Apache-2.0
# The page tables a loader hands the kernel, for x86_64.
MODULE := boot/common/arch/x86_64
SRCS := format.c
DEPS := boot boot/common lib/base
include $(MK)/module.mk
