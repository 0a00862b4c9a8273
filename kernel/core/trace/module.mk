# SPDX-License-Identifier: Apache-2.0
# kernel/core/trace: see the heads of its files and HOUSE.md.
MODULE := kernel/core/trace
SRCS := control.c trace.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/object kernel/core/process kernel/core/random \
	kernel/core/sched kernel/core/thread kernel/hal kernel/raw lib/base
include $(MK)/module.mk
