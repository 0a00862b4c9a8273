# SPDX-License-Identifier: Apache-2.0
# kernel/raw: see the heads of its files and HOUSE.md.
MODULE := kernel/raw
SRCS := slab.c
DEPS := kernel/core kernel/core/cap kernel/core/cpu kernel/core/object kernel/core/trace kernel/hal lib/base lib/freestanding
include $(MK)/module.mk
