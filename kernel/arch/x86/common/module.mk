# SPDX-License-Identifier: Apache-2.0
# kernel/arch/x86/common: what 32-bit and 64-bit x86 machines share: devices, clock, ACPI.
MODULE := kernel/arch/x86/common
SRCS := acpi.c apic.c clock.c console.c features.c ioapic.c platform.c ports.c power.c reference.c
DEPS := boot lib/acpi lib/base kernel/arch/common kernel/arch/x86/common/acpi kernel/core/cpu kernel/raw
include $(MK)/module.mk
