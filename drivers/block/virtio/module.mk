# SPDX-License-Identifier: Apache-2.0
# virtio-block: a virtio disk as a file, and for clients that share memory with it.
PROGRAM := virtio-block
SRCS := main.c jobs.c wanted.c windows.c
DEPS := lib/base lib/block/protocol lib/lease/driver lib/lease/protocol lib/mmio lib/path lib/pci lib/ring lib/rt lib/service lib/virtio lib/virtio/block lib/virtio/ring abi
include $(MK)/program.mk
