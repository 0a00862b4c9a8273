# SPDX-License-Identifier: Apache-2.0
# kernel/core/cpu: see the heads of its files and HOUSE.md.
MODULE := kernel/core/cpu
SRCS := cpu.c lock.c
DEPS := kernel/core/mem kernel/core/object kernel/core/sched kernel/core/time kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk
