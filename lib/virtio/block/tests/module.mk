# SPDX-License-Identifier: Apache-2.0
# Host test of requests to disks, with devices that lie.
HOST_TEST := virtio_block
SRCS := request_test.c
DEPS := lib/base lib/block/protocol lib/elf/tests lib/virtio/block lib/virtio/ring abi
include $(MK)/host_test.mk
