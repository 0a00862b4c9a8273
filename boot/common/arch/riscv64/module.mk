# SPDX-License-Identifier: Apache-2.0
# The page tables a loader hands the kernel, for riscv64.
MODULE := boot/common/arch/riscv64
SRCS := format.c
DEPS := boot boot/common lib/base
include $(MK)/module.mk
