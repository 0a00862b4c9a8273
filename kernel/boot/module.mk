# SPDX-License-Identifier: Apache-2.0
# kernel/boot: brings the core up. See the heads of its files and HOUSE.md.
MODULE := kernel/boot
SRCS := first_process.c limit.c start.c
DEPS := abi boot kernel/core kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/irq kernel/core/klog kernel/core/mem kernel/core/ns kernel/core/process kernel/core/random kernel/core/sched kernel/core/thread kernel/core/trace kernel/debug kernel/hal kernel/raw lib/base lib/image
include $(MK)/module.mk
