# SPDX-License-Identifier: Apache-2.0
# kernel/debug: see the heads of its files and HOUSE.md.
MODULE := kernel/debug
SRCS := panic.c symbols.c
DEPS := abi boot kernel/core/cpu kernel/core/klog kernel/core/process kernel/core/sched kernel/core/thread kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk
