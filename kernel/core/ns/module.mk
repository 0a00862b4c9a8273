# SPDX-License-Identifier: Apache-2.0
# kernel/core/ns: see the heads of its files and HOUSE.md.
MODULE := kernel/core/ns
SRCS := namespace.c
DEPS := abi kernel/core kernel/core/cap kernel/core/cpu kernel/core/ipc kernel/core/object kernel/core/process kernel/core/thread kernel/raw lib/base
include $(MK)/module.mk
