# SPDX-License-Identifier: Apache-2.0
# kernel/arch/x86/common: what 32-bit and 64-bit x86 machines share: devices, clock, ACPI.
MODULE := kernel/arch/x86/common
SRCS := acpi.c acpi_tables.c apic.c clock.c console.c features.c ioapic.c platform.c ports.c power.c reference.c
DEPS := lib/base kernel/core/cpu
include $(MK)/module.mk
