# SPDX-License-Identifier: Apache-2.0
# lib/iommu: what devices may reach, as the keeper asks and as IOMMUs' tables say it.
MODULE := lib/iommu
SRCS := domains.c riscv.c smmu.c tables.c vtd.c
DEPS := lib/base
include $(MK)/module.mk
