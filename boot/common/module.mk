# SPDX-License-Identifier: Apache-2.0
# What every boot loader shares: pure logic that also runs on the host.
MODULE := boot/common
SRCS := bundle.c tables.c memory_map.c reserved.c efi_map.c random.c seed.c layout.c kernel_image.c nodes.c
DEPS := boot lib/acpi lib/base lib/elf lib/fdt
include $(MK)/module.mk
