# SPDX-License-Identifier: Apache-2.0
# The first instructions of the raw loader on riscv64, and its header.
MODULE := boot/raw/arch/riscv64
SRCS := head.S
DEPS := boot/raw
include $(MK)/module.mk
