# SPDX-License-Identifier: Apache-2.0
# kernel/arch/common/tree: what machines that are described by a device tree have alike.
MODULE := kernel/arch/common/tree
SRCS := clock.c ports.c start.c tree.c
DEPS := boot kernel/arch/common kernel/arch/common/paging kernel/core/cpu kernel/hal kernel/raw lib/base lib/fdt
include $(MK)/module.mk
