/* SPDX-License-Identifier: Apache-2.0
 *
 * Arm's units between devices and memory, by ACPI's table of them: the first SMMUv3 is the one that is driven. Of a valid
 * table (acpi_table_valid) that may otherwise say anything.
 *
 * SPEC: Arm IO Remapping Table, DEN 0049E.b, 3 "IORT Structure".
 */
#ifndef LIB_DEVICES_IORT_H
#define LIB_DEVICES_IORT_H

#include "lib/devices/devices.h"
#include "lib/pci/pci.h"

enum : u32 { IORT_LINES_MAX = 4 };
struct iort_unit {
	u64 base;
	u32 lines, line[IORT_LINES_MAX];
	u32 place;  /* in the table */
};

[[nodiscard]] bool iort_unit(struct span iort, struct iort_unit *out);

/* The functions of PCI's first segment that the unit knows by their own numbers; of several ranges the first. */
struct pci_range iort_range(struct span iort, const struct iort_unit *unit);

/* Adds the unit as a device. */
void devices_add_iort(struct device_table *table, const struct iort_unit *unit);

#endif
