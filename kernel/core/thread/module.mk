# SPDX-License-Identifier: Apache-2.0
# kernel/core/thread: see the heads of its files and HOUSE.md.
MODULE := kernel/core/thread
SRCS := calls.c thread.c
DEPS := abi kernel/core kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/object kernel/core/process kernel/core/sched kernel/core/time kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk
