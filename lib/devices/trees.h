/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from a device tree, which may say anything.
 *
 * SPEC: Devicetree Specification 0.4, 2.4 "Interrupts and Interrupt Mapping"; IEEE 1275 PCI Bus Binding 2.1;
 * Linux, Documentation/devicetree/bindings/interrupt-controller (arm,gic; riscv,plic).
 */
#ifndef LIB_DEVICES_TREES_H
#define LIB_DEVICES_TREES_H

#include "lib/devices/devices.h"
#include "lib/fdt/fdt.h"
#include "lib/pci/pci.h"

/* All enabled nodes that say what they are and have registers. */
void devices_add_tree(struct device_table *table, const struct fdt *fdt);

/* Host bridge `index' of PCI with plain configuration space; false behind the last one. One that contradicts itself
 * has no buses. */
[[nodiscard]] bool tree_pci_host(const struct fdt *fdt, u32 index, struct pci_host *out);

#endif
