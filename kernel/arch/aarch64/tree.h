/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the device tree in memory.
 */
#ifndef KERNEL_ARCH_AARCH64_TREE_H
#define KERNEL_ARCH_AARCH64_TREE_H

#include "boot/boot_info.h"
#include "lib/fdt/fdt.h"

/* The tree that the loader left, if it is one and lies in RAM. */
[[nodiscard]] bool tree_open(const struct boot_info *info, struct fdt *out);

#endif
