# SPDX-License-Identifier: Apache-2.0
# kernel/core/mem: see the heads of its files and HOUSE.md.
MODULE := kernel/core/mem
SRCS := calls.c dma.c frame.c memory.c shadow.c space.c user_copy.c zones.c
DEPS := abi boot kernel/core kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/object kernel/core/process kernel/core/random kernel/core/syscall kernel/core/thread kernel/hal kernel/raw lib/base
include $(MK)/module.mk
