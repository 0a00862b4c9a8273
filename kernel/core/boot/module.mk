# SPDX-License-Identifier: Apache-2.0
# kernel/core/boot: see the heads of its files and HOUSE.md.
MODULE := kernel/core/boot
SRCS := boot_info.c give_up.c state.c
DEPS := abi boot kernel/core/klog kernel/core/mem kernel/debug kernel/hal
include $(MK)/module.mk
