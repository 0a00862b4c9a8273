# SPDX-License-Identifier: Apache-2.0
# vt-d: keeps devices to their drivers' memory, with Intel's IOMMU.
PROGRAM := vt-d
SRCS := main.c
DEPS := lib/9p lib/base lib/iommu lib/iommu/driver lib/path lib/rt lib/service abi
include $(MK)/program.mk
