# SPDX-License-Identifier: Apache-2.0
# smmu: keeps devices to their drivers' memory, with Arm's IOMMU.
PROGRAM := smmu
SRCS := main.c
DEPS := lib/9p lib/base lib/iommu lib/iommu/driver lib/path lib/rt lib/service abi
include $(MK)/program.mk
