# SPDX-License-Identifier: Apache-2.0
# lib/virtio/ring: virtqueues, split and packed, as pure logic over shared memory.
MODULE := lib/virtio/ring
SRCS := ring.c split.c packed.c
DEPS := lib/base
include $(MK)/module.mk
