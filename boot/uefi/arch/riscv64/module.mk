# SPDX-License-Identifier: Apache-2.0
# The header and the first instructions of the UEFI loader on riscv64, for which no linker makes UEFI's files.
MODULE := boot/uefi/arch/riscv64
SRCS := head.S
DEPS := boot/uefi
include $(MK)/module.mk
