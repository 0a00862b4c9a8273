# SPDX-License-Identifier: Apache-2.0
# The raw loader: what is started as a Linux kernel image, with a device tree and a bundle; see ../README.md.
MODULE := boot/raw
SRCS := main.c tree.c place.c message.c
DEPS := boot boot/common boot/common/arch/$(ARCH) boot/machine boot/raw/arch/$(ARCH) lib/base lib/elf lib/fdt lib/freestanding
include $(MK)/module.mk
