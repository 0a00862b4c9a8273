# SPDX-License-Identifier: Apache-2.0
# kernel/arch/x86/common/acpi: reading ACPI tables: pure functions over hostile bytes.
MODULE := kernel/arch/x86/common/acpi
SRCS := tables.c
DEPS := boot lib/acpi lib/base
include $(MK)/module.mk
