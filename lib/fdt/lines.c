/* SPDX-License-Identifier: Apache-2.0
 *
 * Controllers of devices' interrupt lines on RISC-V machines. See lines.h.
 */
#include "lib/fdt/lines.h"

/* SPEC: RISC-V Privileged Architecture 20211203, 4.1.3: number of the supervisor's external interrupt */
enum : u32 { EXTERNAL = 9, NO_PHANDLE = 0 };

/* ---- what they are connected to ---- */

static bool reaches_kernel(struct span pairs)
{
	u32 interrupt = 0;

	for (u32 i = 0; fdt_cell(pairs, 2 * i + 1, &interrupt); i++)
		if (interrupt == EXTERNAL)
			return true;
	return false;
}

static bool read_pairs(const struct fdt *fdt, const struct fdt_node *node, struct span *pairs)
{
	return fdt_property(fdt, node, span_text("interrupts-extended"), pairs) && reaches_kernel(*pairs);
}

static bool find_receiver(const struct fdt *fdt, struct fdt_controller *c)
{
	u32 phandle = fdt_u32(fdt, &c->node, span_text("msi-parent"), NO_PHANDLE);

	c->receiver = (struct fdt_node){};
	while (phandle != NO_PHANDLE && fdt_next_compatible(fdt, span_text("riscv,imsics"), &c->receiver))
		if (fdt_u32(fdt, &c->receiver, span_text("phandle"), NO_PHANDLE) == phandle)
			return read_pairs(fdt, &c->receiver, &c->pairs);
	return false;
}

u32 fdt_pair_of(const struct fdt_controller *controller, u32 phandle)
{
	u32 whose = 0, interrupt = 0;

	for (u32 i = 0; fdt_cell(controller->pairs, 2 * i, &whose) && fdt_cell(controller->pairs, 2 * i + 1, &interrupt); i++)
		if (phandle != NO_PHANDLE && whose == phandle && interrupt == EXTERNAL)
			return i;
	return FDT_PAIR_NONE;
}

/* ---- controllers ---- */

static bool read_plic(const struct fdt *fdt, struct fdt_controller *c)
{
	c->kind = FDT_PLIC;
	c->lines = fdt_u32(fdt, &c->node, span_text("riscv,ndev"), 0);
	return read_pairs(fdt, &c->node, &c->pairs);
}

/* WHY not every one: firmware has its own, which gives the lines on. */
static bool read_aplic(const struct fdt *fdt, struct fdt_controller *c)
{
	struct span pairs;

	c->lines = fdt_u32(fdt, &c->node, span_text("riscv,num-sources"), 0);
	c->kind = fdt_property(fdt, &c->node, span_text("interrupts-extended"), &pairs) ? FDT_APLIC : FDT_APLIC_MESSAGES;
	return c->kind == FDT_APLIC ? read_pairs(fdt, &c->node, &c->pairs) : find_receiver(fdt, c);
}

static bool counts(const struct fdt *fdt, struct fdt_controller *c)
{
	if (!fdt_enabled(fdt, &c->node))
		return false;
	if (fdt_is(fdt, &c->node, span_text("sifive,plic-1.0.0")) || fdt_is(fdt, &c->node, span_text("riscv,plic0")))
		return read_plic(fdt, c);
	return fdt_is(fdt, &c->node, span_text("riscv,aplic")) && read_aplic(fdt, c);
}

bool fdt_next_controller(const struct fdt *fdt, struct fdt_controller *controller)
{
	controller->first += controller->node.inside ? controller->lines + 1 : 0;
	while (fdt_next(fdt, &controller->node))
		if (counts(fdt, controller)) {
			controller->lines = (u32)min_u64(controller->lines, FDT_LINES_MAX);
			return true;
		}
	return false;
}

bool fdt_controller_at(const struct fdt *fdt, u32 phandle, struct fdt_controller *controller)
{
	*controller = (struct fdt_controller){};
	while (phandle != NO_PHANDLE && fdt_next_controller(fdt, controller))
		if (fdt_u32(fdt, &controller->node, span_text("phandle"), NO_PHANDLE) == phandle)
			return true;
	return false;
}

/* ---- messages ---- */

u32 fdt_messages(const struct fdt *fdt, const struct fdt_controller *controller)
{
	return (u32)min_u64(fdt_u32(fdt, &controller->receiver, span_text("riscv,num-ids"), 0), FDT_MESSAGES_MAX);
}

/* How an address tells processors apart: bits of it, from the lowest. */
struct arrangement { u32 page_shift, hart_bits, group_bits, group_shift; };

static u32 bits_for(u64 count)
{
	u32 bits = 0;

	while (1ull << bits < count)
		bits++;
	return bits;
}

static bool read_arrangement(const struct fdt *fdt, const struct fdt_controller *c, struct arrangement *out)
{
	enum : u32 { PAGE = 12, GUEST_BITS_MAX = 6, HART_BITS_MAX = 14, GROUP_SHIFT = 24, GROUP_SHIFT_MAX = 55 };
	const struct fdt_node *node = &c->receiver;
	u32 guest_bits = fdt_u32(fdt, node, span_text("riscv,guest-index-bits"), 0);

	*out = (struct arrangement){
		.page_shift = PAGE + guest_bits,
		.hart_bits = fdt_u32(fdt, node, span_text("riscv,hart-index-bits"), bits_for(span_len(c->pairs) / 8)),
		.group_bits = fdt_u32(fdt, node, span_text("riscv,group-index-bits"), 0),
		.group_shift = fdt_u32(fdt, node, span_text("riscv,group-index-shift"), GROUP_SHIFT),
	};
	return guest_bits <= GUEST_BITS_MAX && out->hart_bits <= HART_BITS_MAX && out->group_bits <= HART_BITS_MAX - out->hart_bits &&
	       out->group_shift <= GROUP_SHIFT_MAX;
}

static u32 bits_at(u64 value, u32 shift, u32 bits) { return (u32)(value >> shift & ((1ull << bits) - 1)); }

u32 fdt_message_index(const struct fdt *fdt, const struct fdt_controller *controller, u32 pair)
{
	struct arrangement is;
	struct fdt_range range;
	u64 left = pair;

	if (!read_arrangement(fdt, controller, &is))
		return FDT_PAIR_NONE;
	for (u32 i = 0; fdt_reg(fdt, &controller->receiver, i, &range); i++) {
		u64 pages = range.bytes >> is.page_shift, at;

		if (left >= pages)
			left -= pages;
		else if (!ckd_add(&at, range.base, left << is.page_shift))
			return bits_at(at, is.group_shift, is.group_bits) << is.hart_bits | bits_at(at, is.page_shift, is.hart_bits);
		else
			break;
	}
	return FDT_PAIR_NONE;
}
