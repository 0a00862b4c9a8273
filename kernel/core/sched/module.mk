# SPDX-License-Identifier: Apache-2.0
# kernel/core/sched: see the heads of its files and HOUSE.md.
MODULE := kernel/core/sched
SRCS := activity.c balance.c budget.c inherit.c queue.c queued.c sched.c share.c switch.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/object kernel/core/process kernel/core/random kernel/core/thread kernel/core/time kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk
