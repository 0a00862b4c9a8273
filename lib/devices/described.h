/* SPDX-License-Identifier: Apache-2.0
 *
 * What ACPI's tables say of devices, for who finds them in user space. Pure functions over valid tables
 * (acpi_table_valid) that may otherwise say anything.
 *
 * The tables' byte code is not run: of a device only what is named statically is read, which on PCs is what
 * sits on the old bus, serial lines above all. SPEC: ACPI 6.5, 20 "AML", 6.4 "Resource Data Types", 5.2.12
 * "MADT"; PCI Firmware Specification 3.3, 4.1.2 "MCFG"; IA-PC HPET 1.0a, 3.2.4.
 */
#ifndef LIB_DEVICES_DESCRIBED_H
#define LIB_DEVICES_DESCRIBED_H

#include "lib/base/span.h"

/* The global line of one of the old bus; the same number unless the table says otherwise. */
u32 acpi_isa_line(struct span madt, u32 isa);

[[nodiscard]] bool acpi_local_apic(struct span madt, u64 *address);
[[nodiscard]] bool acpi_ioapic(struct span madt, u32 index, u64 *address);
/* Registers of ARM's interrupt controller that all processors share. */
[[nodiscard]] bool acpi_gic(struct span madt, u32 index, u64 *address, u64 *bytes);
[[nodiscard]] bool acpi_hpet(struct span hpet, u64 *address);

/* Configuration space of PCI buses, at 1 MiB for each. */
struct acpi_ecam { u64 base; u32 segment, first_bus, last_bus; };
[[nodiscard]] bool acpi_ecam(struct span mcfg, u32 index, struct acpi_ecam *out);

/* Where the DSDT is, by the FADT; 0: nowhere. */
u64 acpi_dsdt(struct span fadt);

enum acpi_resource_kind : u32 { ACPI_RESOURCE_MEMORY, ACPI_RESOURCE_PORTS, ACPI_RESOURCE_LINE };
struct acpi_resource { enum acpi_resource_kind kind; u64 base, count; };

enum : u32 { ACPI_RESOURCES_MAX = 8 };
struct acpi_device {
	char name[5];
	char id[9];        /* "PNP0501" */
	bool has_uid;
	u32 uid;
	u32 resource_count;
	struct acpi_resource resource[ACPI_RESOURCES_MAX];
};

/* The next device with a static id, behind *at, which begins where the byte code does. A device that has to be asked whether
 * it is there, or that holds others, is passed over. Time: the length of the table, times a bound. */
[[nodiscard]] bool acpi_next_described(struct span aml, u64 *at, struct acpi_device *out);

/* A line of PCI's pins, which is no device of its own. */
bool acpi_is_link(const struct acpi_device *device);

#endif
