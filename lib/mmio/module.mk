# SPDX-License-Identifier: Apache-2.0
# lib/mmio: registers of a device, for drivers.
MODULE := lib/mmio
SRCS := mmio.c
DEPS := lib/base lib/rt abi
include $(MK)/module.mk
