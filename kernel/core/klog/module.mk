# SPDX-License-Identifier: Apache-2.0
# kernel/core/klog: see the heads of its files and HOUSE.md.
MODULE := kernel/core/klog
SRCS := klog.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/ipc kernel/core/object kernel/core/process kernel/core/thread kernel/hal lib/base
include $(MK)/module.mk
