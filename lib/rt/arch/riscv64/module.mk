# SPDX-License-Identifier: Apache-2.0
# lib/rt/arch/riscv64: entry of processes and threads, system call instructions.
MODULE := lib/rt/arch/riscv64
SRCS := start.S
DEPS := lib/base lib/rt
include $(MK)/module.mk
