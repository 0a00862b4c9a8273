# SPDX-License-Identifier: Apache-2.0
# kernel/core/object: see the heads of its files and HOUSE.md.
MODULE := kernel/core/object
SRCS := lifecycle.c object.c pool.c sizes.c
DEPS := abi kernel/core kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/ns kernel/core/process kernel/core/sched kernel/core/thread kernel/core/time kernel/hal kernel/raw lib/base
include $(MK)/module.mk
