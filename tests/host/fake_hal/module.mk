# SPDX-License-Identifier: Apache-2.0
# The simulated machine that the kernel core runs on in host tests, simulators and fuzzers.
MODULE := tests/host/fake_hal
SRCS := boot.c context.c cpu.c devices.c dispatch.c memory.c points.c unwatched.c
DEPS := abi boot kernel/boot kernel/core kernel/core/boot kernel/core/cap kernel/core/cpu kernel/core/mem kernel/core/object \
	kernel/core/syscall kernel/core/thread kernel/core/trace kernel/debug kernel/hal kernel/raw lib/base lib/image
include $(MK)/module.mk
