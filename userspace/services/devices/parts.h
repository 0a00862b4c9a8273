/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of the service that finds devices.
 */
#ifndef USERSPACE_SERVICES_DEVICES_PARTS_H
#define USERSPACE_SERVICES_DEVICES_PARTS_H

#include "lib/devices/devices.h"
#include "lib/pci/pci.h"

/* ---- firmware.c: what firmware left in memory ---- */

/* All devices that its tables, or its device tree, describe. */
void firmware_find(struct device_table *table);

/* ---- buses.c: what is found by asking the hardware ---- */

/* The functions of PCI behind a host bridge. */
void buses_add_pci(struct device_table *table, const struct pci_host *host);

/* messages.c: a function without a wire gets a line that is a message, by plain MSI, if there is one left; false: it has none. */
[[nodiscard]] bool messages_give(const struct pci_config *config, struct pci_function *f);

/* What is behind each virtio transport in memory; those with nothing behind them are dropped. */
void buses_ask_virtio(struct device_table *table);

#endif
