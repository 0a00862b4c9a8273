# SPDX-License-Identifier: Apache-2.0
# Host tests and fuzzer of the common description of devices.
HOST_TEST := devices
SRCS := devices_test.c
DEPS := lib/acpi lib/acpi/tests lib/base lib/devices lib/elf/tests lib/fdt lib/fdt/tests lib/pci
include $(MK)/host_test.mk

HOST_TEST := units
SRCS := units_test.c
DEPS := lib/acpi lib/acpi/tests lib/base lib/devices lib/elf/tests lib/pci
include $(MK)/host_test.mk

HOST_FUZZ := devices
SRCS := devices_fuzz.c
DEPS := lib/base lib/base/fuzz lib/devices lib/elf/tests lib/fdt lib/pci
include $(MK)/host_fuzz.mk
