# SPDX-License-Identifier: Apache-2.0
# Host test of requests and answers in shared memory, with others that die and that lie.
HOST_TEST := ring
SRCS := ring_test.c
DEPS := lib/base lib/elf/tests lib/ring
include $(MK)/host_test.mk
