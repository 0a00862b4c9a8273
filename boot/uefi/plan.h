/* SPDX-License-Identifier: Apache-2.0
 *
 * What the loader has decided and allocated on its way to the kernel: physical addresses and
 * sizes, no pointers.
 */
#ifndef BOOT_UEFI_PLAN_H
#define BOOT_UEFI_PLAN_H

#include "boot/common/nodes.h"
#include "boot/common/random.h"
#include "boot/uefi/files.h"
#include "lib/elf/elf.h"

#define LOADER_VERSION "0.1"

/* A range of whole pages. */
struct pages {
	u64 address, count;
};

struct plan {
	struct boot_info info;      /* built here, copied to its place at the end */
	struct elf_image elf;       /* of the kernel */
	struct file kernel_file;    /* given back once the kernel is in place */
	struct file image, symbols;
	struct pages kernel, tables, stack, info_pages, map;
	struct firmware_place self; /* the loader's own code, which must be mapped for the jump */
	u64 tree_bytes;             /* of the device tree at info.dtb */
	struct node_map nodes;
	bool nodes_of_tree;         /* the device tree told of them, not ACPI */
	struct random_state random;
	bool randomize;             /* false: the command line says nokaslr */
};

/* Each step; false: the reason was told to the person. In this order. */
[[nodiscard]] bool plan_files(struct plan *plan);   /* files read, kernel checked, command line taken */
[[nodiscard]] bool plan_machine(struct plan *plan); /* randomness, framebuffer, ACPI */
[[nodiscard]] bool plan_space(struct plan *plan);   /* addresses chosen, kernel in place, tables built */

/* Finds out which memory belongs to which NUMA node. The info has the root pointer, or the device tree, the size of the
 * direct map, and regions as firmware tells them now. */
void plan_nodes(struct plan *plan);
/* Gives the ranges of the list their nodes. */
void plan_nodes_apply(const struct plan *plan, struct memory_map *list);

/* Ends firmware and enters the kernel. Returns only if firmware refuses to end. */
void plan_leave(struct plan *plan);

/* Reads firmware's map into plan->map and from there into the list, with the loader's own ranges
 * painted over it. */
[[nodiscard]] bool plan_map_read(const struct plan *plan, struct firmware_map *got, struct memory_map *list);

#endif
