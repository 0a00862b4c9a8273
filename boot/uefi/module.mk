# SPDX-License-Identifier: Apache-2.0
# The UEFI loader, an EFI application; see ../README.md.
MODULE := boot/uefi
SRCS := main.c plan_files.c plan_nodes.c plan_space.c firmware.c files.c message.c
DEPS := boot boot/common boot/common/arch/$(ARCH) boot/machine lib/acpi lib/base lib/elf lib/fdt lib/freestanding
include $(MK)/module.mk
