# SPDX-License-Identifier: Apache-2.0
# virtio-net: frames of an Ethernet through a virtio device.
PROGRAM := virtio-net
SRCS := main.c frames.c
DEPS := lib/base lib/frames/protocol lib/lease/driver lib/lease/protocol lib/driver lib/mmio lib/path lib/pci lib/ring lib/rt lib/service lib/virtio lib/virtio/ring lib/waiting abi
include $(MK)/program.mk
