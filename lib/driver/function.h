/* SPDX-License-Identifier: Apache-2.0
 *
 * The one function of PCI that a driver drives: its configuration space, to be read, its registers, and its interrupt by message.
 */
#ifndef LIB_DRIVER_FUNCTION_H
#define LIB_DRIVER_FUNCTION_H

#include "abi/structs.h"
#include "lib/mmio/mmio.h"
#include "lib/pci/pci.h"

/* Once open; the first argument does not matter. */
extern const struct pci_config function_config;

/* False: there is none. */
[[nodiscard]] bool function_open(void);

/* The registers of a base register, whole. */
[[nodiscard]] bool function_map(u32 bar, u64 *bytes, struct mmio *out);

/* The first message of its table (MSI-X) says where to write what. False: it has none, or none that can be set. */
[[nodiscard]] bool function_set_message(const struct irq_message *message);

#endif
