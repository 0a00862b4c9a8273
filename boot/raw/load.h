/* SPDX-License-Identifier: Apache-2.0
 *
 * The raw loader's parts, and what they share.
 */
#ifndef BOOT_RAW_LOAD_H
#define BOOT_RAW_LOAD_H

#include "boot/common/memory_map.h"
#include "boot/common/nodes.h"
#include "boot/common/random.h"
#include "lib/base/text.h"
#include "lib/elf/elf.h"
#include "lib/fdt/fdt.h"

/* A range of memory. */
struct extent {
	u64 address, bytes;
};

/* Everything that is decided on the way to the kernel. */
struct load_plan {
	struct boot_info info;
	struct memory_map map;
	struct extent self, tree, bundle;
	struct extent kernel_file;    /* inside the bundle */
	struct elf_image elf;
	struct node_map nodes;
	struct random_state random;
	bool randomize;
};

/* The memory of an extent, which the map calls memory, or the tree's header. */
struct mspan load_memory(u64 address, u64 bytes);

/* Entry, from head.S: the device tree's address, and where the loader lies. */
NORETURN void load_main(u64 tree, u64 self, u64 self_end);

/* Trouble that it goes on with, in one sentence. */
void load_message(struct span what);

/* What was expected and found, in one sentence; then the machine stands still. */
NORETURN void load_problem(struct span what);

/* ---- steps; each ends in load_problem or does all ---- */

/* Reads the device tree: console, memory, command line, randomness, where the bundle is. */
void load_read_tree(struct load_plan *plan);

/* Gives the memory its nodes, as the device tree tells them. The info has the memory as it is handed over. */
void load_find_nodes(struct load_plan *plan);

/* Takes the parts of the bundle. */
void load_read_bundle(struct load_plan *plan);

/* Chooses addresses, puts the kernel in place, builds the tables, leaves. */
NORETURN void load_leave(struct load_plan *plan);

#endif
