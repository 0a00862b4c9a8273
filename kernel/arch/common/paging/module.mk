# SPDX-License-Identifier: Apache-2.0
# kernel/arch/common/paging: tables of four levels where the architecture tells only what entries look like.
MODULE := kernel/arch/common/paging
SRCS := kernel_map.c space.c space_id.c
DEPS := boot kernel/arch/common kernel/core/cpu kernel/hal kernel/raw lib/base
include $(MK)/module.mk
