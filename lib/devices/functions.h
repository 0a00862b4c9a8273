/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from the functions of PCI.
 */
#ifndef LIB_DEVICES_FUNCTIONS_H
#define LIB_DEVICES_FUNCTIONS_H

#include "lib/devices/devices.h"
#include "lib/pci/pci.h"

void devices_add_functions(struct device_table *table, const struct pci_host *host, const struct pci_found *found);

bool functions_is_virtio(const struct pci_function *f);

/* The name of a virtio device by its number, on whatever bus; empty if it is none that is known. */
struct span virtio_name(u32 number);

#endif
