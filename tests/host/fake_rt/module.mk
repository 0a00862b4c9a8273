# SPDX-License-Identifier: Apache-2.0
# Parts of user space programs on the host: the test answers their system calls.
MODULE := tests/host/fake_rt
SRCS := kernel.c
DEPS := abi lib/base lib/rt
include $(MK)/module.mk
