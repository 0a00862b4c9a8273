/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from ACPI's tables. Each takes a valid table (acpi_table_valid) that may otherwise say anything.
 */
#ifndef LIB_DEVICES_TABLES_H
#define LIB_DEVICES_TABLES_H

#include "lib/devices/described.h"
#include "lib/devices/devices.h"
#include "lib/pci/pci.h"

/* Interrupt controllers and timers, which are the kernel's: MADT, HPET. */
void devices_add_madt(struct device_table *table, struct span madt);
void devices_add_hpet(struct device_table *table, struct span hpet);

/* What the DSDT or an SSDT describes by static names; madt, which may be empty, translates old interrupt lines. */
void devices_add_aml(struct device_table *table, struct span aml, struct span madt);

/* Adds to a host bridge of PCI which line each pin is, and where its ports appear in memory, if the byte code has the bridge
 * with these buses. What would have to be computed is left out. */
[[nodiscard]] bool acpi_describe_host(struct span aml, const struct acpi_ecam *ecam, struct pci_host *out);

#endif
