/* SPDX-License-Identifier: Apache-2.0
 *
 * The device tree in memory, and what every architecture wants of it.
 */
#ifndef KERNEL_ARCH_COMMON_TREE_TREE_H
#define KERNEL_ARCH_COMMON_TREE_TREE_H

#include "boot/boot_info.h"
#include "lib/fdt/fdt.h"

/* The tree that the loader left, if it is one and lies in RAM. */
[[nodiscard]] bool tree_open(const struct boot_info *info, struct fdt *out);

/* The next processor that can be used behind *node, and the number by which its architecture knows it. */
[[nodiscard]] bool tree_next_cpu(const struct fdt *fdt, struct fdt_node *node, u64 *number);

/* The NUMA node of the memory that the tree has near a processor, whose node is given; 0 if it does not say, or if no usable
 * memory is there. */
u32 tree_cpu_node(const struct fdt *fdt, const struct boot_info *info, const struct fdt_node *cpu);

/* The virtual address of registers: of device memory below 4 GiB, which is in the direct map; else 0. */
u64 tree_mapped(const struct fdt_range *range);

/* The registers of the console, if it is what `compatible' says: virtual address, or 0. The info is not checked yet. */
u64 tree_console(const struct boot_info *info, struct span compatible);

#endif
