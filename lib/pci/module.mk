# SPDX-License-Identifier: Apache-2.0
# lib/pci: functions of PCI Express, from configuration space that may say anything.
MODULE := lib/pci
SRCS := messages.c registers.c reset.c scan.c
DEPS := lib/base
include $(MK)/module.mk
