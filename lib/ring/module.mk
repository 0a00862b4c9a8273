# SPDX-License-Identifier: Apache-2.0
# lib/ring: requests and answers through shared memory, as pure logic for both sides.
MODULE := lib/ring
SRCS := ring.c client.c
DEPS := lib/base
include $(MK)/module.mk
