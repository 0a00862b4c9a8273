# SPDX-License-Identifier: Apache-2.0
# devices: what the machine has, found in firmware's tables and on buses.
PROGRAM := devicesd
SRCS := main.c firmware.c buses.c messages.c resets.c
DEPS := boot lib/9p lib/acpi lib/base lib/devices lib/fdt lib/mmio lib/path lib/pci lib/rt lib/service abi
include $(MK)/program.mk
