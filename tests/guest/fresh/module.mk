# SPDX-License-Identifier: Apache-2.0
# fresh: a driver that looks whether its device was reset.
PROGRAM := fresh
SRCS := main.c
DEPS := lib/base lib/mmio lib/path lib/pci lib/rt lib/service abi
include $(MK)/program.mk
