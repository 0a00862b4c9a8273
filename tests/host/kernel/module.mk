# SPDX-License-Identifier: Apache-2.0
# Host tests of the kernel core on the simulated machine. The folder is a module too: its world of
# processes that a test plays also serves the simulator and the fuzzer of system calls.
MODULE := tests/host/kernel
SRCS := actors.c pair.c report.c world.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/klog kernel/core/mem kernel/core/process \
	kernel/core/sched kernel/core/thread kernel/raw lib/base tests/host/fake_hal
include $(MK)/module.mk

HOST_TEST := starved
SRCS := starved_test.c
DEPS := abi boot kernel/boot kernel/core/boot kernel/core/cpu kernel/core/group kernel/core/mem kernel/core/object kernel/core/process kernel/core/thread kernel/core/trace kernel/raw lib/base \
	tests/host/fake_hal
include $(MK)/host_test.mk

# With switch points in the core, so that an entry can stand still at each.
HOST_TEST := races
SRCS := race.c race_cancel_test.c race_group_test.c race_inherit_test.c race_main.c race_revoke_test.c race_test.c race_time_test.c race_word_test.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/process kernel/core/sched \
	kernel/core/thread kernel/raw lib/base tests/host/fake_hal tests/host/kernel
FLAVOUR := sim
include $(MK)/host_test.mk

HOST_TEST := kernel
SRCS := boot_test.c cancel_test.c cap_test.c forward_test.c group_test.c inherit_test.c main.c large_test.c memory_test.c message_test.c namespace_test.c note_test.c peer_test.c \
	process_test.c recorded_test.c recorder.c revoke_given_test.c revoke_test.c rights_test.c shadow_test.c signal_test.c structure_test.c sweep_test.c trace_test.c word_test.c work_test.c zone_test.c
DEPS := abi boot kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/klog \
	kernel/core/mem kernel/core/ns kernel/core/object kernel/core/process kernel/core/sched kernel/core/thread \
	kernel/core/trace kernel/debug kernel/hal kernel/raw lib/base lib/trace tests/host/fake_hal tests/host/kernel
include $(MK)/host_test.mk

HOST_TEST := sched
SRCS := budget_test.c periodic_test.c sched_test.c share_test.c workload.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/process kernel/core/sched kernel/core/thread kernel/raw lib/base \
	tests/host/fake_hal tests/host/kernel
include $(MK)/host_test.mk

HOST_TEST := placement
SRCS := placement_test.c workload.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/process kernel/core/sched kernel/core/thread lib/base tests/host/fake_hal tests/host/kernel
include $(MK)/host_test.mk
