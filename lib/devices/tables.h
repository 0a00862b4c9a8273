/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from ACPI's tables. Each takes a valid table (acpi_table_valid) that may otherwise say anything.
 */
#ifndef LIB_DEVICES_TABLES_H
#define LIB_DEVICES_TABLES_H

#include "lib/devices/devices.h"

/* Interrupt controllers and timers, which are the kernel's: MADT, HPET. */
void devices_add_madt(struct device_table *table, struct span madt);
void devices_add_hpet(struct device_table *table, struct span hpet);

/* What the DSDT or an SSDT describes by static names; madt, which may be empty, translates old interrupt lines. */
void devices_add_aml(struct device_table *table, struct span aml, struct span madt);

#endif
