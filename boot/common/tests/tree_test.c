/* SPDX-License-Identifier: Apache-2.0
 *
 * What loaders take from device trees, on the host: reservations and random numbers.
 */
#include "boot/common/reserved.h"
#include "boot/common/seed.h"
#include "boot/common/tests/tests.h"
#include "lib/fdt/tests/builder.h"

enum : u32 { RANDOM_BYTES = 40 };

static struct tree_builder b;
static struct memory_map map;
static struct boot_info info;
static u8 random_bytes[RANDOM_BYTES];

/* A tree whose firmware has its first 256 KiB of memory, and that has so many random bytes. */
static struct fdt machine(usize random)
{
	struct fdt fdt = {};

	tree_begin(&b);
	tree_node(&b, span_text(""));
	tree_cells(&b, span_text("#address-cells"), 1, 2, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 2, 0, 0, 0);
	tree_node(&b, span_text("chosen"));
	tree_property(&b, span_text("rng-seed"), span_part(SPAN_OF_ARRAY(random_bytes), 0, random));
	tree_end_node(&b);
	tree_node(&b, span_text("reserved-memory"));
	tree_cells(&b, span_text("#address-cells"), 1, 2, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 2, 0, 0, 0);
	tree_property(&b, span_text("ranges"), span_empty());
	tree_node(&b, span_text("firmware@80000000"));
	tree_cells(&b, span_text("reg"), 4, 0, 0x80000000, 0, 0x40000);
	tree_end_node(&b);
	tree_end_node(&b);
	tree_node(&b, span_text("device@80080000"));
	tree_cells(&b, span_text("reg"), 4, 0, 0x80080000, 0, 0x1000);
	tree_end_node(&b);
	tree_end_node(&b);
	INVARIANT(fdt_open(span_of(tree_finish(&b)), &fdt), "the test's tree is whole");
	return fdt;
}

static u32 kind_at(u64 address)
{
	for (u32 i = 0; i < info.region_count; i++)
		if (address - info.region[i].base < info.region[i].bytes)
			return info.region[i].kind;
	return U32_MAX;
}

static u32 seed_bytes(usize random)
{
	struct random_state state = {};
	struct fdt fdt = machine(random);

	seed_absorb_tree(&state, &fdt);
	seed_draw(&state, &info);
	return info.seed_bytes;
}

void tree_tests(struct report *report)
{
	struct fdt fdt = machine(0);

	memory_map_set(&map, 0x80000000, 0x100000, BOOT_MEMORY_USABLE);
	reserved_apply(&fdt, &map);
	(void)memory_map_write(&map, &info);
	report_case(report, span_text("what a tree reserves is reserved"), kind_at(0x80000000) == BOOT_MEMORY_RESERVED &&
		kind_at(0x8003f000) == BOOT_MEMORY_RESERVED);
	report_case(report, span_text("other memory and other nodes are left alone"), kind_at(0x80040000) == BOOT_MEMORY_USABLE &&
		kind_at(0x80080000) == BOOT_MEMORY_USABLE);
	report_case(report, span_text("256 random bits of a tree make a good seed"), seed_bytes(32) == BOOT_SEED_BYTES);
	report_case(report, span_text("fewer do not"), seed_bytes(24) == 0 && seed_bytes(0) == 0);
}
