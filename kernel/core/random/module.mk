# SPDX-License-Identifier: Apache-2.0
# kernel/core/random: see the heads of its files and HOUSE.md.
MODULE := kernel/core/random
SRCS := random.c
DEPS := boot kernel/core/cpu kernel/core/klog kernel/hal lib/base
include $(MK)/module.mk
