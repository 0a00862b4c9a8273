# SPDX-License-Identifier: Apache-2.0
# lib/virtio/block: requests to virtio disks as pure logic over shared memory.
MODULE := lib/virtio/block
SRCS := request.c
DEPS := lib/base lib/block/protocol lib/virtio/ring abi
include $(MK)/module.mk
