/* SPDX-License-Identifier: Apache-2.0
 *
 * Randomness, address choice, command line, page tables and kernel placement on the host.
 */
#include "boot/common/kernel_image.h"
#include "boot/common/layout.h"
#include "boot/common/random.h"
#include "boot/common/tests/tests.h"
#include "lib/elf/tests/sample.h"

enum : u64 { POOL_PAGES = 64, POOL_PHYS = 0x7000000, GIB = 1ull << 30, DRAWS = 4000 };
enum : u64 { ABSENT = U64_MAX };

static u8 pool_bytes[POOL_PAGES * PAGE_BYTES];
static u8 file_bytes[SAMPLE_BYTES];
static u8 memory_bytes[SAMPLE_IMAGE_BYTES];
static struct boot_info info;

/* SPEC: RFC 8439 2.3.2, the test vector: key 00..1f, counter 1, its nonce */
static void the_block_function_is_chacha(struct report *report)
{
	static const u32 expect[CHACHA_BLOCK_WORDS] = { 0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
		0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de, 0xe883d0cb,
		0x4e3c50a2 };
	struct random_state key = { .counter = 1 };
	for (u32 i = 0; i < CHACHA_KEY_WORDS; i++)
		key.key[i] = 0x03020100 + 0x04040404 * i;
	struct chacha_block block = chacha_block(&key, 0x09000000, 0x4a000000, 0);
	report_case(report, span_text("the block function gives the RFC's test vector"),
		span_equal(SPAN_OF_ARRAY(block.word), SPAN_OF_ARRAY(expect)));
}

static void draws_differ_and_depend_on_input(struct report *report)
{
	struct random_state a = {}, b = {};
	random_absorb(&a, 1, true);
	random_absorb(&b, 2, false);
	u64 first = random_draw(&a);
	report_case(report, span_text("draws differ from each other"), first != random_draw(&a));
	report_case(report, span_text("draws depend on what was absorbed"), first != random_draw(&b));
	report_case(report, span_text("only good sources are counted"), a.good_words == 1 && b.good_words == 0);
}

/* With tables of three levels: between the last 256 GiB's beginning and the stacks. */
static void addresses_fit_three_levels(struct report *report)
{
	struct random_state random = {};
	bool inside = true;

	for (u64 i = 0; i < DRAWS; i++) {
		u64 base = layout_direct(4 * GIB, 3, true, random_draw(&random));

		inside = inside && base >= 0ull - 256 * GIB && base <= 0ull - 112 * GIB - 4 * GIB && base % GIB == 0;
	}
	report_case(report, span_text("the direct map fits tables of three levels"), inside);
	report_case(report, span_text("with three levels it is refused where it has no room, and the words say so"),
		layout_direct(144 * GIB, 3, false, 0) != 0 && layout_direct(145 * GIB, 3, false, 0) == 0 &&
			layout_direct(145 * GIB, 4, false, 0) != 0 &&
			!span_equal(layout_too_much(3), layout_too_much(4)));
}

static void addresses_stay_in_their_ranges(struct report *report)
{
	struct random_state random = {};
	bool kernel = true, direct = true, low = false, high = false;
	for (u64 i = 0; i < DRAWS; i++) {
		u64 bytes = (i + 1) * PAGE_BYTES;
		u64 at = layout_kernel(bytes, true, random_draw(&random));
		kernel = kernel && at >= LAYOUT_KERNEL_BASE && bytes <= LAYOUT_KERNEL_END - at && at % LAYOUT_KERNEL_STEP == 0;
		low = low || at < LAYOUT_KERNEL_BASE + GIB / 8;
		high = high || at > LAYOUT_KERNEL_END - GIB / 8;
		u64 base = layout_direct(4 * GIB, 4, true, random_draw(&random));
		direct = direct && base >= LAYOUT_DIRECT_BASE && base <= LAYOUT_DIRECT_END - 4 * GIB && base % GIB == 0;
	}
	report_case(report, span_text("the kernel is placed inside its range, on 2 MiB"), kernel);
	report_case(report, span_text("the kernel is placed low and high"), low && high);
	report_case(report, span_text("the direct map is placed inside its range, on 1 GiB"), direct);
	report_case(report, span_text("without randomness addresses are fixed"),
		layout_kernel(PAGE_BYTES, false, 77) == LAYOUT_KERNEL_BASE && layout_direct(GIB, 4, false, 77) == LAYOUT_DIRECT_BASE);
	report_case(report, span_text("the direct map covers at least 4 GiB"), layout_direct_bytes(64ull << 20) == 4 * GIB);
	report_case(report, span_text("the direct map is rounded up"), layout_direct_bytes(8 * GIB + 1) == 9 * GIB);
	report_case(report, span_text("memory beyond the direct map's range is refused"),
		layout_direct(layout_direct_bytes(U64_MAX), 4, true, 1) == 0);
}

static void command_lines_are_checked(struct report *report)
{
	report_case(report, span_text("a line end is cut off"),
		command_line_set(&info, span_text("log=3 nokaslr \r\n")) == COMMAND_LINE_OK &&
			span_equal(span_until_zero(SPAN_OF_ARRAY(info.command_line)), span_text("log=3 nokaslr")));
	report_case(report, span_text("a word is found"), command_line_has(&info, span_text("nokaslr")));
	report_case(report, span_text("part of a word is not"), !command_line_has(&info, span_text("kaslr")) &&
			!command_line_has(&info, span_text("log")));
	report_case(report, span_text("an empty line is fine"), command_line_set(&info, span_empty()) == COMMAND_LINE_OK &&
			!command_line_has(&info, span_text("nokaslr")));
	report_case(report, span_text("two lines are refused"),
		command_line_set(&info, span_text("a\nb")) == COMMAND_LINE_NOT_TEXT);
	struct mspan long_line = mspan_part(MSPAN_OF_ARRAY(file_bytes), 0, BOOT_CMDLINE_BYTES);
	mspan_fill(long_line, 'x');
	report_case(report, span_text("a long line is refused"),
		command_line_set(&info, span_of(long_line)) == COMMAND_LINE_TOO_LONG);
	report_case(report, span_text("the longest line is taken"),
		command_line_set(&info, span_first(span_of(long_line), BOOT_CMDLINE_BYTES - 1)) == COMMAND_LINE_OK &&
			info.command_line[BOOT_CMDLINE_BYTES - 1] == 0);
}

/* What the processor would make of an address: the leaf entry's address part with the offset, and
 * the entry's bits. */
static u64 translate(u64 virt, u64 *bits)
{
	u64 table = POOL_PHYS;
	for (u32 shift = 39; shift >= 12; shift -= 9) {
		u64 at = table - POOL_PHYS + (virt >> shift) % 512 * 8;
		u64 entry = span_u64(SPAN_OF_ARRAY(pool_bytes), at);
		if ((entry & 1) == 0)
			return ABSENT;
		table = entry & 0x000ffffffffff000ull;
		if (shift == 12 || (entry & 0x80) != 0) {
			*bits = entry & ~0x000ffffffffff000ull;
			return table + (virt & ((1ull << shift) - 1));
		}
	}
	return ABSENT;
}

static void tables_map_as_asked(struct report *report, bool giant)
{
	u64 direct = LAYOUT_DIRECT_BASE + 3 * GIB, bits = 0;
	u64 needed = tables_pages_needed(5 * GIB, 40ull << 20, 64ull << 10, giant);
	struct mspan pool = mspan_part(MSPAN_OF_ARRAY(pool_bytes), 0, needed * PAGE_BYTES);
	struct tables tables = tables_start(pool, POOL_PHYS, giant, 4);
	report_case(report, span_text("the pool that was asked for is enough"),
		tables_map(&tables, direct, 0, 5 * GIB, TABLE_WRITE) &&
			tables_map(&tables, 0xffffffff80000000ull, 0x5000, 40ull << 20, TABLE_EXECUTE) &&
			tables_map(&tables, 0x3fff8000, 0x3fff8000, 64ull << 10, TABLE_READ));
	report_case(report, span_text("the direct map is writable and not executable"),
		translate(direct + 0x12345678, &bits) == 0x12345678 && (bits & 2) != 0 && bits >> 63 == 1);
	report_case(report, span_text("code is executable and not writable"),
		translate(0xffffffff80000123ull, &bits) == 0x5123 && (bits & 2) == 0 && bits >> 63 == 0);
	report_case(report, span_text("read-only data is neither"),
		translate(0x40000000, &bits) == 0x40000000 && (bits & 2) == 0 && bits >> 63 == 1);
	report_case(report, span_text("nothing else is mapped"), translate(direct - 1, &bits) == ABSENT &&
			translate(direct + 5 * GIB, &bits) == ABSENT && translate(0, &bits) == ABSENT);
	report_case(report, span_text("mapping over a mapping is refused"),
		!tables_map(&tables, direct + GIB, 0, PAGE_BYTES, TABLE_READ));
	report_case(report, span_text("malformed ranges are refused"),
		!tables_map(&tables, 0x1001, 0, PAGE_BYTES, TABLE_READ) &&
			!tables_map(&tables, 0x00007ffffffff000ull, 0, 2 * PAGE_BYTES, TABLE_READ) &&
			!tables_map(&tables, 0xfffffffffffff000ull, 0, 2 * PAGE_BYTES, TABLE_READ));
	struct tables small = tables_start(mspan_part(pool, 0, 2 * PAGE_BYTES), POOL_PHYS, giant, 4);
	report_case(report, span_text("a pool that is too small is noticed"),
		!tables_map(&small, 0x1000, 0x1000, PAGE_BYTES, TABLE_READ));
}

static void a_kernel_is_placed_and_relocated(struct report *report)
{
	enum : u64 { VIRT = 0xffffffff92200000ull };
	struct mspan file = MSPAN_OF_ARRAY(file_bytes), memory = MSPAN_OF_ARRAY(memory_bytes);
	struct elf_image image = {};
	sample_make(file);
	mspan_fill(memory, 0xee);
	bool ok = elf_parse_for(ELF_MACHINE_X86_64, span_of(file), &image) == ELF_OK;
	if (ok)
		kernel_image_place(span_of(file), &image, memory, VIRT);
	struct span got = span_of(memory);
	report_case(report, span_text("segments are copied"), ok && span_u64(got, 0x3000) == SAMPLE_DATA_MARK);
	report_case(report, span_text("gaps and bss are zero"), span_u8(got, 0x1800) == 0 && span_u64(got, 0x57f8) == 0);
	report_case(report, span_text("RELA relocations are applied"),
		span_u64(got, SAMPLE_RELA_TARGET) == VIRT + SAMPLE_RELA_ADDEND);
	report_case(report, span_text("RELR relocations are applied"),
		span_u64(got, SAMPLE_RELR_FIRST) == VIRT + SAMPLE_RELR_VALUE &&
			span_u64(got, SAMPLE_RELR_SECOND) == VIRT + SAMPLE_RELR_VALUE);
	u64 bits = 0;
	struct tables tables = tables_start(MSPAN_OF_ARRAY(pool_bytes), POOL_PHYS, true, 4);
	ok = kernel_image_map(&tables, &image, VIRT, 0x200000);
	report_case(report, span_text("code is mapped executable"),
		ok && translate(VIRT + SAMPLE_ENTRY, &bits) == 0x200000 + SAMPLE_ENTRY && (bits & 2) == 0 && bits >> 63 == 0);
	report_case(report, span_text("data is mapped writable"),
		translate(VIRT + 0x5000, &bits) == 0x205000 && (bits & 2) != 0 && bits >> 63 == 1);
}

void space_tests(struct report *report)
{
	the_block_function_is_chacha(report);
	draws_differ_and_depend_on_input(report);
	addresses_stay_in_their_ranges(report);
	addresses_fit_three_levels(report);
	command_lines_are_checked(report);
	tables_map_as_asked(report, false);
	tables_map_as_asked(report, true);
	a_kernel_is_placed_and_relocated(report);
}
