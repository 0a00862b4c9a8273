# SPDX-License-Identifier: Apache-2.0
# Host test and fuzzer of reading ACPI tables.
HOST_TEST := acpi_tables
SRCS := acpi_test.c
DEPS := boot kernel/arch/x86/common/acpi lib/acpi lib/acpi/tests lib/base lib/elf/tests
include $(MK)/host_test.mk

HOST_FUZZ := acpi_tables
SRCS := acpi_fuzz.c
DEPS := boot kernel/arch/x86/common/acpi lib/acpi lib/acpi/tests lib/base lib/base/fuzz lib/elf/tests
include $(MK)/host_fuzz.mk
