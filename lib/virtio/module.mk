# SPDX-License-Identifier: Apache-2.0
# lib/virtio: virtio devices behind PCI and in memory, from their drivers' side.
MODULE := lib/virtio
SRCS := device.c mmio.c parts.c pci.c
DEPS := lib/base lib/driver lib/mmio lib/path lib/pci lib/rt lib/service lib/virtio/ring abi
include $(MK)/module.mk
