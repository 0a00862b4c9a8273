# SPDX-License-Identifier: Apache-2.0
# virtio-block: a virtio disk as a file, and for clients that share memory with it.
PROGRAM := virtio-block
SRCS := main.c
DEPS := lib/base lib/block/driver lib/block/protocol lib/driver lib/lease/driver lib/lease/protocol lib/mmio lib/path lib/pci lib/ring lib/rt lib/service lib/virtio lib/virtio/block lib/virtio/ring abi
include $(MK)/program.mk
