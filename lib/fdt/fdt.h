/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a device tree as it comes from firmware: a flattened tree, for loaders and kernels. The
 * bytes may say anything: every length is checked, nothing outside the view is read, and every
 * walk ends, because its place in the tree only goes forward.
 *
 * SPEC: Devicetree Specification 0.4, chapter 5 "Flattened Devicetree (DTB) Format"; 2.3 for the
 * standard properties.
 */
#ifndef LIB_FDT_FDT_H
#define LIB_FDT_FDT_H

#include "lib/base/span.h"

enum : u32 {
	FDT_HEADER_BYTES = 40,
	FDT_DEPTH_MAX = 16,          /* of nodes inside each other; the root is at depth 0 */
	FDT_CELLS_MAX = 4,           /* of an address or a length; more is taken for damage */
};
enum : u64 { FDT_BYTES_MAX = 2ull << 20 /* SPEC: Linux, Documentation/arch/arm64/booting.rst: a tree has at most 2 MiB */ };

/* A tree whose header was checked. Its parts are views of the blob. */
struct fdt {
	struct span structure, strings, reservations;
};

/* The bytes that the header says the tree has; 0 if they are no tree. `head` has FDT_HEADER_BYTES. */
u64 fdt_total_bytes(struct span head);

/* Checks the header and the places of the parts. */
[[nodiscard]] bool fdt_open(struct span blob, struct fdt *out);

/* The entry of the memory reservation block, false behind the last one. */
struct fdt_range { u64 base, bytes; };
[[nodiscard]] bool fdt_reservation(const struct fdt *fdt, u32 index, struct fdt_range *out);

/* A node: where it begins in the structure block, and what its surroundings say. Value {} is the place
 * before the root. */
struct fdt_node {
	u32 begin;                 /* of its name */
	u32 next;                  /* the first token behind its own properties */
	u32 depth;
	bool inside;               /* it is a node, not the place before the root */
	bool mapped;               /* addresses of its parents' buses are physical ones: no `ranges' between */
	u8 address_cells[FDT_DEPTH_MAX + 1]; /* for children of each node on the way to it, itself included */
	u8 size_cells[FDT_DEPTH_MAX + 1];
	bool bus_mapped[FDT_DEPTH_MAX + 1];
};

/* Goes on to the next node, parents before children; false at the end and at the first damage. */
[[nodiscard]] bool fdt_next(const struct fdt *fdt, struct fdt_node *node);

/* The name with its unit address; the root's is empty. */
struct span fdt_name(const struct fdt *fdt, const struct fdt_node *node);

/* A property of the node; false if it has none of that name. */
[[nodiscard]] bool fdt_property(const struct fdt *fdt, const struct fdt_node *node, struct span name, struct span *value);

/* A property that is text, without its terminator; empty if there is none. */
struct span fdt_text(const struct fdt *fdt, const struct fdt_node *node, struct span name);

/* A property of one number of 32 bits, or what was given. */
u32 fdt_u32(const struct fdt *fdt, const struct fdt_node *node, struct span name, u32 otherwise);

/* Number `index` of 32 bits of a property, which may be shorter. */
[[nodiscard]] bool fdt_cell(struct span value, u32 index, u32 *out);

/* True if the text is among those that the property lists: `compatible' first of all. */
bool fdt_lists(const struct fdt *fdt, const struct fdt_node *node, struct span name, struct span text);
bool fdt_is(const struct fdt *fdt, const struct fdt_node *node, struct span compatible);

/* True unless the node says that what it describes is not to be used. */
bool fdt_enabled(const struct fdt *fdt, const struct fdt_node *node);

/* Range `index` of the node's registers, as a physical one. False if there is none, or if buses on the way
 * translate addresses. */
[[nodiscard]] bool fdt_reg(const struct fdt *fdt, const struct fdt_node *node, u32 index, struct fdt_range *out);

/* ---- finding ---- */

/* The first enabled node behind *node that is compatible; *node = {} begins. */
[[nodiscard]] bool fdt_next_compatible(const struct fdt *fdt, struct span compatible, struct fdt_node *node);

/* The next enabled node behind *node that describes memory; *node = {} begins.
 * SPEC: Devicetree Specification 0.4, 3.4 "/memory node" */
[[nodiscard]] bool fdt_next_memory(const struct fdt *fdt, struct fdt_node *node);

/* Which memory and processors are near each other: those whose nodes have the same number; false if the node has none.
 * SPEC: Linux, Documentation/devicetree/bindings/numa.txt, numa-node-id */
[[nodiscard]] bool fdt_domain(const struct fdt *fdt, const struct fdt_node *node, u32 *domain);

/* The node at an absolute path, components with or without their unit address. */
[[nodiscard]] bool fdt_at_path(const struct fdt *fdt, struct span path, struct fdt_node *node);

/* The node that `/chosen' names for the console's output, by path or alias. */
[[nodiscard]] bool fdt_console(const struct fdt *fdt, struct fdt_node *node);

#endif
