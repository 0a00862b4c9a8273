# SPDX-License-Identifier: Apache-2.0
# kernel/debug: see the heads of its files and HOUSE.md.
MODULE := kernel/debug
SRCS := kasan.c kasan_test.c panic.c symbols.c
DEPS := abi boot kernel/core/cpu kernel/core/klog kernel/core/mem kernel/core/ns kernel/core/object kernel/core/process kernel/core/sched kernel/core/thread kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk
