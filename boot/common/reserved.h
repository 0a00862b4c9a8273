/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that a device tree sets aside.
 */
#ifndef BOOT_COMMON_RESERVED_H
#define BOOT_COMMON_RESERVED_H

#include "boot/common/memory_map.h"
#include "lib/fdt/fdt.h"

/* Makes what the tree reserves, firmware's own memory above all, so in the map. */
void reserved_apply(const struct fdt *fdt, struct memory_map *map);

#endif
