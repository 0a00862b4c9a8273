# SPDX-License-Identifier: Apache-2.0
# The deterministic simulator of the kernel core on several processors.
HOST_TEST := sim
SRCS := direct.c invariants.c main.c operations.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/process \
	kernel/core/sched kernel/core/thread kernel/raw lib/base tests/host/fake_hal tests/host/kernel
include $(MK)/host_test.mk
