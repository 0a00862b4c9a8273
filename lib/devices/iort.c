/* SPDX-License-Identifier: Apache-2.0
 *
 * Arm's units between devices and memory. See iort.h.
 */
#include "lib/devices/iort.h"
#include "lib/base/addr.h"

/* SPEC: DEN 0049E.b, 3.1, 3.1.1.2 "SMMUv3 node", 3.1.1.3 "PCI root complex node", 3.1.1.4 "ID mapping format" */
enum : u64 {
	NODE_COUNT = 36, FIRST_NODE = 40,
	NODE_KIND = 0, NODE_BYTES = 1, MAP_COUNT = 8, MAP_AT = 12, NODE_HEAD = 16,
	UNIT_BASE = 16, UNIT_LINES = 44, UNIT_LEAST = 60, BRIDGE_SEGMENT = 28, BRIDGE_LEAST = 32,
	FROM = 0, MORE = 4, TO = 8, WHOSE = 12, MAP_BYTES = 20,
};
enum : u32 { KIND_BRIDGE = 2, KIND_UNIT = 4, NUMBERS = 0x10000 };
enum : u64 { UNIT_BYTES = 0x20000 };

/* The next node of the kind, of at least so many bytes; the walk goes only forward. */
static bool next_node(struct span iort, u64 *at, u32 kind, u64 least, struct span *out)
{
	while (span_has(iort, *at, NODE_HEAD)) {
		u64 bytes = span_le16(iort, *at + NODE_BYTES), here = *at;

		if (bytes < NODE_HEAD || !span_sub(iort, here, bytes, out))
			return false;
		*at += bytes;
		if (span_u8(*out, NODE_KIND) == kind && bytes >= least)
			return true;
	}
	return false;
}

static u64 first_node(struct span iort)
{
	return span_has(iort, NODE_COUNT, 8) ? span_le32(iort, FIRST_NODE) : U64_MAX;
}

bool iort_unit(struct span iort, struct iort_unit *out)
{
	struct span node;
	u64 at = first_node(iort), end;

	if (!next_node(iort, &at, KIND_UNIT, UNIT_LEAST, &node))
		return false;
	*out = (struct iort_unit){ .base = span_le64(node, UNIT_BASE), .place = (u32)(at - span_len(node)) };
	for (u32 i = 0; i < IORT_LINES_MAX; i++) {
		u32 line = span_le32(node, UNIT_LINES + 4ull * i);

		if (line != 0)
			*ELEM(out->line, out->lines++) = line;
	}
	return out->base != 0 && page_aligned(out->base) && !ckd_add(&end, out->base, UNIT_BYTES);
}

struct pci_range iort_range(struct span iort, const struct iort_unit *unit)
{
	struct span node, map;
	u64 at = first_node(iort);

	while (next_node(iort, &at, KIND_BRIDGE, BRIDGE_LEAST, &node)) {
		u32 count = span_le32(node, MAP_COUNT);
		u64 place = span_le32(node, MAP_AT);

		if (span_le32(node, BRIDGE_SEGMENT) != 0)
			continue;
		for (u32 i = 0; i < count && span_sub(node, place + i * MAP_BYTES, MAP_BYTES, &map); i++) {
			u32 from = span_le32(map, FROM), more = span_le32(map, MORE);

			if (from == span_le32(map, TO) && span_le32(map, WHOSE) == unit->place && from < NUMBERS && more < NUMBERS - from)
				return (struct pci_range){ from, more + 1 };
		}
	}
	return (struct pci_range){};
}

void devices_add_iort(struct device_table *table, const struct iort_unit *unit)
{
	struct device *device = devices_add(table);

	mspan_set_text(MSPAN_OF_ARRAY(device->place), span_text("acpi IORT"));
	device_add_name(table, device, span_text("arm,smmu-v3"));
	device_add_resource(table, device, DEVICE_MEMORY, unit->base, UNIT_BYTES);
	for (u32 i = 0; i < unit->lines; i++)
		device_add_resource(table, device, DEVICE_LINE, *ELEM(unit->line, i), 1);
	device_classify(device);
}
