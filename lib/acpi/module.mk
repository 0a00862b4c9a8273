# SPDX-License-Identifier: Apache-2.0
# ACPI tables as hostile input: finding them in memory, and the table of memory nodes.
MODULE := lib/acpi
SRCS := acpi.c affinity.c nodes.c
DEPS := boot lib/base
include $(MK)/module.mk
