# SPDX-License-Identifier: Apache-2.0
# lib/rt: the runtime of a process.
MODULE := lib/rt
SRCS := start.c relocate.c handles.c message.c memory.c thread.c place.c panic.c time.c lock.c
DEPS := lib/base lib/freestanding abi
include $(MK)/module.mk
