/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of the service that finds devices.
 */
#ifndef USERSPACE_SERVICES_DEVICES_PARTS_H
#define USERSPACE_SERVICES_DEVICES_PARTS_H

#include "lib/devices/devices.h"
#include "lib/mmio/mmio.h"
#include "lib/pci/pci.h"

/* ---- firmware.c: what firmware left in memory ---- */

/* All devices that its tables, or its device tree, describe. */
void firmware_find(struct device_table *table);

/* ---- buses.c: what is found by asking the hardware ---- */

/* The functions of PCI behind a host bridge. */
void buses_add_pci(struct device_table *table, const struct pci_host *host);

/* Registers at a physical address; false if they cannot be mapped. */
[[nodiscard]] bool buses_open(u64 base, u64 bytes, struct mmio *out);

/* messages.c: a function without a wire gets a line that is a message, by plain MSI, if there is one left; false: it has none. */
[[nodiscard]] bool messages_give(const struct pci_config *config, struct pci_function *f);

/* What is behind each virtio transport in memory; those with nothing behind them are dropped. */
void buses_ask_virtio(struct device_table *table);

/* ---- resets.c: functions that can be reset alone ---- */

[[nodiscard]] bool resets_init(void);
/* Says in the table which can be, and keeps what that would take from them. The table's order is its last one. */
void resets_find(struct device_table *table, struct mspan shared);
/* What is asked for, and what is due of it; true: one has ended, which is told. */
[[nodiscard]] bool resets_look(struct mspan shared);

#endif
