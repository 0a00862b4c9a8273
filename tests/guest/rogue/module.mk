# SPDX-License-Identifier: Apache-2.0
# rogue: a driver that tells its device of memory that is not its own.
PROGRAM := rogue
SRCS := main.c
DEPS := lib/base lib/driver lib/mmio lib/path lib/pci lib/rt lib/service lib/virtio lib/virtio/ring abi
include $(MK)/program.mk
