/* SPDX-License-Identifier: Apache-2.0
 *
 * Units between devices and memory, by ACPI's table of them: of PCI's first segment the one that has whatever no other
 * names, or the first. Of a valid table (acpi_table_valid) that may otherwise say anything.
 *
 * WHY nothing of memory that firmware reserved for devices (RMRR): since functions were found none writes to memory but
 * for its driver, and that one gets its own memory only (docs/adr/0041).
 *
 * SPEC: Intel Virtualization Technology for Directed I/O 4.1, 8 "BIOS Considerations".
 */
#ifndef LIB_DEVICES_DMAR_H
#define LIB_DEVICES_DMAR_H

#include "lib/devices/devices.h"

struct dmar_unit { u64 base, bytes; };

[[nodiscard]] bool dmar_unit(struct span dmar, struct dmar_unit *out);

/* True if that unit has the function on a host bridge's own bus: bus, device and function in 8, 5 and 3 bits. */
bool dmar_has(struct span dmar, u32 function);

/* Adds the unit as a device, with a message for what it has to tell. */
void devices_add_dmar(struct device_table *table, const struct dmar_unit *unit);

#endif
