# SPDX-License-Identifier: Apache-2.0
# The first instructions of the raw loader on aarch64, and its header.
MODULE := boot/raw/arch/aarch64
SRCS := head.S
DEPS := boot/raw
include $(MK)/module.mk
