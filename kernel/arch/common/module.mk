# SPDX-License-Identifier: Apache-2.0
# kernel/arch/common: what architectures do alike, below the HAL.
MODULE := kernel/arch/common
SRCS := console_wait.c ram.c trap_code.c
DEPS := boot lib/base
include $(MK)/module.mk
