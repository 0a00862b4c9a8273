# SPDX-License-Identifier: Apache-2.0
# Host tests of the kernel core on the simulated machine.
HOST_TEST := kernel
SRCS := boot_test.c cap_test.c group_test.c main.c memory_test.c message_test.c namespace_test.c pair.c peer_test.c \
	process_test.c report.c signal_test.c structure_test.c world.c
DEPS := abi boot kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/klog kernel/core/mem kernel/core/ns \
	kernel/core/object kernel/core/process kernel/core/sched kernel/core/thread kernel/debug kernel/raw lib/base \
	tests/host/fake_hal
include $(MK)/host_test.mk
