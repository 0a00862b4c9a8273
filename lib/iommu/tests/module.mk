# SPDX-License-Identifier: Apache-2.0
# Host tests of the tables of IOMMUs, and of what units say.
HOST_TEST := iommu
SRCS := iommu_test.c
DEPS := lib/base lib/elf/tests lib/iommu
include $(MK)/host_test.mk

HOST_TEST := iommu-units
SRCS := units_test.c
DEPS := lib/base lib/elf/tests lib/iommu
include $(MK)/host_test.mk
