# SPDX-License-Identifier: Apache-2.0
# kernel/core/time: see the heads of its files and HOUSE.md.
MODULE := kernel/core/time
SRCS := timer.c timers.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/ipc kernel/core/object kernel/core/sched kernel/core/thread kernel/hal kernel/raw lib/base
include $(MK)/module.mk
