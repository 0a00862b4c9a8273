/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from a device tree. See trees.h.
 */
#include "lib/devices/trees.h"
#include "lib/fdt/lines.h"

enum : u32 { REGISTERS_MAX = 4, LINES_MAX = 4, NO_PARENT = 0, GIC_SHARED = 0, GIC_SHARED_FIRST = 32 };

/* ---- interrupts ---- */

/* A controller, once it was found: how many cells name one of its lines, and which number the kernel gives the line: of RISC-V's,
 * first + 1 to first + lines. */
struct controller { u32 phandle, cells, address_cells, first, lines; bool gic; };

static bool is_gic(const struct fdt *fdt, const struct fdt_node *node)
{
	return fdt_is(fdt, node, span_text("arm,gic-v3")) || fdt_is(fdt, node, span_text("arm,cortex-a15-gic")) ||
	       fdt_is(fdt, node, span_text("arm,gic-400"));
}

/* How many cells a line of such a controller takes. */
static u32 cells_of(const struct fdt *fdt, const struct fdt_node *node, u32 phandle, struct controller *out)
{
	struct fdt_controller found;

	out->gic = is_gic(fdt, node);
	if (out->gic)
		return 3;
	if (!fdt_controller_at(fdt, phandle, &found))
		return 0;
	out->first = found.first;
	out->lines = found.lines;
	return found.kind == FDT_PLIC ? 1 : 2;
}

/* WHY *out may be the one asked for already: most lines of a tree are one controller's, and finding it walks the tree. */
static bool read_controller(const struct fdt *fdt, u32 phandle, struct controller *out)
{
	struct fdt_node node = {};

	if (phandle != NO_PARENT && out->phandle == phandle)
		return true;
	while (phandle != NO_PARENT && fdt_next(fdt, &node)) {
		if (fdt_u32(fdt, &node, span_text("phandle"), NO_PARENT) != phandle)
			continue;
		*out = (struct controller){ .cells = fdt_u32(fdt, &node, span_text("#interrupt-cells"), 0),
			.address_cells = fdt_u32(fdt, &node, span_text("#address-cells"), 0) };
		bool good = out->cells != 0 && out->cells == cells_of(fdt, &node, phandle, out) && out->address_cells <= FDT_CELLS_MAX;

		out->phandle = good ? phandle : NO_PARENT;
		return good;
	}
	return false;
}

/* The line that cells from `at` on name. */
static bool read_line(const struct controller *controller, struct span cells, u32 at, u32 *line)
{
	u32 kind = 0;

	if (!controller->gic) {
		if (!fdt_cell(cells, at, line) || *line == 0 || *line > controller->lines)
			return false;
		*line += controller->first;
		return true;
	}
	if (!fdt_cell(cells, at, &kind) || kind != GIC_SHARED || !fdt_cell(cells, at + 1, line) || *line > 1020)
		return false;
	*line += GIC_SHARED_FIRST;
	return true;
}

/* Whose lines each level's nodes use unless they say otherwise. */
struct parents { u32 phandle[FDT_DEPTH_MAX + 1]; };

static u32 parent_of(const struct fdt *fdt, const struct fdt_node *node, struct parents *parents)
{
	u32 inherited = node->depth == 0 ? NO_PARENT : *ELEM(parents->phandle, node->depth - 1);

	return *ELEM(parents->phandle, node->depth) = fdt_u32(fdt, node, span_text("interrupt-parent"), inherited);
}

/* *known: the controller of the lines before. */
static void add_lines(struct device_table *table, struct device *device, const struct fdt *fdt, const struct fdt_node *node,
	u32 parent, struct controller *known)
{
	struct span cells;
	u32 line = 0;

	if (!fdt_property(fdt, node, span_text("interrupts"), &cells) || !read_controller(fdt, parent, known))
		return;
	for (u32 i = 0; i < LINES_MAX && read_line(known, cells, i * known->cells, &line); i++)
		device_add_resource(table, device, DEVICE_LINE, line, 1);
}

/* ---- devices ---- */

static void add_names(struct device_table *table, struct device *device, const struct fdt *fdt, const struct fdt_node *node)
{
	struct span rest;

	if (!fdt_property(fdt, node, span_text("compatible"), &rest))
		return;
	for (u32 i = 0; i < DEVICE_NAMES_MAX && span_len(rest) != 0; i++)
		device_add_name(table, device, span_split(&rest, 0));
}

/* WHY quoted: a name may be any bytes, and a person reads it. */
static void set_place(struct device *device, struct span name)
{
	struct text place = text_on(mspan_first(MSPAN_OF_ARRAY(device->place), DEVICE_PLACE_BYTES - 1));

	text_add(&place, "tree ");
	text_add_quoted(&place, name);
}

static void add_node(struct device_table *table, const struct fdt *fdt, const struct fdt_node *node, u32 parent,
	struct controller *known)
{
	struct fdt_range range;
	u64 end;

	if (!fdt_reg(fdt, node, 0, &range) || range.bytes == 0)
		return;
	struct device *device = devices_add(table);

	set_place(device, fdt_name(fdt, node));
	add_names(table, device, fdt, node);
	for (u32 i = 0; i < REGISTERS_MAX && fdt_reg(fdt, node, i, &range); i++)
		if (range.bytes != 0 && !ckd_add(&end, range.base, range.bytes))
			device_add_resource(table, device, DEVICE_MEMORY, range.base, range.bytes);
	add_lines(table, device, fdt, node, parent, known);
	device_classify(device);
}

void devices_add_tree(struct device_table *table, const struct fdt *fdt)
{
	struct fdt_node node = {};
	struct parents parents = {};
	struct controller known = {};
	struct span names;

	while (fdt_next(fdt, &node)) {
		u32 parent = parent_of(fdt, &node, &parents);

		if (node.depth > 0 && fdt_enabled(fdt, &node) && fdt_property(fdt, &node, span_text("compatible"), &names))
			add_node(table, fdt, &node, parent, &known);
	}
}

/* ---- PCI ---- */

static bool number(struct span cells, u32 at, u32 count, u64 *out)
{
	u32 high = 0, low = 0;

	if (count == 0 || count > 2 || !fdt_cell(cells, at + count - 1, &low) || (count == 2 && !fdt_cell(cells, at, &high)))
		return false;
	*out = (u64)high << 32 | low;
	return true;
}

/* SPEC: PCI Bus Binding, 2.2.1.1: the kind of space stands in the first of three cells. */
static void read_windows(const struct fdt *fdt, const struct fdt_node *node, u32 parent_cells, struct pci_host *out)
{
	enum : u32 { SPACE_SHIFT = 24, SPACE_MASK = 3, PORTS = 1, MEMORY = 2, ENTRY_FIXED = 3 + 2, WINDOWS = 8 };
	struct span cells;
	u32 first = 0, step = ENTRY_FIXED + parent_cells;

	if (!fdt_property(fdt, node, span_text("ranges"), &cells))
		return;
	for (u32 i = 0; i < WINDOWS && fdt_cell(cells, i * step, &first); i++) {
		struct pci_window window = {};
		u32 space = first >> SPACE_SHIFT & SPACE_MASK;
		u64 end;

		if (!number(cells, i * step + 1, 2, &window.bus) || !number(cells, i * step + 3, parent_cells, &window.physical) ||
		    !number(cells, i * step + 3 + parent_cells, 2, &window.bytes))
			return;
		if (ckd_add(&end, window.bus, window.bytes) || ckd_add(&end, window.physical, window.bytes))
			continue;
		if (space == PORTS)
			out->ports = window;
		else if (space == MEMORY)
			out->memory = window;
	}
}

/* SPEC: Devicetree Specification 0.4, 2.4.4 "Interrupt Mapping Properties" */
static void read_map(const struct fdt *fdt, const struct fdt_node *node, struct pci_host *out)
{
	struct span mask, map;
	struct controller controller = {};
	u32 at = 0, parent = 0;

	if (!fdt_property(fdt, node, span_text("interrupt-map"), &map) ||
	    !fdt_property(fdt, node, span_text("interrupt-map-mask"), &mask) || !fdt_cell(mask, 0, &out->pin_mask))
		return;
	while (out->pin_count < PCI_PINS_MAX && fdt_cell(map, at + 4, &parent) && read_controller(fdt, parent, &controller)) {
		struct pci_pin pin = {};

		if (!fdt_cell(map, at, &pin.device) || !fdt_cell(map, at + 3, &pin.pin) ||
		    !read_line(&controller, map, at + 5 + controller.address_cells, &pin.line))
			return;
		*ELEM(out->pin, out->pin_count++) = pin;
		at += 5 + controller.address_cells + controller.cells;
	}
}

static bool is_iommu(const struct fdt *fdt, const struct fdt_node *node)
{
	return fdt_is(fdt, node, span_text("arm,smmu-v3")) || fdt_is(fdt, node, span_text("riscv,iommu"));
}

/* The unit between devices and memory that is driven: the first that becomes a device. */
static u32 iommu_phandle(const struct fdt *fdt)
{
	struct fdt_node node = {};
	struct fdt_range range;

	while (fdt_next(fdt, &node))
		if (node.depth > 0 && is_iommu(fdt, &node) && fdt_enabled(fdt, &node) && fdt_reg(fdt, &node, 0, &range) &&
		    range.bytes != 0)
			return fdt_u32(fdt, &node, span_text("phandle"), NO_PARENT);
	return NO_PARENT;
}

/* SPEC: Linux, Documentation/devicetree/bindings/pci/pci-iommu.txt: entries of a function, the unit, the number there, and how
 * many; entries of none are left out. WHY only where numbers are the functions' own: who reads of a fault is to find the
 * function. */
static void read_behind(const struct fdt *fdt, const struct fdt_node *node, struct pci_host *out)
{
	enum : u32 { ENTRY_CELLS = 4, ENTRIES = 16, NUMBERS = 0x10000 };
	u32 unit = iommu_phandle(fdt), first = 0, whose = 0, to = 0, count = 0;
	struct span cells;

	if (unit == NO_PARENT || fdt_u32(fdt, node, span_text("iommu-map-mask"), NUMBERS - 1) != NUMBERS - 1 ||
	    !fdt_property(fdt, node, span_text("iommu-map"), &cells))
		return;
	for (u32 at = 0; at < ENTRIES * ENTRY_CELLS && fdt_cell(cells, at, &first) && fdt_cell(cells, at + 1, &whose) &&
			 fdt_cell(cells, at + 2, &to) && fdt_cell(cells, at + 3, &count); at += ENTRY_CELLS)
		if (whose == unit && first == to && first < NUMBERS && count != 0 && count <= NUMBERS - first) {
			out->behind = (struct pci_range){ first, count };
			return;
		}
}

static void read_host(const struct fdt *fdt, const struct fdt_node *node, struct pci_host *out)
{
	struct fdt_range range;
	struct span buses;
	u32 first = 0, last = 255;

	*out = (struct pci_host){};
	if (fdt_property(fdt, node, span_text("bus-range"), &buses) && (!fdt_cell(buses, 0, &first) || !fdt_cell(buses, 1, &last)))
		return;
	if (first > last || last > 255 || !fdt_reg(fdt, node, 0, &range) || range.base % PCI_BUS_BYTES != 0)
		return;
	u64 buses_there = min_u64(range.bytes / PCI_BUS_BYTES, last - first + 1);

	*out = (struct pci_host){ .ecam = range.base, .first_bus = first, .bus_count = (u32)buses_there };
	read_windows(fdt, node, node->address_cells[node->depth - 1], out);
	read_map(fdt, node, out);
	read_behind(fdt, node, out);
}

bool tree_pci_host(const struct fdt *fdt, u32 index, struct pci_host *out)
{
	struct fdt_node node = {};

	for (u32 i = 0; fdt_next_compatible(fdt, span_text("pci-host-ecam-generic"), &node); i++) {
		if (i != index)
			continue;
		if (node.depth == 0)
			*out = (struct pci_host){};
		else
			read_host(fdt, &node, out);
		return true;
	}
	return false;
}
