# SPDX-License-Identifier: Apache-2.0
# conform: every system call on the booted kernel. wakeup: how late the most important thread wakes beside all of them.
PROGRAM := conform
SRCS := main.c check.c objects.c raw_call.c arch/$(ARCH)/execute.c arch/$(ARCH)/floats.S arch/$(ARCH)/signatures.S child.c server.c generated.c basics.c caps.c groups.c inherit.c memory.c processes.c threads.c scheduling.c words.c signals.c endpoints.c messages.c buffers.c blocking.c names.c machine.c faults.c taken.c floats.c signatures.c
DEPS := lib/base lib/limits lib/path lib/rt lib/trace lib/9p lib/spawn abi
include $(MK)/program.mk

PROGRAM := wakeup
SRCS := wakeup.c long_calls.c random_calls.c raw_call.c
DEPS := lib/base lib/path lib/rt lib/9p abi
include $(MK)/program.mk
