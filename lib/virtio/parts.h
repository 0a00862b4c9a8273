/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a virtio device behind PCI. See parts.c.
 */
#ifndef LIB_VIRTIO_PARTS_H
#define LIB_VIRTIO_PARTS_H

#include "lib/pci/pci.h"
#include "lib/virtio/transport.h"

/* The one function that this driver drives, to be read; the first argument does not matter. */
extern const struct pci_config virtio_config;

[[nodiscard]] bool virtio_find_parts(struct virtio *device);

/* The registers of a base register, whole. */
[[nodiscard]] bool virtio_map_bar(u32 bar, u64 *bytes, struct mmio *out);

#endif
