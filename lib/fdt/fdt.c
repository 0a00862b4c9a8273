/* SPDX-License-Identifier: Apache-2.0
 *
 * The flattened tree: header, tokens, nodes, properties. See fdt.h.
 */
#include "lib/fdt/fdt.h"

/* SPEC: Devicetree Specification 0.4, 5.2 "Header", 5.4.1 "Lexical structure". */
enum : u32 {
	MAGIC = 0xd00dfeed, VERSION = 17, COMPATIBLE = 16,
	AT_MAGIC = 0, AT_TOTAL = 4, AT_STRUCTURE = 8, AT_STRINGS = 12, AT_RESERVATIONS = 16, AT_VERSION = 20, AT_COMPATIBLE = 24,
	AT_STRINGS_BYTES = 32, AT_STRUCTURE_BYTES = 36,
	TOKEN_BYTES = 4,
	RESERVATION_BYTES = 16,
	ADDRESS_CELLS = 2, SIZE_CELLS = 1, /* SPEC: 2.3.5, where a node does not say */
};
enum token : u32 { TOKEN_BEGIN = 1, TOKEN_END = 2, TOKEN_PROPERTY = 3, TOKEN_NOTHING = 4, TOKEN_LAST = 9 };

static u32 be32(struct span s, u64 at)
{
	return __builtin_bswap32(span_le32(s, at));
}

static u64 be64(struct span s, u64 at)
{
	return (u64)be32(s, at) << 32 | be32(s, at + 4);
}

u64 fdt_total_bytes(struct span head)
{
	if (!span_has(head, 0, FDT_HEADER_BYTES) || be32(head, AT_MAGIC) != MAGIC)
		return 0;
	u64 bytes = be32(head, AT_TOTAL);

	return bytes >= FDT_HEADER_BYTES && bytes <= FDT_BYTES_MAX ? bytes : 0;
}

bool fdt_open(struct span blob, struct fdt *out)
{
	u64 total = fdt_total_bytes(blob);
	struct span all;

	if (total == 0 || !span_sub(blob, 0, total, &all) || be32(all, AT_VERSION) < VERSION ||
	    be32(all, AT_COMPATIBLE) > COMPATIBLE || be32(all, AT_STRUCTURE) % TOKEN_BYTES != 0 ||
	    be32(all, AT_RESERVATIONS) > total)
		return false;
	out->reservations = span_from(all, be32(all, AT_RESERVATIONS));
	return span_sub(all, be32(all, AT_STRUCTURE), be32(all, AT_STRUCTURE_BYTES), &out->structure) &&
	       span_sub(all, be32(all, AT_STRINGS), be32(all, AT_STRINGS_BYTES), &out->strings);
}

bool fdt_reservation(const struct fdt *fdt, u32 index, struct fdt_range *out)
{
	u64 at = (u64)index * RESERVATION_BYTES;

	if (!span_has(fdt->reservations, at, RESERVATION_BYTES))
		return false;
	*out = (struct fdt_range){ be64(fdt->reservations, at), be64(fdt->reservations, at + 8) };
	return out->base != 0 || out->bytes != 0;
}

/* ---- tokens ---- */

struct item {
	enum token token;
	struct span name;   /* of a node or property */
	struct span value;  /* of a property */
	u32 next;           /* the token behind it */
};

/* The text at an offset, up to its terminator, which must be there. */
static bool text_at(struct span s, u64 at, struct span *out)
{
	if (at >= span_len(s))
		return false;
	u64 end = span_find(s, at, 0);

	*out = span_part(s, at, end - at);
	return end < span_len(s);
}

static u32 aligned(u64 at) { return (u32)((at + TOKEN_BYTES - 1) & ~(u64)(TOKEN_BYTES - 1)); }

static bool property_at(const struct fdt *fdt, u32 at, struct item *item)
{
	if (!span_has(fdt->structure, at, 8))
		return false;
	u32 bytes = be32(fdt->structure, at);

	if (!span_sub(fdt->structure, (u64)at + 8, bytes, &item->value) ||
	    !text_at(fdt->strings, be32(fdt->structure, at + 4), &item->name))
		return false;
	item->next = aligned((u64)at + 8 + bytes);
	return true;
}

static bool item_at(const struct fdt *fdt, u32 at, struct item *item)
{
	if (!span_has(fdt->structure, at, TOKEN_BYTES))
		return false;
	item->next = at + TOKEN_BYTES;
	switch (be32(fdt->structure, at)) {
	case TOKEN_BEGIN:
		item->token = TOKEN_BEGIN;
		if (!text_at(fdt->structure, item->next, &item->name))
			return false;
		item->next = aligned((u64)item->next + span_len(item->name) + 1);
		return true;
	case TOKEN_PROPERTY:
		item->token = TOKEN_PROPERTY;
		return property_at(fdt, item->next, item);
	case TOKEN_END:
		item->token = TOKEN_END;
		return true;
	case TOKEN_NOTHING:
		item->token = TOKEN_NOTHING;
		return true;
	default:
		return false;
	}
}

/* ---- nodes ---- */

bool fdt_cell(struct span value, u32 index, u32 *out)
{
	if (!span_has(value, (u64)index * 4, 4))
		return false;
	*out = be32(value, (u64)index * 4);
	return true;
}

static u8 cells_of(struct span value)
{
	u32 cells = FDT_CELLS_MAX + 1;

	return fdt_cell(value, 0, &cells) && cells <= FDT_CELLS_MAX ? (u8)cells : FDT_CELLS_MAX + 1;
}

/* Reads what the node's own properties say of its children, up to the first token behind them. */
static bool enter(const struct fdt *fdt, u32 begin, u32 next, struct fdt_node *node)
{
	u32 depth = node->depth;
	struct item item;

	node->begin = begin;
	node->mapped = depth == 0 || node->bus_mapped[depth - 1];
	node->address_cells[depth] = ADDRESS_CELLS;
	node->size_cells[depth] = SIZE_CELLS;
	node->bus_mapped[depth] = depth == 0;
	while (item_at(fdt, next, &item)) {
		if (item.token != TOKEN_PROPERTY && item.token != TOKEN_NOTHING) {
			node->next = next;
			return true;
		}
		next = item.next;
		if (item.token == TOKEN_NOTHING)
			continue;
		if (span_equal(item.name, span_text("#address-cells")))
			node->address_cells[depth] = cells_of(item.value);
		else if (span_equal(item.name, span_text("#size-cells")))
			node->size_cells[depth] = cells_of(item.value);
		else if (span_equal(item.name, span_text("ranges")) && span_len(item.value) == 0)
			node->bus_mapped[depth] = node->mapped;
	}
	return false;
}

bool fdt_next(const struct fdt *fdt, struct fdt_node *node)
{
	u32 at = node->next;
	struct item item;

	while (item_at(fdt, at, &item)) {
		switch (item.token) {
		case TOKEN_BEGIN:
			if (node->inside && node->depth == FDT_DEPTH_MAX)
				return false;
			node->depth += node->inside ? 1 : 0;
			node->inside = true;
			return enter(fdt, at + TOKEN_BYTES, item.next, node);
		case TOKEN_END:
			if (!node->inside || node->depth == 0)
				return false;
			node->depth--;
			break;
		case TOKEN_NOTHING:
			break;
		case TOKEN_PROPERTY:
		case TOKEN_LAST:
			return false;
		}
		at = item.next;
	}
	return false;
}

struct span fdt_name(const struct fdt *fdt, const struct fdt_node *node)
{
	return span_until_zero(span_from(fdt->structure, node->begin));
}

bool fdt_property(const struct fdt *fdt, const struct fdt_node *node, struct span name, struct span *value)
{
	u32 at = aligned((u64)node->begin + span_len(fdt_name(fdt, node)) + 1);
	struct item item;

	while (at < node->next && item_at(fdt, at, &item)) {
		if (item.token == TOKEN_PROPERTY && span_equal(item.name, name)) {
			*value = item.value;
			return true;
		}
		at = item.next;
	}
	return false;
}

/* ---- values ---- */

struct span fdt_text(const struct fdt *fdt, const struct fdt_node *node, struct span name)
{
	struct span value;

	return fdt_property(fdt, node, name, &value) ? span_until_zero(value) : span_text("");
}

u32 fdt_u32(const struct fdt *fdt, const struct fdt_node *node, struct span name, u32 otherwise)
{
	struct span value;
	u32 found = otherwise;

	return fdt_property(fdt, node, name, &value) && fdt_cell(value, 0, &found) ? found : otherwise;
}

bool fdt_lists(const struct fdt *fdt, const struct fdt_node *node, struct span name, struct span text)
{
	struct span rest;

	if (!fdt_property(fdt, node, name, &rest))
		return false;
	while (span_len(rest) != 0)
		if (span_equal(span_split(&rest, 0), text))
			return true;
	return false;
}

bool fdt_is(const struct fdt *fdt, const struct fdt_node *node, struct span compatible)
{
	return fdt_lists(fdt, node, span_text("compatible"), compatible);
}

/* SPEC: 2.3.4: without the property it is okay. */
bool fdt_enabled(const struct fdt *fdt, const struct fdt_node *node)
{
	struct span status = fdt_text(fdt, node, span_text("status"));

	return span_len(status) == 0 || span_equal(status, span_text("okay")) || span_equal(status, span_text("ok"));
}

/* A number of several cells, the most significant first; what does not fit 64 bits is refused. */
static bool number_at(struct span value, u64 cell, u32 cells, u64 *out)
{
	*out = 0;
	for (u32 i = 0; i < cells; i++) {
		if (*out >> 32 != 0)
			return false;
		*out = *out << 32 | be32(value, (cell + i) * 4);
	}
	return true;
}

bool fdt_reg(const struct fdt *fdt, const struct fdt_node *node, u32 index, struct fdt_range *out)
{
	struct span value;

	if (node->depth == 0 || !node->mapped || !fdt_property(fdt, node, span_text("reg"), &value))
		return false;
	u32 address = node->address_cells[node->depth - 1], size = node->size_cells[node->depth - 1];
	u64 cell = (u64)index * (address + size);

	return address <= FDT_CELLS_MAX && size <= FDT_CELLS_MAX && address != 0 &&
	       span_has(value, cell * 4, (address + size) * 4) && number_at(value, cell, address, &out->base) &&
	       number_at(value, cell + address, size, &out->bytes);
}
