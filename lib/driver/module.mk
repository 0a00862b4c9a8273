# SPDX-License-Identifier: Apache-2.0
# lib/driver: what drivers have of a device that reaches memory: its memory, its function of PCI, and their end without it.
MODULE := lib/driver
SRCS := dma.c end.c function.c
DEPS := lib/base lib/mmio lib/path lib/pci lib/rt lib/service abi
include $(MK)/module.mk
