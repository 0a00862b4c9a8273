# SPDX-License-Identifier: Apache-2.0
# virtio-rng: random numbers of a virtio device as a file.
PROGRAM := virtio-rng
SRCS := main.c
DEPS := lib/base lib/driver lib/mmio lib/path lib/pci lib/rt lib/service lib/virtio lib/virtio/ring lib/waiting abi
include $(MK)/program.mk
