# SPDX-License-Identifier: Apache-2.0
# kernel/core/process: see the heads of its files and HOUSE.md.
MODULE := kernel/core/process
SRCS := calls.c process.c
DEPS := abi kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/object kernel/core/sched kernel/core/thread kernel/hal kernel/raw lib/base
include $(MK)/module.mk
