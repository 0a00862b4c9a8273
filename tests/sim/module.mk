# SPDX-License-Identifier: Apache-2.0
# The deterministic simulator of the kernel core on several processors.
HOST_TEST := sim
SRCS := direct.c failures.c inherit.c invariants.c liveness.c main.c note.c operations.c schedule.c story.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/ipc kernel/core/mem kernel/core/object \
	kernel/core/process kernel/core/sched kernel/core/thread kernel/core/time kernel/core/trace kernel/hal kernel/raw lib/base tests/host/fake_hal \
	tests/host/kernel
FLAVOUR := sim
WRAP := frame_alloc frame_alloc_zeroed group_frame_alloc group_charge object_create pool_take
include $(MK)/host_test.mk
