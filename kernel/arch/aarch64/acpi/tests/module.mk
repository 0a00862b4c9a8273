# SPDX-License-Identifier: Apache-2.0
# Host test and fuzzer of reading ACPI tables of aarch64.
HOST_TEST := acpi_tables_arm
SRCS := arm_test.c
DEPS := boot kernel/arch/aarch64/acpi lib/acpi lib/acpi/tests lib/base lib/elf/tests
include $(MK)/host_test.mk

HOST_FUZZ := acpi_tables_arm
SRCS := arm_fuzz.c
DEPS := boot kernel/arch/aarch64/acpi lib/acpi lib/acpi/tests lib/base lib/base/fuzz lib/elf/tests
include $(MK)/host_fuzz.mk
