/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of controllers of lines on RISC-V: a machine of two nodes, and trees that are damaged or want too much.
 */
#include "lib/elf/tests/report.h"
#include "lib/fdt/lines.h"
#include "lib/fdt/tests/builder.h"

enum : u32 { KERNELS = 9, FIRMWARES = 11, NONE = U32_MAX };

static struct tree_builder b;
static struct fdt fdt;

static void begin(void)
{
	tree_begin(&b);
	tree_node(&b, span_text(""));
	tree_cells(&b, span_text("#address-cells"), 1, 1, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 1, 0, 0, 0);
}

static bool finish(void)
{
	tree_end_node(&b);
	return fdt_open(span_of(tree_finish(&b)), &fdt);
}

static void put(struct span kind, u32 phandle, struct span how_many, u32 lines)
{
	tree_node(&b, span_text("controller"));
	tree_property(&b, span_text("compatible"), kind);
	tree_cells(&b, span_text("phandle"), 1, phandle, 0, 0, 0);
	tree_cells(&b, how_many, 1, lines, 0, 0, 0);
}

/* Connected to firmware of one processor and the kernel of another. */
static void put_plic(u32 phandle, u32 lines, u32 firmwares, u32 kernels)
{
	put(span_text("sifive,plic-1.0.0\0riscv,plic0\0"), phandle, span_text("riscv,ndev"), lines);
	tree_cells(&b, span_text("interrupts-extended"), 4, firmwares, FIRMWARES, kernels, KERNELS);
	tree_end_node(&b);
}

static void put_aplic(u32 phandle, u32 lines, struct span property, u32 cells, u32 to, u32 interrupt)
{
	put(span_text("riscv,aplic\0"), phandle, span_text("riscv,num-sources"), lines);
	tree_cells(&b, property, cells, to, interrupt, 0, 0);
	tree_end_node(&b);
}

static bool is(const struct fdt_controller *c, enum fdt_controller_kind kind, u32 first, u32 lines)
{
	return c->kind == kind && c->first == first && c->lines == lines;
}

static void lines_are_numbered_one_controller_after_the_other(struct report *r)
{
	struct fdt_controller c = {};

	begin();
	put_plic(1, 96, 21, 21);
	put_plic(2, 53, 22, 23);
	put_plic(3, 10, 24, 24);
	report_case(r, span_text("a tree with three"), finish());
	report_case(r, span_text("the first has its own numbers"), fdt_next_controller(&fdt, &c) && is(&c, FDT_PLIC, 0, 96));
	report_case(r, span_text("the second goes on behind them"), fdt_next_controller(&fdt, &c) && is(&c, FDT_PLIC, 97, 53));
	report_case(r, span_text("and the third"), fdt_next_controller(&fdt, &c) && is(&c, FDT_PLIC, 97 + 54, 10));
	report_case(r, span_text("there are no more"), !fdt_next_controller(&fdt, &c));
	report_case(r, span_text("one by its handle"), fdt_controller_at(&fdt, 2, &c) && is(&c, FDT_PLIC, 97, 53));
	report_case(r, span_text("whose kernels it reaches"), fdt_pair_of(&c, 23) == 1 && fdt_pair_of(&c, 22) == NONE &&
			fdt_pair_of(&c, 21) == NONE && fdt_pair_of(&c, 0) == NONE);
	report_case(r, span_text("none by a handle that nobody has"),
		    !fdt_controller_at(&fdt, 9, &c) && !fdt_controller_at(&fdt, 0, &c));
}

static void what_does_not_reach_the_kernel_takes_no_numbers(struct report *r)
{
	struct fdt_controller c = {};

	begin();
	put_aplic(1, 30, span_text("interrupts-extended"), 2, 21, FIRMWARES);
	put_aplic(2, 30, span_text("msi-parent"), 1, 77, 0);
	put(span_text("sifive,plic-1.0.0\0"), 3, span_text("riscv,ndev"), 40);
	tree_text(&b, span_text("status"), span_text("disabled"));
	tree_cells(&b, span_text("interrupts-extended"), 2, 21, KERNELS, 0, 0);
	tree_end_node(&b);
	put(span_text("sifive,plic-1.0.0\0"), 4, span_text("riscv,ndev"), 40);
	tree_cells(&b, span_text("interrupts-extended"), 1, 21, 0, 0, 0);
	tree_end_node(&b);
	put_aplic(5, 30, span_text("interrupts-extended"), 2, 21, KERNELS);
	report_case(r, span_text("a tree with five, of which one counts"), finish() && fdt_next_controller(&fdt, &c) &&
			is(&c, FDT_APLIC, 0, 30) && fdt_pair_of(&c, 21) == 0 && !fdt_next_controller(&fdt, &c));
	report_case(r, span_text("the others are not there"), !fdt_controller_at(&fdt, 1, &c) && !fdt_controller_at(&fdt, 3, &c));
}

static void a_controller_has_at_most_so_many_lines(struct report *r)
{
	struct fdt_controller c = {};
	u32 count = 0;
	bool good = true;

	begin();
	for (u32 i = 1; i <= 8; i++)
		put_plic(i, U32_MAX, 21, 21);
	report_case(r, span_text("eight that want all numbers"), finish());
	while (fdt_next_controller(&fdt, &c))
		good = good && is(&c, FDT_PLIC, (FDT_LINES_MAX + 1) * count++, FDT_LINES_MAX);
	report_case(r, span_text("none has more than there can be"), good && count == 8);
}

/* Two groups: three processors in the first, one in the second. */
static void put_receiver(u32 hart_bits, u32 group_bits, u32 group_shift)
{
	u8 pairs[4 * 8] = {};

	put(span_text("riscv,imsics\0"), 7, span_text("riscv,num-ids"), 255);
	for (u32 i = 0; i < 4; i++) {
		mspan_put_le32(MSPAN_OF_ARRAY(pairs), i * 8, __builtin_bswap32(21 + i));
		mspan_put_le32(MSPAN_OF_ARRAY(pairs), i * 8 + 4, __builtin_bswap32(KERNELS));
	}
	tree_property(&b, span_text("interrupts-extended"), SPAN_OF_ARRAY(pairs));
	tree_cells(&b, span_text("reg"), 4, 0x28000000, 0x3000, 0x29000000, 0x1000);
	tree_cells(&b, span_text("riscv,hart-index-bits"), 1, hart_bits, 0, 0, 0);
	tree_cells(&b, span_text("riscv,group-index-bits"), 1, group_bits, 0, 0, 0);
	tree_cells(&b, span_text("riscv,group-index-shift"), 1, group_shift, 0, 0, 0);
	tree_end_node(&b);
}

static u32 index_of(u32 hart_bits, u32 group_bits, u32 group_shift, u32 pair)
{
	struct fdt_controller c = {};

	begin();
	put_aplic(2, 30, span_text("msi-parent"), 1, 7, 0);
	put_receiver(hart_bits, group_bits, group_shift);
	return finish() && fdt_next_controller(&fdt, &c) && is(&c, FDT_APLIC_MESSAGES, 0, 30) && fdt_messages(&fdt, &c) == 255 &&
		fdt_pair_of(&c, 24) == 3 ? fdt_message_index(&fdt, &c, pair) : NONE - 1;
}

static void messages_name_processors_by_their_address(struct report *r)
{
	report_case(r, span_text("the first"), index_of(2, 1, 24, 0) == 0);
	report_case(r, span_text("the last of the first group"), index_of(2, 1, 24, 2) == 2);
	report_case(r, span_text("the first of the second group"), index_of(2, 1, 24, 3) == 4);
	report_case(r, span_text("one that has no page"), index_of(2, 1, 24, 4) == NONE);
	report_case(r, span_text("too many bits of processors"), index_of(15, 0, 24, 0) == NONE);
	report_case(r, span_text("too many of both"), index_of(10, 5, 24, 0) == NONE);
	report_case(r, span_text("groups beyond an address"), index_of(2, 1, 64, 0) == NONE);
}

static void any_cell_may_be_wrong(struct report *r)
{
	bool good = true;

	for (usize at = TREE_STRUCTURE_AT; at < 700; at += 4)
		for (u32 shift = 0; shift < 32; shift++) {
			struct fdt_controller c = {};

			begin();
			put_plic(1, 96, 21, 21);
			put_aplic(2, 30, span_text("msi-parent"), 1, 7, 0);
			put_receiver(2, 1, 24);
			(void)finish();
			tree_put32(mspan_first(MSPAN_OF_ARRAY(b.bytes), TREE_BYTES), at, 1u << shift);
			while (fdt_next_controller(&fdt, &c)) {
				u32 index = c.kind == FDT_APLIC_MESSAGES ? fdt_message_index(&fdt, &c, 3) : 0;

				good = good && c.lines <= FDT_LINES_MAX && (index == NONE || index < 1u << 14);
			}
		}
	report_case(r, span_text("any cell may be wrong"), good);
}

int main(void)
{
	struct report report = {};

	lines_are_numbered_one_controller_after_the_other(&report);
	what_does_not_reach_the_kernel_takes_no_numbers(&report);
	a_controller_has_at_most_so_many_lines(&report);
	messages_name_processors_by_their_address(&report);
	any_cell_may_be_wrong(&report);
	return report_end(&report);
}
