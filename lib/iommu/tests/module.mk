# SPDX-License-Identifier: Apache-2.0
# Host test of the tables of IOMMUs.
HOST_TEST := iommu
SRCS := iommu_test.c
DEPS := lib/base lib/elf/tests lib/iommu
include $(MK)/host_test.mk
