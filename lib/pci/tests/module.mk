# SPDX-License-Identifier: Apache-2.0
# Host test of finding PCI functions.
HOST_TEST := pci
SRCS := pci_test.c machine.c
DEPS := lib/base lib/elf/tests lib/pci
include $(MK)/host_test.mk

HOST_TEST := pci-reset
SRCS := reset_test.c
DEPS := lib/base lib/elf/tests lib/pci
include $(MK)/host_test.mk
