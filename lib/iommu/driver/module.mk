# SPDX-License-Identifier: Apache-2.0
# lib/iommu/driver: what drivers of IOMMUs have in common.
MODULE := lib/iommu/driver
SRCS := lines.c memory.c registers.c serve.c
DEPS := lib/9p lib/base lib/iommu lib/mmio lib/rt lib/service abi
include $(MK)/module.mk
