# SPDX-License-Identifier: Apache-2.0
# kernel/core/irq: see the heads of its files and HOUSE.md.
MODULE := kernel/core/irq
SRCS := irq.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/ipc kernel/core/process kernel/core/thread kernel/hal lib/base
include $(MK)/module.mk
