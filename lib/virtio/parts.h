/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a virtio device behind PCI. See parts.c.
 */
#ifndef LIB_VIRTIO_PARTS_H
#define LIB_VIRTIO_PARTS_H

#include "lib/virtio/transport.h"

[[nodiscard]] bool virtio_find_parts(struct virtio *device);

#endif
