# SPDX-License-Identifier: Apache-2.0
# Host test of virtqueues, with devices that lie.
HOST_TEST := virtio_ring
SRCS := ring_test.c packed_test.c
DEPS := lib/base lib/elf/tests lib/virtio/ring
include $(MK)/host_test.mk
