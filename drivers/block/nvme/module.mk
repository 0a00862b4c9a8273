# SPDX-License-Identifier: Apache-2.0
# nvme: the first namespace of an NVMe controller as a file, and for clients that share memory with it.
PROGRAM := nvme
SRCS := controller.c main.c
DEPS := lib/base lib/block/driver lib/block/protocol lib/driver lib/lease/driver lib/lease/protocol lib/mmio lib/nvme lib/path lib/pci lib/ring lib/rt lib/service abi
include $(MK)/program.mk
