# SPDX-License-Identifier: Apache-2.0
# lib/virtio/ring: a split virtqueue as pure logic over shared memory.
MODULE := lib/virtio/ring
SRCS := ring.c
DEPS := lib/base
include $(MK)/module.mk
