# SPDX-License-Identifier: Apache-2.0
# kernel/arch/aarch64/acpi: reading ACPI tables: pure functions over hostile bytes.
MODULE := kernel/arch/aarch64/acpi
SRCS := tables.c
DEPS := boot lib/acpi lib/base
include $(MK)/module.mk
