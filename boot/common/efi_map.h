/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the memory map that UEFI firmware hands out.
 */
#ifndef BOOT_COMMON_EFI_MAP_H
#define BOOT_COMMON_EFI_MAP_H

#include "boot/common/memory_map.h"
#include "lib/base/span.h"

enum : u64 { EFI_DESCRIPTOR_BYTES_MIN = 40 };

/* Fills an empty map from descriptors that are `stride` bytes apart. Later descriptors win over
 * earlier ones, except that usable memory never replaces anything. False if the stride is
 * impossible or there are too many ranges. */
[[nodiscard]] bool efi_map_read(struct span descriptors, u64 stride, struct memory_map *map);

#endif
