# SPDX-License-Identifier: Apache-2.0
# kernel/core/group: see the heads of its files and HOUSE.md.
MODULE := kernel/core/group
SRCS := account.c calls.c group.c
DEPS := abi kernel/core kernel/core/cap kernel/core/cpu kernel/core/klog kernel/core/mem kernel/core/object kernel/core/process kernel/core/sched kernel/core/thread kernel/hal kernel/raw \
	lib/base
include $(MK)/module.mk
