/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding nodes by what they are and by path.
 */
#include "lib/fdt/fdt.h"

bool fdt_next_compatible(const struct fdt *fdt, struct span compatible, struct fdt_node *node)
{
	while (fdt_next(fdt, node))
		if (fdt_is(fdt, node, compatible) && fdt_enabled(fdt, node))
			return true;
	return false;
}

bool fdt_next_memory(const struct fdt *fdt, struct fdt_node *node)
{
	while (fdt_next(fdt, node))
		if (span_equal(fdt_text(fdt, node, span_text("device_type")), span_text("memory")) && fdt_enabled(fdt, node))
			return true;
	return false;
}

bool fdt_domain(const struct fdt *fdt, const struct fdt_node *node, u32 *domain)
{
	struct span value;

	return fdt_property(fdt, node, span_text("numa-node-id"), &value) && fdt_cell(value, 0, domain);
}

/* SPEC: Devicetree Specification 0.4, 2.2.3 "Path names": the unit address may be left out. */
static bool is_named(struct span name, struct span wanted)
{
	return span_equal(name, wanted) || span_equal(span_first(name, span_find(name, 0, '@')), wanted);
}

/* The child of the last node found, by going on from there until its end. */
static bool next_child(const struct fdt *fdt, struct span wanted, u32 depth, struct fdt_node *node)
{
	while (fdt_next(fdt, node) && node->depth >= depth)
		if (node->depth == depth && is_named(fdt_name(fdt, node), wanted))
			return true;
	return false;
}

bool fdt_at_path(const struct fdt *fdt, struct span path, struct fdt_node *node)
{
	u32 depth = 0;

	*node = (struct fdt_node){};
	if (span_len(path) == 0 || span_u8(path, 0) != '/' || !fdt_next(fdt, node))
		return false;
	while (span_len(path) != 0) {
		struct span part = span_split(&path, '/');

		if (span_len(part) != 0 && !next_child(fdt, part, ++depth, node))
			return false;
	}
	return true;
}

/* SPEC: Devicetree Specification 0.4, 3.6 "/chosen": a path, or an alias; behind a colon stand options. */
bool fdt_console(const struct fdt *fdt, struct fdt_node *node)
{
	if (!fdt_at_path(fdt, span_text("/chosen"), node))
		return false;
	struct span rest = fdt_text(fdt, node, span_text("stdout-path"));
	struct span path = span_split(&rest, ':');

	if (span_len(path) != 0 && span_u8(path, 0) != '/') {
		if (!fdt_at_path(fdt, span_text("/aliases"), node))
			return false;
		path = fdt_text(fdt, node, path);
	}
	return fdt_at_path(fdt, path, node);
}
