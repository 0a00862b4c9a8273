# SPDX-License-Identifier: Apache-2.0
# kernel/core/syscall: see the heads of its files and HOUSE.md.
MODULE := kernel/core/syscall
SRCS := entry.c machine.c
DEPS := abi kernel/core kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/ipc kernel/core/irq kernel/core/mem kernel/core/object kernel/core/process kernel/core/random kernel/core/sched kernel/core/thread kernel/hal kernel/raw
include $(MK)/module.mk
