/* SPDX-License-Identifier: Apache-2.0
 *
 * Units between devices and memory. See dmar.h.
 */
#include "lib/devices/dmar.h"
#include "lib/base/addr.h"

/* SPEC: VT-d 8.1, 8.3, 8.3.1: where structures begin, and what is where in them. */
enum : u64 {
	STRUCTURES = 48, UNIT_FLAGS = 4, UNIT_SIZE = 5, UNIT_SEGMENT = 6, UNIT_BASE = 8, UNIT_SCOPES = 16,
	SCOPE_BYTES = 1, SCOPE_BUS = 5, SCOPE_PATH = 6, SCOPE_LEAST = 8,
};
enum : u32 { KIND_UNIT = 0, FLAG_REST = 1, SIZE_MASK = 15, SIZE_MOST = 4, SCOPE_FUNCTION = 1, SCOPE_BRIDGE = 2 };

/* The next unit of the first segment; the walk goes only forward. */
static bool next_unit(struct span dmar, u64 *at, struct span *out)
{
	while (span_has(dmar, *at, 4)) {
		u64 bytes = span_le16(dmar, *at + 2), here = *at;

		if (bytes < 4 || !span_sub(dmar, here, bytes, out))
			return false;
		*at += bytes;
		if (span_le16(*out, 0) == KIND_UNIT && bytes >= UNIT_SCOPES && span_le16(*out, UNIT_SEGMENT) == 0)
			return true;
	}
	return false;
}

static bool is_of_rest(struct span unit) { return (span_u8(unit, UNIT_FLAGS) & FLAG_REST) != 0; }

/* The one that is driven: that of the rest, or the first; empty if there is none. */
static struct span driven(struct span dmar)
{
	struct span unit, first = span_empty();
	u64 at = STRUCTURES;

	while (next_unit(dmar, &at, &unit)) {
		if (is_of_rest(unit))
			return unit;
		if (span_len(first) == 0)
			first = unit;
	}
	return first;
}

bool dmar_unit(struct span dmar, struct dmar_unit *out)
{
	struct span unit = driven(dmar);
	u64 end;

	if (span_len(unit) == 0)
		return false;
	u32 size = span_u8(unit, UNIT_SIZE) & SIZE_MASK;

	*out = (struct dmar_unit){ .base = span_le64(unit, UNIT_BASE), .bytes = PAGE_BYTES << min_u64(size, SIZE_MOST) };
	return out->base != 0 && page_aligned(out->base) && !ckd_add(&end, out->base, out->bytes);
}

/* WHY only the first step of a path: the function is on the bus that the path begins at, or nobody asks. */
static bool names(struct span unit, u32 function)
{
	u64 at = UNIT_SCOPES;
	struct span scope;

	while (span_has(unit, at, SCOPE_LEAST) && span_sub(unit, at, span_u8(unit, at + SCOPE_BYTES), &scope) &&
	       span_len(scope) >= SCOPE_LEAST) {
		u32 kind = span_u8(scope, 0);
		u32 first = (u32)span_u8(scope, SCOPE_BUS) << 8 | (u32)(span_u8(scope, SCOPE_PATH) & 0x1f) << 3 |
			    (span_u8(scope, SCOPE_PATH + 1) & 7u);

		if ((kind == SCOPE_FUNCTION || kind == SCOPE_BRIDGE) && first == function)
			return true;
		at += span_len(scope);
	}
	return false;
}

/* SPEC: VT-d 8.3: the unit of the rest has what no other names. */
bool dmar_has(struct span dmar, u32 function)
{
	struct span own = driven(dmar), unit;
	u64 at = STRUCTURES;

	if (span_len(own) == 0 || !is_of_rest(own))
		return span_len(own) != 0 && names(own, function);
	while (next_unit(dmar, &at, &unit))
		if (!is_of_rest(unit) && names(unit, function))
			return false;
	return true;
}

void devices_add_dmar(struct device_table *table, const struct dmar_unit *unit)
{
	struct device *device = devices_add(table);

	mspan_set_text(MSPAN_OF_ARRAY(device->place), span_text("acpi DMAR"));
	device_add_name(table, device, span_text("intel,vt-d"));
	device_add_resource(table, device, DEVICE_MEMORY, unit->base, unit->bytes);
	device_add_resource(table, device, DEVICE_MESSAGES, 1, 1);
	device_classify(device);
}
