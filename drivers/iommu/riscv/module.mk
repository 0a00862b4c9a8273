# SPDX-License-Identifier: Apache-2.0
# riscv-iommu: keeps devices to their drivers' memory, with RISC-V's IOMMU.
PROGRAM := riscv-iommu
SRCS := main.c
DEPS := lib/9p lib/base lib/iommu lib/iommu/driver lib/path lib/rt lib/service abi
include $(MK)/program.mk
