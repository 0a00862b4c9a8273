# SPDX-License-Identifier: Apache-2.0
# kernel/core/cap: see the heads of its files and HOUSE.md.
MODULE := kernel/core/cap
SRCS := calls.c lineage.c revoke.c space.c sweep.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/irq kernel/core/klog kernel/core/mem kernel/core/object kernel/core/process kernel/core/thread kernel/core/trace kernel/raw lib/base
include $(MK)/module.mk
