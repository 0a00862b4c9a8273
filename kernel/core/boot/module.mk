# SPDX-License-Identifier: Apache-2.0
# kernel/core/boot: see the heads of its files and HOUSE.md.
MODULE := kernel/core/boot
SRCS := boot_info.c first_process.c give_up.c limit.c start.c
DEPS := abi boot kernel/core kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/irq kernel/core/klog kernel/core/mem kernel/core/ns kernel/core/process kernel/core/random kernel/core/sched kernel/core/thread kernel/core/trace kernel/debug kernel/hal kernel/raw lib/image
include $(MK)/module.mk
