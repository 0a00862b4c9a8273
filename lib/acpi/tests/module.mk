# SPDX-License-Identifier: Apache-2.0
# Host test and fuzzer of finding ACPI tables and of the table of nodes. The folder is a module too: its
# builder of tables also serves the tests of those who read them.
MODULE := lib/acpi/tests
SRCS := builder.c
DEPS := lib/acpi lib/base
include $(MK)/module.mk

HOST_TEST := acpi
SRCS := acpi_test.c affinity_test.c main.c
DEPS := boot lib/acpi lib/acpi/tests lib/base lib/elf/tests
include $(MK)/host_test.mk

HOST_FUZZ := acpi
SRCS := acpi_fuzz.c
DEPS := boot lib/acpi lib/acpi/tests lib/base lib/base/fuzz lib/elf/tests
include $(MK)/host_fuzz.mk
